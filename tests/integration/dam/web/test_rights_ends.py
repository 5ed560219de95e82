"""Rights that end: who sees which clips, on which day, in the list, the calendar and the file."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Asset, Version
from dam.collections import collections, items
from dam.rights import cleared, ending, policy, terms
from dam.rights.ending import Wanted, Window
from dam.rights.models import MadeFrom, Relation, RightsEnd, RightsRecord
from dam.rights.policy import Use
from tests.factories import (
    ApprovedVersionFactory,
    BrandFactory,
    VersionFactory,
    member,
    next_version,
)
from tests.integration.dam.web.conftest import SignIn

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]
PAGE = "/b/northwind/rights/"
MONTH = f"{PAGE}month/"
FILE = f"{PAGE}export.csv"
DAY = timedelta(days=1)
ZONE = ZoneInfo("America/St_Johns")  # half an hour beside the others
AT = datetime(2027, 3, 10, 12, tzinfo=ZONE)


def clip(brand: Brand, title: str, until: datetime | None, **said: object) -> Version:
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, asset__title=title)
    RightsRecord.objects.filter(version=version).update(valid_until=until, **said)
    return version


def titles(brand: Brand, window: Window, role: Role = Role.CREATOR, wanted: Wanted | None = None) -> str:
    rows = ending.seen(member(brand, role), wanted or Wanted())
    span = ending.of_window(window, at=AT)
    found = [end for chunk in ending.every(rows, span) for end in chunk]
    return "".join(end.version.asset.title for end in found)


def test_a_window_reaches_to_the_end_of_its_last_day_where_the_brand_is(brand: Brand) -> None:
    after = datetime(2027, 4, 10, tzinfo=ZONE)  # the 30th day has just ended; clocks went forward before it
    second = timedelta(microseconds=1)
    for title, until in (
        ("A", AT + second),
        ("B", after - second),
        ("C", after),
        ("D", AT + 61 * DAY),
        ("E", AT),
        ("F", AT - 30 * DAY),
        ("G", AT - 30 * DAY - second),
        ("N", None),
    ):
        clip(brand, title, until)
    assert titles(brand, Window.MONTH) == "AB"
    assert titles(brand, Window.TWO_MONTHS) == "ABC"
    assert titles(brand, Window.QUARTER) == "ABCD"
    assert titles(brand, Window.ENDED) == "EF"  # what ends at this very moment has ended


def test_in_the_hour_that_a_clock_says_twice_what_ended_has_ended(brand: Brand) -> None:
    now = datetime(2027, 11, 7, 1, 30, fold=1, tzinfo=ZONE)  # the second half past one of that night
    rows = ending.seen(member(brand, Role.CREATOR), Wanted())
    clip(brand, "Over", (now.astimezone(UTC) - timedelta(minutes=40)).astimezone(ZONE))
    clip(brand, "Now", now)
    clip(brand, "To come", (now.astimezone(UTC) + timedelta(minutes=10)).astimezone(ZONE))
    for window, expected in ((Window.ENDED, {"Over", "Now"}), (Window.MONTH, {"To come"})):
        found, _after = ending.page(rows, ending.of_window(window, at=now), after=None)
        assert {end.version.asset.title for end in found} == expected


@pytest.mark.parametrize("window", [Window.MONTH, Window.ENDED])
def test_pages_have_each_clip_once_also_where_all_end_together(brand: Brand, window: Window) -> None:
    until = AT + DAY if window is Window.MONTH else AT - DAY
    for number in range(7):
        clip(brand, str(number), until)
    rows, span = ending.seen(member(brand, Role.CREATOR), Wanted()), ending.of_window(window, at=AT)
    found, after = ending.page(rows, span, after=None, size=3)
    while after is not None:
        more, after = ending.page(rows, span, after=ending.read_place(str(after)), size=3)
        found += more
    assert sorted(end.version.asset.title for end in found) == list("0123456")


def test_viewers_learn_of_no_clip_that_they_do_not_see(brand: Brand, sign_in: SignIn) -> None:
    until = timezone.now() + 3 * DAY
    seen = clip(brand, "Released", until)
    hidden = clip(brand, "Approved alone", until)
    embargoed = clip(brand, "Embargoed", until, embargo_until=until - DAY)
    trashed, elsewhere = clip(brand, "Trashed", until), clip(BrandFactory.create(), "Elsewhere", until)
    draft = VersionFactory.create(asset__brand=brand, asset__title="Draft")
    RightsRecord.objects.update_or_create(version=draft, defaults={"valid_until": until})
    for version in (seen, embargoed, trashed, elsewhere):
        Asset.objects.filter(pk=version.asset_id).update(released=version)
    Asset.objects.filter(pk=hidden.asset_id).update(released=None)
    Asset.objects.filter(pk=trashed.asset_id).update(trashed_at=timezone.now())
    viewer, creator = sign_in(Role.VIEWER), sign_in(Role.CREATOR)
    day = until.astimezone(ZoneInfo(brand.time_zone or "UTC")).date()
    for address in (PAGE, f"{MONTH}?month={day:%Y-%m}"):
        page, more = (client.get(address).content.decode() for client in (viewer, creator))
        assert "Released" in page
        assert "Approved alone" in more
        assert not [word for word in ("Approved alone", "Embargoed") if word in page]
        assert not [word for word in ("Trashed", "Elsewhere", "Draft") if word in page + more]
    assert "1 clip\n" in viewer.get(f"{MONTH}?month={day:%Y-%m}").content.decode()
    rows = exported(viewer)
    assert [(row["title"], row["through_a_source"]) for row in rows] == [("Released", "")]


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(FILE + query)
    text = b"".join(answer).decode()
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_what_is_released_is_listed_beside_a_newer_draft_and_what_it_replaced_is_not(brand: Brand) -> None:
    first = clip(brand, "A", AT + DAY)
    Asset.objects.filter(pk=first.asset_id).update(released=first)
    first.asset.refresh_from_db()
    second = next_version(first)
    assert titles(brand, Window.MONTH) == "A"
    Version.objects.filter(pk=second.pk).update(approval="approved")
    Asset.objects.filter(pk=first.asset_id).update(released=second)
    assert titles(brand, Window.MONTH) == ""


def test_an_end_that_comes_from_a_source_is_the_clips_and_said_so(brand: Brand, sign_in: SignIn) -> None:
    until = timezone.now() + 5 * DAY
    made, source = clip(brand, "Cut", until + 40 * DAY), clip(brand, "Take", until, uses=["web"])
    MadeFrom.objects.create(version=made, source=source, relation=Relation.COMPONENT)
    client = sign_in(Role.CREATOR)
    assert "ends with a clip that it's made from" in client.get(PAGE).content.decode()
    rows = {row["title"]: row for row in exported(client)}
    assert (rows["Cut"]["through_a_source"], rows["Take"]["through_a_source"]) == ("yes", "no")
    assert rows["Cut"]["uses"] == "web"
    assert datetime.fromisoformat(rows["Cut"]["ends_at"]) == until


def test_filters_by_use_place_and_collection(brand: Brand, sign_in: SignIn) -> None:
    until = timezone.now() + 5 * DAY
    one = clip(brand, "Webby", until, uses=["web"], territories=["DE"])
    clip(brand, "Sociable", until, uses=["social"], territories=["US"])
    by = member(brand, Role.LIBRARIAN)
    outer = collections.create("Launch", by=by)
    inner = collections.create("Inner", by=by, parent=outer)
    items.add(inner, [one.asset_id], by=by)
    client = sign_in(Role.CREATOR)
    for query in ("use=web", "territory=germany", "collection=launch", f"collection={inner.pk}"):
        assert [row["title"] for row in exported(client, f"?{query}")] == ["Webby"], query
        page = client.get(f"{PAGE}?{query}").content.decode()
        assert "Webby" in page
        assert "Sociable" not in page
    for query, told in (
        ("territory=Atlantis", "isn&#x27;t a known country"),
        ("collection=Nothing", "There&#x27;s no collection of that name here."),
        ("use=flying", "is not one of the available choices"),
    ):
        for address in (PAGE, MONTH, FILE):
            answer = client.get(f"{address}?{query}")
            assert answer.status_code == 422
            assert told in answer.content.decode()
            assert "Webby" not in answer.content.decode()
    theirs = collections.create("Theirs", by=member(BrandFactory.create(), Role.LIBRARIAN))
    assert client.get(f"{PAGE}?collection={theirs.pk}").status_code == 422


@pytest.mark.parametrize("use", [None, "web", "social"])
@pytest.mark.parametrize("territory", [None, "DE", "EU", "US"])
def test_the_filter_says_what_the_policy_says(brand: Brand, use: str | None, territory: str | None) -> None:
    choices = [(["web"], ["DE"]), (["web", "social"], ["EU", "US"]), (["social"], ["worldwide"])]
    clips = [clip(brand, "x", AT + DAY, uses=uses, territories=places) for uses, places in choices]
    for source in list(clips):
        for uses, places in choices:
            made = clip(brand, "y", AT + 2 * DAY, uses=uses, territories=places)
            MadeFrom.objects.create(version=made, source=source, relation=Relation.INPUT)
    rows = RightsEnd.objects.filter(cleared.includes("version", use=use, territory=territory))
    found = set(rows.values_list("version", flat=True))
    for version in Version.objects.select_related("asset", "rights", "inherited"):
        verdict = policy.decide(terms.of(version), use=Use(use) if use else None, territory=territory, at=AT)
        unasked = (
            [] if use else ["no use for"]
        )  # a clip that is left without any is found where none is asked
        unasked += [] if territory else ["no country for"]
        narrow = [each for each in verdict.reasons if not any(word in each for word in unasked)]
        assert (version.pk in found) == (not narrow), (version.pk, verdict.reasons)


def test_a_month_counts_its_days_where_the_brand_is_up_to_a_bound(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "MOST_OF_DAY", 4)
    for number in range(6):
        clip(brand, f"L{number}", datetime(2027, 3, 31, 23, 59, 59, tzinfo=ZONE))
    clip(brand, "First", datetime(2027, 3, 1, tzinfo=ZONE))
    clip(brand, "Next", datetime(2027, 4, 1, tzinfo=ZONE))
    clip(brand, "Before", datetime(2027, 2, 28, 23, 59, 59, tzinfo=ZONE))
    days = ending.month(ending.seen(member(brand, Role.CREATOR), Wanted()), date(2027, 3, 1), at=AT)
    assert len(days) == 31
    assert {each.day.day: each.count for each in days if each.count} == {1: 1, 31: 5}
    assert days[30].more
    assert len(days[30].first) == ending.NAMED_OF_DAY
    assert not days[0].more


@pytest.mark.parametrize(
    "query",
    [
        "within=1000",
        "day=2027-02-30",
        "day=99999-01-01",
        "after=x",
        "after=2027-01-01_x",
        "after=0001-01-01T00:00:00%2B23:59_00000000-0000-0000-0000-000000000000",
        "within=ended&after=2027-01-01T00:00:00%2B00:00_00000000-0000-0000-0000-000000000000",
    ],
)
def test_odd_addresses_show_a_list(sign_in: SignIn, query: str) -> None:
    assert sign_in(Role.VIEWER).get(f"{PAGE}?{query}").status_code == 200


@pytest.mark.parametrize("month", ["2027-13", "", "x", "0000-01", "9999-12", "2027-1"])
def test_a_month_that_is_none_is_told(sign_in: SignIn, month: str) -> None:
    answer = sign_in(Role.VIEWER).get(MONTH, {"month": month})
    assert answer.status_code == 422
    assert "a month. Use one such as 2026-12." in answer.content.decode()


@pytest.mark.parametrize("month", ["1900-01", "2999-12", "2028-02"])
def test_any_month_of_the_calendar_is_shown(sign_in: SignIn, month: str) -> None:
    assert sign_in(Role.VIEWER).get(MONTH, {"month": month}).status_code == 200


def test_a_month_in_which_nothing_ends_says_so(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    assert "No clearance ends in this month." in client.get(MONTH, {"month": "2031-05"}).content.decode()


def test_a_day_of_the_calendar_leads_to_its_list(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "That day", datetime(2031, 5, 31, 12, tzinfo=UTC))
    clip(brand, "Another", datetime(2031, 6, 2, 12, tzinfo=UTC))
    client = sign_in(Role.VIEWER)
    Asset.objects.filter(brand=brand).update(released_id=None)
    for asset in Asset.objects.filter(brand=brand):
        Asset.objects.filter(pk=asset.pk).update(released=asset.latest)
    assert "?day=2031-05-31" in client.get(MONTH, {"month": "2031-05"}).content.decode()
    page = client.get(PAGE, {"day": "2031-05-31"}).content.decode()
    assert "That day" in page
    assert "Another" not in page


def test_a_page_is_read_from_the_index(brand: Brand) -> None:
    for number in range(4):
        clip(brand, str(number), AT + number * DAY)
    rows, span = ending.seen(member(brand, Role.VIEWER), Wanted()), ending.of_window(Window.MONTH, at=AT)
    with connection.cursor() as cursor:
        for setting in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{setting} = off")
        with CaptureQueriesContext(connection) as queries:
            ending.page(rows, span, after=None)
        assert len(queries) == 1
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "rights_end_of_brand" in plan, plan
    assert "Sort Key" not in plan, plan
