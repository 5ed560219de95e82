"""While a legal hold stands nothing of the clip is deleted, by whomever and however."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from dam.access import brand_closing
from dam.accounts.capabilities import TOKEN_MAY, Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import assets, holds
from dam.catalog.models import Asset, Version
from dam.ingest import retention
from dam.search import search
from dam.search.query import Filters, Query
from provenance.review import comments
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, token_of

pytestmark = pytest.mark.django_db
LONG_AGO = timezone.now() - timedelta(days=400)


def held(brand: Brand | None = None, **fields: object) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand or BrandFactory.create(), **fields)
    holds.place(version.asset, by=member(version.brand, Role.LEGAL_REVIEWER), reason="Case 7")
    version.asset.refresh_from_db()
    return version


def test_a_hold_and_its_end_are_in_the_log_with_their_reasons_and_a_second_click_changes_nothing() -> None:
    version = held()
    legal = member(version.brand, Role.LEGAL_REVIEWER)
    assert not holds.place(version.asset, by=legal, reason="Once more")
    assert Asset.objects.get().hold_reason == "Case 7"
    assert holds.lift(version.asset, by=legal, reason=" Case 7\nis closed ")
    assert not holds.lift(version.asset, by=legal, reason="Once more")
    told = Event.objects.order_by("sequence").values_list("verb", "data", "asset_id")
    assert list(told) == [
        ("asset.held", {"reason": "Case 7"}, version.asset_id),
        ("asset.hold_lifted", {"reason": "Case 7 is closed"}, version.asset_id),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.LEGAL_REVIEWER, Role.ADMIN)])
def test_others_can_neither_place_nor_lift_one(role: Role) -> None:
    version = held()
    for change in (holds.place, holds.lift):
        with pytest.raises(PermissionDenied):
            change(version.asset, by=member(version.brand, role), reason="Because")


def test_neither_can_another_brands_administrator_nor_a_program() -> None:
    version = held()
    stranger = member(BrandFactory.create(), Role.ADMIN)
    program = token_of(member(version.brand, Role.ADMIN), TOKEN_MAY)
    for by in (stranger, program):
        with pytest.raises(PermissionDenied):
            holds.lift(version.asset, by=by, reason="Because")
    assert holds.standing(version.brand) == 1


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_hold_needs_a_reason_of_some_length(reason: str) -> None:
    version = VersionFactory.create()
    with pytest.raises(holds.HoldRefused):
        holds.place(version.asset, by=member(version.brand, Role.ADMIN), reason=reason)
    assert not Event.objects.exists()


def test_a_held_clip_does_not_go_to_the_trash_and_comes_out_of_it() -> None:
    version = held()
    admin = member(version.brand, Role.ADMIN)
    with pytest.raises(PermissionDenied, match="under legal hold"):
        assets.trash(version.asset, by=admin)
    Asset.objects.update(trashed_at=timezone.now())
    version.asset.refresh_from_db()
    assets.restore(version.asset, by=admin)


def test_the_sweep_of_the_trash_passes_it_over_until_the_hold_is_lifted() -> None:
    version = held(BrandFactory.create(trash_days=30))
    Asset.objects.update(trashed_at=LONG_AGO)
    assert retention.empty_trash(at=timezone.now()) == 0
    holds.lift(version.asset, by=member(version.brand, Role.ADMIN), reason="Closed")
    assert retention.empty_trash(at=timezone.now()) == 1


def test_a_brand_with_a_held_clip_is_neither_closed_nor_removed() -> None:
    version = held()
    admin = member(version.brand, Role.ADMIN)
    with pytest.raises(brand_closing.ClosingRefused, match="1 clip is under legal hold"):
        brand_closing.close(version.brand, by=admin, typed=version.brand.name)
    assert Brand.objects.get(pk=version.brand.pk).closed_at is None
    Brand.objects.update(closed_at=LONG_AGO, delete_at=LONG_AGO)
    with pytest.raises(brand_closing.ClosingRefused, match="under legal hold"):
        brand_closing.remove(version.brand)
    assert Version.objects.exists()


def test_a_closed_brand_takes_no_hold() -> None:
    version = VersionFactory.create()
    admin = member(version.brand, Role.ADMIN)
    brand_closing.close(version.brand, by=admin, typed=version.brand.name)
    with pytest.raises(holds.HoldRefused, match="scheduled for deletion"):
        holds.place(version.asset, by=admin, reason="Case 7")


def test_the_database_refuses_whoever_asks_and_for_held_clips_alone() -> None:
    version, other = held(), VersionFactory.create()
    rows = []
    for each in (version, other):
        comment = comments.add(each, by=member(each.brand, Role.CREATOR), body="Whose bottle is this?")
        rows.append((comment, RenditionFactory.create(version=each), each.rights, each, each.asset))
    for row in rows[0]:
        with pytest.raises(DatabaseError), transaction.atomic():
            row._meta.model._base_manager.filter(pk=row.pk)._raw_delete("default")
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()
    other.asset.delete()
    assert list(Asset.objects.all()) == [version.asset]


def test_held_clips_are_found_by_those_who_are_told_and_not_in_another_brand() -> None:
    version = held()
    VersionFactory.create(asset__brand=version.brand)
    held()
    legal, viewer = member(version.brand, Role.LEGAL_REVIEWER), member(version.brand, Role.VIEWER)
    wanted = Filters(hold=["yes"])
    assert list(search.among(legal, parsed=Query(), filters=wanted)) == [version.asset]
    assert search.among(legal, parsed=Query(), filters=Filters(hold=["no"])).count() == 1
    assert not search.among(viewer, parsed=Query(), filters=wanted).exists()
