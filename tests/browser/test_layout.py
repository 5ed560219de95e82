"""What lies where: nothing that decides is covered, cut off or out of sight."""

from collections.abc import Callable

from django.db import transaction
from playwright.sync_api import Locator, Page, ViewportSize, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog import tags
from dam.catalog.models import Version
from generation import jobs
from generation.generators.modes import Mode
from generation.models import GenerationJob
from provenance.review import reviews
from tests.browser.conftest import Journey
from tests.factories import VersionFactory, principal
from tests.integration.generation.test_sources import brief

PHONE: ViewportSize = {"width": 390, "height": 664}
SIDEWAYS = "() => document.querySelector('#main').scrollWidth - document.querySelector('#main').clientWidth"


def box(place: Locator) -> tuple[float, float, float, float]:
    found = place.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def apart(one: Locator, other: Locator) -> bool:
    left, top, right, bottom = box(one)
    x, y, x2, y2 = box(other)
    return right <= x or x2 <= left or bottom <= y or y2 <= top


def in_view(page: Page, place: Locator) -> bool:
    left, top, right, bottom = box(place)
    size = page.viewport_size
    assert size is not None
    return left >= 0 and top >= 0 and right <= size["width"] and bottom <= size["height"]


def test_a_reviewer_on_a_phone_sees_all_of_the_approval_and_no_message_covers_it(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], brand))
    journey = visit()
    journey.page.set_viewport_size(PHONE)
    journey.sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Saved.', tone: 'error'}}))"
    )
    approve = page.locator(".room-acts .button-approve")
    assert apart(page.locator(".toast"), approve)
    page.locator("[data-dismiss]").first.click()
    approve.click()
    dialog = page.locator("#approve-dialog")
    assert in_view(page, dialog.locator("footer .button-approve"))
    assert in_view(page, dialog.locator("header [data-close]"))
    dialog.locator("footer .button-approve").click()
    summary = dialog.locator("[data-form-errors]")
    expect(summary).to_be_focused()
    assert in_view(page, summary)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.evaluate("() => main.scrollHeight - main.clientHeight") == 0


def test_an_empty_brief_on_a_phone_leads_to_what_is_missing(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit()
    journey.page.set_viewport_size(PHONE)
    journey.sign_in(people[Role.CREATOR]).go("generate/")
    journey.page.get_by_role("button", name="Generate", exact=True).click()
    prompt = journey.page.locator("#id_prompt")
    expect(prompt).to_be_focused()
    assert in_view(journey.page, prompt)


def test_what_a_brief_was_stands_in_one_column_beside_its_button(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    """Also with a line for what it was made from and one for what was understood."""
    maker = principal(people[Role.CREATOR], brand)
    source = VersionFactory.create(asset__brand=brand, asset__title="Harbour")
    job = jobs.request(by=maker, brief=brief(Mode.EXTEND, {"source": source}))[0]
    GenerationJob.objects.filter(pk=job.pk).update(understood={"canonical": "a red ball"})
    journey = visit().sign_in(people[Role.CREATOR])
    for size in (PHONE, ViewportSize(width=1440, height=900)):
        journey.page.set_viewport_size(size)
        journey.go("generate/")
        lines = journey.page.locator(".brief-takes-head > :not(.button)").all()
        assert len(lines) == 4
        assert len({box(line)[0] for line in lines}) == 1
        button = journey.page.get_by_role("link", name="Reuse brief")
        assert all(apart(line, button) for line in lines)


def test_a_long_tag_does_not_widen_the_library(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    asset = VersionFactory.create(asset__brand=brand).asset
    with transaction.atomic():
        tags.assign(asset, ["a" * 60, "b" * 25])
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    for width in (360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        if width < 960 and not page.locator(".facets[open]").count():
            page.locator(".facets > summary").click()
        filters = page.locator(".facets nav")
        filters.evaluate("nav => nav.querySelectorAll('details').forEach((each) => (each.open = true))")
        facets = box(filters)
        for link in filters.get_by_role("link").all():
            left, _, right, _ = box(link)
            assert facets[0] - 9 <= left
            assert right <= facets[2] + 9
        assert page.evaluate(SIDEWAYS) <= 0
    journey.go(f"assets/{asset.pk}/")
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(SIDEWAYS) <= 0
        # The bar at the foot takes a moment to fit a window that was just made narrower.
        page.wait_for_function(
            "document.scrollingElement.scrollWidth <= document.documentElement.clientWidth"
        )
