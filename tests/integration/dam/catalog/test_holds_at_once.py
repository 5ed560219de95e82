"""A hold that is placed in the moment of a deletion: either it stands and nothing is gone, or all is gone."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from dam.access import brand_closing
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import holds
from dam.catalog.models import Asset, Version
from dam.ingest import retention
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.dam.catalog.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_a_hold_and_the_sweep_of_the_trash_one_wins_wholly() -> None:
    brand = BrandFactory.create(trash_days=1)
    legal = member(brand, Role.LEGAL_REVIEWER)
    made = [VersionFactory.create(asset__brand=brand) for _ in range(8)]
    Asset.objects.update(trashed_at=timezone.now() - timedelta(days=9))

    def hold_each() -> None:
        for version in reversed(made):
            try:
                holds.place(version.asset, by=legal, reason="Case 7")
            except holds.HoldRefused:  # it is gone
                continue

    failures = at_once(hold_each, lambda: retention.empty_trash(at=timezone.now()))
    assert failures == []
    left = set(Asset.objects.values_list("pk", flat=True))
    assert left == set(Asset.objects.filter(held_at__isnull=False).values_list("pk", flat=True))
    assert left == set(Version.objects.values_list("asset_id", flat=True))
    assert left == set(Event.objects.filter(verb="asset.held").values_list("asset_id", flat=True))


def test_of_a_hold_and_the_end_of_its_brand_one_is_refused() -> None:
    brand = BrandFactory.create()
    legal, admin = member(brand, Role.LEGAL_REVIEWER), member(brand, Role.ADMIN)
    version = VersionFactory.create(asset__brand=brand)
    failures = at_once(
        lambda: holds.place(version.asset, by=legal, reason="Case 7"),
        lambda: brand_closing.close(brand, by=admin, typed=brand.name),
    )
    assert len(failures) == 1
    assert isinstance(failures[0], holds.HoldRefused | brand_closing.ClosingRefused)
    assert not isinstance(failures[0], DatabaseError)
    is_closed = Brand.objects.get(pk=brand.pk).closed_at is not None
    assert is_closed is (holds.standing(brand) == 0)


def test_two_who_click_at_once_place_one_hold() -> None:
    version = VersionFactory.create()
    legal = member(version.brand, Role.LEGAL_REVIEWER)
    assert at_once(*[lambda: holds.place(version.asset, by=legal, reason="Case 7")] * 2) == []
    assert Event.objects.filter(verb="asset.held").count() == 1
