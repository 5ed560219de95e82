"""Clips to the trash by a bulk edit, and back: those that others count on only where that was asked."""

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.bulk.changes import Change
from dam.catalog import assets, holds
from dam.catalog.models import Approval, Asset
from dam.rights.models import MadeFrom, Relation
from tests.factories import VersionFactory, member
from tests.integration.dam.bulk.work import done, undone


def test_the_trash_takes_what_may_go_and_undo_brings_it_back(
    brand: Brand, clips: list[Asset], librarian: Member
) -> None:
    counted_on = VersionFactory.create(asset__brand=brand, approval=Approval.APPROVED).asset
    holds.place(clips[0], by=member(brand, Role.ADMIN), reason="Case 7")
    edit = done([*clips, counted_on], Change(trash=True), by=librarian)
    assert (edit.changed, edit.left) == (2, 2)
    assert set(Asset.objects.filter(trashed_at=None)) == {clips[0], counted_on}
    assets.restore(clips[1], by=librarian)
    assets.trash(clips[1], by=librarian)  # again, and by hand
    undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (1, 1)
    assert set(Asset.objects.exclude(trashed_at=None)) == {clips[1]}


def test_what_may_not_be_restored_any_more_says_why(
    brand: Brand, clips: list[Asset], librarian: Member
) -> None:
    edit = done(clips, Change(trash=True), by=librarian)
    Membership.objects.filter(user=librarian.user).update(role=Role.CREATOR.value)
    undone(edit, by=librarian)
    assert (edit.undone, edit.kept) == (0, 3)
    assert {"other people's clips" in item.reason for item in edit.items.all()} == {True}
    assert Asset.objects.exclude(trashed_at=None).count() == 3


def test_what_an_approved_clip_was_made_from_goes_only_when_that_was_asked(
    brand: Brand, clips: list[Asset], librarian: Member
) -> None:
    take = clips[1].latest
    cut = VersionFactory.create(asset__brand=brand, approval=Approval.APPROVED)
    MadeFrom.objects.create(version=cut, source=take, relation=Relation.COMPONENT)
    edit = done(clips, Change(trash=True), by=librarian)
    assert (edit.changed, edit.left) == (2, 1)
    assert edit.items.get(asset=clips[1]).reason == "Something in review or approved was made from this clip."
    assert done([clips[1]], Change(trash=True, counted_on=True), by=librarian).changed == 1


def test_what_others_count_on_goes_when_that_was_asked(brand: Brand, librarian: Member) -> None:
    counted_on = VersionFactory.create(asset__brand=brand, approval=Approval.APPROVED).asset
    assert done([counted_on], Change(trash=True, counted_on=True), by=librarian).changed == 1
