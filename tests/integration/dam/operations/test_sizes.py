"""Sizes written down day by day."""

from datetime import date

import pytest

from dam.operations import sizes
from dam.operations.models import DailySize
from tests.factories import BrandFactory, VersionFactory

pytestmark = pytest.mark.django_db


def test_a_day_is_written_down_once_for_each_brand_and_for_everything() -> None:
    brand = BrandFactory.create()
    VersionFactory.create(asset__brand=brand, size=100)
    sizes.sample(day=date(2027, 5, 1))
    VersionFactory.create(asset__brand=brand, size=20)
    sizes.sample(day=date(2027, 5, 1))
    assert DailySize.objects.get(brand=brand).bytes == 120
    whole = DailySize.objects.get(brand=None)
    assert (whole.bytes, whole.files) == (120, 2)
    assert whole.database_bytes is not None
    assert whole.database_bytes > 1_000_000


def test_growth_is_what_came_within_a_month_and_says_when_the_disk_is_full() -> None:
    for day, size in ((date(2027, 3, 1), 5), (date(2027, 5, 1), 100), (date(2027, 5, 20), 300)):
        DailySize.objects.create(day=day, bytes=size)
    growing = sizes.growth(None, now=400, day=date(2027, 5, 31))
    assert growing == sizes.Growth(bytes=300, days=30)
    assert sizes.days_left(1000, growing) == 100
    assert sizes.days_left(None, growing) is None
    assert sizes.growth(None, now=400, day=date(2027, 3, 1)) is None
