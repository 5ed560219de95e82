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
