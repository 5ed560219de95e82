"""A brand with a creator who has a collection, and clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from dam.accounts.models import Brand
    from dam.accounts.principals import Member
    from dam.catalog.models import Asset
    from dam.collections.models import Collection


@pytest.fixture
def brand(db: None) -> Brand:
    from tests.factories import BrandFactory

    made: Brand = BrandFactory.create()
    return made


@pytest.fixture
def creator(brand: Brand) -> Member:
    from tests.factories import member

    return member(brand)


@pytest.fixture
def collection(creator: Member) -> Collection:
    from dam.collections import collections

    return collections.create("Summer", by=creator)


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    from tests.factories import VersionFactory

    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "ABCDE"]
