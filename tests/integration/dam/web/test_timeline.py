"""The library as a timeline: months above their clips, each once, and the way to a month."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.web import listing
from tests.factories import VersionFactory
from tests.integration.dam.web.conftest import SignIn

HOME = "/b/northwind/"


@pytest.fixture
def creator(brand: Brand, sign_in: SignIn) -> Client:
    for month, day in ((1, 5), (3, 1), (3, 20), (12, 31)):
        at = datetime(2025, month, day, 12, tzinfo=UTC)
        VersionFactory.create(asset__brand=brand, asset__title=f"{month}/{day}", asset__created_at=at)
    return sign_in(Role.CREATOR)


def seen(client: Client, address: str) -> list[str]:
    """Months and titles as they stand on the page."""
    context = client.get(HOME + address).context
    told: list[str] = []
    for card in context["listing"].cards:
        told += filter(None, [context["months"].get(card.asset.pk), card.asset.title])
    return told


def test_clips_stand_under_their_months(creator: Client) -> None:
    assert seen(creator, "?layout=timeline") == [
        *("December 2025", "12/31", "March 2025", "3/20", "3/1", "January 2025", "1/5"),
    ]
    assert seen(creator, "?sort=oldest")[:2] == ["January 2025", "1/5"]  # the layout is remembered
    page = creator.get(f"{HOME}?layout=timeline").content.decode()
    assert "<h2>March 2025</h2>" in page


def test_the_next_page_goes_on_in_the_month_of_the_last_one(
    creator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    first = creator.get(f"{HOME}?layout=timeline")
    assert seen(creator, first.context["listing"].next) == ["3/1", "January 2025", "1/5"]


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("?month=2025-03", ["3/20", "3/1", "1/5"]),
        ("?month=2025-02", ["1/5"]),
        ("?month=2025-12", ["12/31", "3/20", "3/1", "1/5"]),
        ("?month=2025-03&sort=oldest", ["3/1", "3/20", "12/31"]),
        ("?month=2025-13", ["12/31", "3/20", "3/1", "1/5"]),
        ("?month=0001-01", ["12/31", "3/20", "3/1", "1/5"]),
        ("?month=9999-12", ["12/31", "3/20", "3/1", "1/5"]),
    ],
)
def test_a_month_is_gone_to(creator: Client, address: str, titles: list[str]) -> None:
    cards = creator.get(f"{HOME}{address}").context["listing"].cards
    assert [card.asset.title for card in cards] == titles


def test_the_months_name_stands_also_where_the_list_begins_with_it(creator: Client) -> None:
    assert seen(creator, "?layout=timeline&month=2025-03")[0] == "March 2025"


def test_orders_other_than_by_time_have_no_months(creator: Client) -> None:
    assert "March 2025" not in seen(creator, "?layout=timeline&sort=name")


def test_going_to_a_month_keeps_what_was_asked(creator: Client) -> None:
    asked = "q=-state:rejected&saved=00000000-0000-4000-8000-000000000007&origin=uploaded&sort=oldest"
    page = creator.get(f"{HOME}?layout=timeline&{asked}").content.decode()
    form = page.partition("timeline-go")[2].partition("</form>")[0]
    sent = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    assert sent == [tuple(pair.split("=")) for pair in asked.split("&")]
