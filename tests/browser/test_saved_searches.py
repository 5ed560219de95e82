"""Keeping a search, and being told when something new matches."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Tag
from dam.search.saved import alerts
from dam.search.saved.models import RecentSearch
from tests.browser.conftest import Journey
from tests.factories import VersionFactory


def test_a_saved_search_tells_of_a_clip_that_comes(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    wait_until: Callable[..., None],
) -> None:
    summer = Tag.objects.create(brand=brand, name="summer")
    VersionFactory.create(asset__brand=brand, asset__title="Beach").asset.tags.add(summer)
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    box = page.get_by_role("combobox", name="Search the library")

    # The box offers the tag, and what is chosen searches for it.
    box.press_sequentially("sum")
    expect(page.get_by_role("option", name="summer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    expect(box).to_have_value("sum")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="summer").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=tag*")
    wait_until(lambda: RecentSearch.objects.filter(user=people[Role.CREATOR]).exists())

    # It is saved with an alert.
    page.get_by_role("button", name="Save search").click()
    dialog = page.get_by_role("dialog", name="Save search")
    dialog.get_by_label("Name").fill("Summer films")
    dialog.get_by_label("Alert me when something new matches").check()
    dialog.get_by_role("button", name="Save search").click()
    expect(page.get_by_role("button", name="Alert for Summer films")).to_have_attribute(
        "aria-pressed", "true"
    )

    # A clip comes: the figure in the rail says so, and the bell leads to the list.
    new = VersionFactory.create(asset__brand=brand, asset__title="Lime ice").asset
    new.tags.add(summer)
    alerts.notice([new.pk], brand_id=brand.pk)
    expect(page.get_by_role("navigation", name="Main").get_by_text("1 new clip in your")).to_be_attached()
    bell = page.get_by_role("banner").locator(".bell > summary")
    expect(bell.get_by_text("1 unread notification")).to_be_attached()
    bell.click()
    page.get_by_role("link", name="1 new clip in this saved search").click()
    page.wait_for_url("**/s/new/?search=*")
    expect(page.get_by_role("main").get_by_role("link", name="Summer films").first).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("navigation", name="Main").get_by_text("new clip in your")).to_have_count(0)
    page.get_by_role("link", name="Lime ice").click()
    expect(page.get_by_role("heading", name="Lime ice", level=1)).to_be_attached()
