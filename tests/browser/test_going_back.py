"""Back from a clip leads to the place in the list that one came from."""

from collections.abc import Callable

import redis
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import RenditionKind
from dam.core import events
from dam.web import activity, listing
from provenance.review import reviews
from tests.browser.conftest import Journey
from tests.factories import RenditionFactory, VersionFactory, principal

MAIN_TOP = "() => document.getElementById('main').scrollTop"


def top_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def forget_what_happened(brand: Brand) -> None:
    """A page that is opened within seconds of a change hears of it once more, and fetches its list anew."""
    with redis.Redis.from_url(settings.CACHE_URL) as client:
        for to_all in (True, False):
            client.delete(events._recent(events._channel(brand.pk, to_all=to_all)))


def leave_and_return(page: Page, link: Locator) -> None:
    """Follow the link and go back; afterwards it has the focus, where it was."""
    link.scroll_into_view_if_needed()
    before = top_of(link)
    link.click()
    expect(page.locator("#panel, .room").first).to_be_visible()
    page.go_back()
    expect(link).to_be_focused()
    assert abs(top_of(link) - before) <= 2
    assert page.evaluate(MAIN_TOP) > 0


def test_back_to_the_library_finds_its_pages_the_choice_and_the_clip(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    made = [VersionFactory.create(asset__brand=brand).asset for _ in range(2 * listing.PAGE + 5)]
    page = visit().sign_in(people[Role.CREATOR]).page
    cards = page.locator("#cards .card")
    for loaded in (2 * listing.PAGE, len(made)):
        page.locator("#more").scroll_into_view_if_needed()
        expect(cards).to_have_count(loaded)
    chosen = page.locator(f'.card-pick input[value="{made[3].pk}"]')
    chosen.check()
    leave_and_return(page, page.locator(f"#card-{made[2].pk} .card-link"))
    expect(cards).to_have_count(len(made))
    expect(chosen).to_be_checked()
    expect(page.locator("[data-selected]")).to_have_text("1 selected")


def test_back_to_the_activity_log_finds_its_pages_and_the_event(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    maker = principal(people[Role.ADMIN], brand)
    asset = VersionFactory.create(asset__brand=brand).asset
    with trail.recording():
        for _ in range(activity.PAGE + 20):
            trail.record(Verb.ASSET_EDITED, brand=brand, target="Ball", actor=maker, asset_id=asset.pk)
    journey = visit().sign_in(people[Role.ADMIN])
    journey.go("activity/")
    events = journey.page.locator(".event")
    journey.page.get_by_role("link", name="Show older").click()
    expect(events).to_have_count(activity.PAGE + 20)
    leave_and_return(journey.page, events.nth(activity.PAGE + 10).get_by_role("link"))
    expect(events).to_have_count(activity.PAGE + 20)


def test_back_to_the_queue_finds_the_row(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    maker = principal(people[Role.CREATOR], brand)
    for _ in range(30):
        version = VersionFactory.create(asset__brand=brand, asset__created_by=maker.user)
        RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
        reviews.submit(version, by=maker)
    forget_what_happened(brand)
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    journey.go("reviews/?show=waiting")
    leave_and_return(journey.page, journey.page.locator(".queue-item").nth(24))
