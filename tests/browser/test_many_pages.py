"""More open pages than database connections."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from tests.browser.conftest import Journey


def test_open_pages_hold_no_database_connection(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    # The web process of these tests has four connections, and each page keeps an event stream open.
    windows = [visit().sign_in(people[Role.CREATOR]) for _ in range(6)]
    windows[0].go("activity/")
    expect(windows[0].page.get_by_role("heading", level=1)).to_contain_text("Activity")


def test_pages_that_are_not_there_hold_no_database_connection(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    asked = """() => Promise.all(Array.from({ length: 24 }, (_, n) =>
        fetch(`/b/northwind/nowhere-${n}.css`).then((response) => response.status)))"""
    assert set(journey.page.evaluate(asked)) == {404}
    journey.go("activity/")
    expect(journey.page.get_by_role("heading", level=1)).to_contain_text("Activity")
