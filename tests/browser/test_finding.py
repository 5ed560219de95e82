"""Searching, and seeing only what one may use."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Version
from dam.core import events
from tests.browser.conftest import Journey
from tests.factories import VersionFactory


def test_words_find_the_clip_and_open_it(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    take_in(people[Role.CREATOR], title="Lighthouse in fog", seed=1)
    take_in(people[Role.CREATOR], title="Picnic", seed=2)
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    page.get_by_role("combobox", name="Search the library").fill("lighthouse")
    page.keyboard.press("Enter")
    expect(page.locator("#cards .card").first).to_contain_text("Lighthouse in fog", timeout=30_000)
    page.get_by_role("link", name="Lighthouse in fog").first.click()
    expect(page.get_by_role("heading", name="Lighthouse in fog", level=1)).to_be_visible()


def test_a_viewer_finds_only_what_is_released(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version, take_in: Callable[..., Version]
) -> None:
    draft = take_in(people[Role.CREATOR], title="Harbour, unfinished", seed=3)
    journey = visit().sign_in(people[Role.VIEWER])
    page = journey.page
    page.get_by_role("combobox", name="Search the library").fill("harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Harbour at dawn").first).to_be_visible(timeout=30_000)
    expect(page.get_by_text("Harbour, unfinished")).to_have_count(0)
    response = page.goto(f"{journey.site}/b/{journey.brand.slug}/assets/{draft.asset_id}/")
    assert response is not None
    assert response.status == 404


def test_the_library_is_usable_on_a_phone(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    take_in(people[Role.CREATOR], title="Pocket size")
    journey = visit()
    journey.page.set_viewport_size({"width": 390, "height": 844})
    journey.sign_in(people[Role.CREATOR])
    expect(journey.page.get_by_text("Pocket size").first).to_be_visible()
    width = journey.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_chosen_clip_stays_chosen_when_its_card_comes_again(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    version = VersionFactory.create(asset__brand=brand)
    page = visit().sign_in(people[Role.CREATOR]).page
    page.locator(".card-pick input").check()
    Asset.objects.filter(pk=version.asset_id).update(title="Another title")
    # Until the page hears: its stream may not have begun.
    for _ in range(20):
        events.publish(brand_id=brand.pk, name=f"version-{version.pk}")
        if page.locator(".card-title", has_text="Another title").count():
            break
        page.wait_for_timeout(250)
    expect(page.locator(".card-title")).to_have_text("Another title")
    expect(page.locator(".card-pick input")).to_be_checked()
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
