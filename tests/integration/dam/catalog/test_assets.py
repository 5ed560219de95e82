import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import assets, versions
from dam.catalog.assets import AlreadyThere, EmptyTitle
from dam.catalog.models import Approval, Asset, Credentials, Processing, Version
from dam.catalog.versions import ApprovalMoved, VersionGone
from tests.factories import BrandFactory, VersionFactory, member


@pytest.fixture
def version(db: None) -> Version:
    return VersionFactory.create(asset__title="Clip")


@pytest.fixture
def asset(version: Version) -> Asset:
    return version.asset


@pytest.fixture
def librarian(asset: Asset) -> Member:
    return member(asset.brand, Role.LIBRARIAN)


def test_an_edit_keeps_words_and_tells_before_and_after(asset: Asset, librarian: Member) -> None:
    assert assets.edit(asset, by=librarian, title="  New   name ", tag_names=["Summer"])
    asset.refresh_from_db()
    event = Event.objects.get(verb="asset.edited")
    assert asset.title == "New name"
    assert event.data == {"title": ["Clip", "New name"], "tags": [[], ["summer"]]}


def test_an_edit_that_changes_nothing_leaves_no_event(asset: Asset, librarian: Member) -> None:
    assert not assets.edit(asset, by=librarian, title="Clip", tag_names=[])
    assert not Event.objects.exists()


def test_after_an_edit_the_words_of_a_version_that_came_meanwhile_are_known(
    asset: Asset, librarian: Member
) -> None:
    Asset.objects.filter(pk=asset.pk).update(search_words="a bottle on ice")
    assets.edit(asset, by=librarian, title="Clip")
    assert asset.search_words == "a bottle on ice"


@pytest.mark.parametrize("title", [" \n ", "\u200b", "\u202e \u2066"])
def test_a_title_that_shows_nothing_is_refused(asset: Asset, librarian: Member, title: str) -> None:
    with pytest.raises(EmptyTitle):
        assets.edit(asset, by=librarian, title=title)


def test_a_title_hides_nothing_and_turns_no_words_around(asset: Asset, librarian: Member) -> None:
    assets.edit(asset, by=librarian, title="Draft \u202edevorppA\u202c \u200bclip")
    assert asset.title == "Draft devorppA clip"


def test_who_may_not_edit_or_trash_is_refused_and_so_is_a_librarian_of_another_brand(asset: Asset) -> None:
    for person in (member(asset.brand, Role.VIEWER), member(BrandFactory.create(), Role.LIBRARIAN)):
        with pytest.raises(PermissionDenied):
            assets.edit(asset, by=person, title="New")
        with pytest.raises(PermissionDenied):
            assets.trash(asset, by=person)
        with pytest.raises(PermissionDenied):
            assets.restore(asset, by=person)
    assert not Event.objects.exists()


def test_trash_and_restore_leave_an_event_each(asset: Asset, librarian: Member) -> None:
    assets.trash(asset, by=librarian)
    assets.restore(asset, by=librarian)
    verbs = Event.objects.order_by("sequence").values_list("verb", flat=True)
    assert list(verbs) == ["asset.trashed", "asset.restored"]


def test_trashing_twice_is_told(asset: Asset, librarian: Member) -> None:
    assets.trash(asset, by=librarian)
    with pytest.raises(AlreadyThere):
        assets.trash(asset, by=librarian)
    assert Event.objects.count() == 1


def test_an_approval_moves_only_from_what_was_expected(version: Version) -> None:
    versions.set_approval(version.pk, Approval.IN_REVIEW, expected=[Approval.DRAFT])
    with pytest.raises(ApprovalMoved):
        versions.set_approval(version.pk, Approval.APPROVED, expected=[Approval.DRAFT])
    version.refresh_from_db()
    assert version.approval == Approval.IN_REVIEW


def test_credentials_of_a_version_that_is_gone_are_an_error(version: Version) -> None:
    versions.set_credentials(version.pk, Credentials.VALID)
    pk = version.pk
    version.asset.delete()
    with pytest.raises(VersionGone):
        versions.set_credentials(pk, Credentials.VALID)


def test_processing_says_whether_it_changed(version: Version) -> None:
    assert versions.set_processing(version.pk, Processing.FAILED, reason="Poster: no.")
    assert not versions.set_processing(version.pk, Processing.FAILED, reason="Poster: no.")
