"""The orders of a list: what comes first, and paging that shows each clip once."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Approval, Asset, Version
from dam.rights import visibility
from dam.rights.models import RightsRecord
from dam.search import orders
from dam.search.models import FilterRow
from dam.search.orders import Order
from tests.factories import BrandFactory, VersionFactory, member

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "00000000-0000-4000-8000-000000000001"


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create()


def clip(brand: Brand, title: str, *, day: int = 0, **fields: object) -> Version:
    version: Version = VersionFactory.create(
        asset__brand=brand,
        asset__title=title,
        asset__created_at=START + day * DAY,
        created_at=START + day * DAY,
        **fields,
    )
    return version


def walked(brand: Brand, order: Order, *, size: int = 2, shown: str = "latest") -> list[str]:
    """Every title, page by page, the place going through the address."""
    titles: list[str] = []
    after = None
    assets = Asset.objects.filter(brand=brand, **{f"{shown}__isnull": False})
    while True:
        keys, following = orders.page(assets, order, shown=shown, brand_id=brand.pk, after=after, size=size)
        rows = Asset.objects.in_bulk(keys)
        titles += [rows[key].title for key in keys]
        if following is None:
            return titles
        after = orders.read(str(following), order)
        assert after == following


def test_newest_and_oldest(brand: Brand) -> None:
    for day, title in enumerate("abc"):
        clip(brand, title, day=day)
    assert walked(brand, Order.NEWEST) == ["c", "b", "a"]
    assert walked(brand, Order.OLDEST) == ["a", "b", "c"]


def test_names_stand_as_in_a_dictionary(brand: Brand) -> None:
    for title in ("Zebra", "ärger", "Arte", "apfel", "Ölberg", "1_2:3"):
        clip(brand, title)
    assert walked(brand, Order.NAME) == ["1_2:3", "apfel", "ärger", "Arte", "Ölberg", "Zebra"]


def test_a_title_of_letters_that_become_many_can_be_kept_and_paged(brand: Brand) -> None:
    for number in range(3):
        clip(brand, "\ufdfa" * 199 + str(number))
    assert len(set(walked(brand, Order.NAME, size=1))) == 3


def test_lengths_with_the_unknown_ones_last(brand: Brand) -> None:
    for title, length in (("a", 3000), ("b", None), ("c", 1000), ("d", None), ("e", 3000)):
        clip(brand, title, day=ord(title), duration_ms=length)
    assert walked(brand, Order.SHORTEST)[0] == "c"
    assert walked(brand, Order.SHORTEST)[3:] == ["d", "b"]
    assert walked(brand, Order.LONGEST)[2:] == ["c", "d", "b"]


def test_states_as_they_need_somebody(brand: Brand) -> None:
    for title, state in (
        ("a", Approval.APPROVED),
        ("b", Approval.DRAFT),
        ("c", Approval.IN_REVIEW),
        ("d", Approval.DRAFT),
        ("e", Approval.CHANGES_REQUESTED),
    ):
        clip(brand, title, day=ord(title), approval=state)
    assert walked(brand, Order.STATE) == ["e", "c", "d", "b", "a"]


def test_what_ends_first_stands_first_and_what_never_ends_last(brand: Brand) -> None:
    for title, end in (("a", 5), ("b", 2), ("c", None)):
        version = clip(brand, title, day=ord(title))
        until = START + end * DAY if end else None
        RightsRecord.objects.update_or_create(version=version, defaults={"valid_until": until})
    RightsRecord.objects.filter(version=clip(brand, "d", day=200)).delete()
    assert walked(brand, Order.RIGHTS) == ["b", "a", "d", "c"]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 3])
def test_each_clip_is_shown_once_in_every_order_also_where_all_are_alike(
    brand: Brand, order: Order, size: int
) -> None:
    for number in range(7):
        clip(brand, f"Same {number % 2}", duration_ms=1000 if number % 3 else None)
    assert len(walked(brand, order, size=size)) == 7


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [2, 5, 9])
def test_a_first_page_that_is_counted_is_the_same_page(brand: Brand, order: Order, size: int) -> None:
    for day in range(5):
        clip(brand, "abacb"[day], day=day % 3)
    assets = Asset.objects.filter(brand=brand)
    counted = orders.counted(assets, order, shown="latest", brand_id=brand.pk, size=size, most=9)
    if order not in (Order.NEWEST, Order.OLDEST, Order.NAME):
        assert counted is None  # each stretch knows of its own clips alone
        return
    keys, following = orders.page(assets, order, shown="latest", brand_id=brand.pk, after=None, size=size)
    assert counted == (keys, following, 5)


def test_a_first_page_that_is_counted_reads_each_clip_once(
    brand: Brand, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    clip(brand, "One")
    with django_assert_num_queries(1) as asked:
        orders.counted(
            Asset.objects.filter(brand=brand), Order.NEWEST, shown="latest", brand_id=brand.pk, size=1, most=9
        )
    assert asked.captured_queries[0]["sql"].count('FROM "dam_asset"') == 1


def test_of_more_than_are_counted_any_are_read(brand: Brand) -> None:
    for number in range(4):
        clip(brand, f"Clip {number}")
    assets = Asset.objects.filter(brand=brand)
    counted = orders.counted(assets, Order.NEWEST, shown="latest", brand_id=brand.pk, size=2, most=3)
    assert counted is not None
    keys, following, number = counted
    assert (len(keys), following is None, number) == (2, False, 3)


def test_of_no_clips_none_are_counted(brand: Brand) -> None:
    none = Asset.objects.filter(brand=brand)
    assert orders.counted(none, Order.NEWEST, shown="latest", brand_id=brand.pk, size=2, most=9) == (
        [],
        None,
        0,
    )


def test_clips_of_others_stay_out(brand: Brand) -> None:
    clip(BrandFactory.create(), "x", duration_ms=1)
    assert all(walked(brand, order) == [] for order in Order)


def test_what_is_released_alone_has_no_states() -> None:
    assert Order.STATE not in orders.offered("released")


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "0:",
        "0:x_y",
        f"9:1_{KEY}",
        "0:²_x",
        f"0:\0_{KEY}",
        f"0:{'9' * 40}_{KEY}",
        f"0:9999-12-31T23:59:59-23:59_{KEY}",
        f"0:0001-01-01T00:00:00+23:59_{KEY}",
    ],
)
def test_a_place_that_is_none_begins_the_list(order: Order, text: str) -> None:
    place = orders.read(text, order)
    assert place is None or (order is Order.NAME and isinstance(place.key, UUID))


@pytest.mark.parametrize(
    ("order", "index"),
    [
        (Order.NEWEST, "asset_newest"),
        (Order.OLDEST, "asset_newest"),
        (Order.NAME, "asset_by_name"),
        (Order.SHORTEST, "version_by_duration"),
        (Order.LONGEST, "version_by_duration"),
        (Order.STATE, "version_by_approval"),
        (Order.RIGHTS, "rights_end_of_brand"),
    ],
)
def test_a_page_deep_in_an_order_is_read_from_its_index(brand: Brand, order: Order, index: str) -> None:
    """Without sorting: the planner is asked with sorts and scans of whole tables made dear."""
    keys = [clip(brand, f"Clip {number}", day=number, duration_ms=number) for number in range(4)]
    for number, version in enumerate(keys):
        RightsRecord.objects.update_or_create(version=version, defaults={"valid_until": START + number * DAY})
    _keys, after = orders.page(
        Asset.objects.filter(brand=brand), order, shown="latest", brand_id=brand.pk, after=None, size=2
    )
    with connection.cursor() as cursor:
        for setting in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{setting} = off")
        # The versions of all brands, newest first, stand in the order of each state too: among four clips
        # that index is as cheap, among many it isn't.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP INDEX version_newest")
    queries = CaptureQueriesContext(connection)
    with queries:
        orders.page(
            Asset.objects.filter(brand=brand), order, shown="latest", brand_id=brand.pk, after=after, size=1
        )
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan, plan
    assert "Sort Key" not in plan, plan


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
def test_of_the_clips_that_filters_leave_no_row_is_read(brand: Brand, role: Role) -> None:
    """Who may see one and where it stands in the order, an index has: thousands are looked up there alone."""
    person = member(brand, role)
    some = visibility.visible_assets(person).filter(pk__in=FilterRow.objects.values("asset"))
    queries = CaptureQueriesContext(connection)
    with queries:
        shown = visibility.shown(person)
        orders.counted(some, Order.NEWEST, shown=shown, brand_id=brand.pk, size=1, most=10)
    asked = set(re.findall(r'"dam_asset"\."(\w+)"', queries[0]["sql"]))
    (seen,) = [index for index in Asset._meta.indexes if index.name == "asset_seen"]
    kept = {*seen.fields, *seen.include}
    columns = {field.column for field in Asset._meta.concrete_fields if field.name in kept}
    assert "created_at" in asked
    assert asked <= columns
