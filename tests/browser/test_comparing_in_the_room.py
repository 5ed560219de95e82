"""Version 2 beside version 1 inside the review room, and what was asked of version 1 ticked there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Version
from provenance.review import comments, reviews
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import principal

DRAWING = {
    "v": 1,
    "shapes": [{"kind": "ellipse", "colour": "red", "width": 0.006, "points": [[0.3, 0.3], [0.6, 0.7]]}],
}


VIDEOS = '[...document.querySelectorAll(".room-stage video")]'
STAND = f"{VIDEOS}.every((each) => each.readyState > 1 && !each.seeking)"
FRAMES = f"{VIDEOS}.map((each) => Math.floor(each.currentTime * 24 + 0.01))"


def once(page: Page, condition: str) -> None:
    """Wait for what a script says; the page's policy forbids to have it asked there."""
    for _each in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"This didn't come true: {condition}")


def at(page: Page) -> list[int]:
    """The frames that the two players stand at, once both have got there."""
    once(page, STAND)
    return list(page.evaluate(FRAMES))


def test_two_people_compare_two_versions_in_the_room_and_tick_what_was_asked(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    take_in: Callable[..., Version],
) -> None:
    maker, reviewer = people[Role.CREATOR], people[Role.BRAND_REVIEWER]
    first = take_in(maker, title="Winter can", seed=1)
    reviews.submit(first, by=principal(maker, brand))
    by = principal(reviewer, brand)
    comments.add(first, by=by, body="The logo flickers", frame=12, drawing=DRAWING)
    comments.add(first, by=by, body="The sky is too dark", frame=30)
    second = take_in(maker, title="Winter can", seed=2, asset=first.asset)
    review = reviews.submit(second, by=principal(maker, brand))

    watching = visit().sign_in(reviewer)
    page = watching.page
    watching.go(f"reviews/{review.pk}/")
    page.locator("reel-player video").first.wait_for()
    expect(page.locator("#compare-toggle")).to_contain_text("Compare with version 1")
    page.keyboard.press("v")
    expect(page.locator("reel-beside")).to_be_attached()
    page.wait_for_url("**/?compare=1&as=side")
    carried = page.locator("#carried")
    expect(carried).to_contain_text("From version 1: 2 comments, 0 done")

    carried.get_by_title("Show this frame").first.click()
    assert at(page) == [12, 12]
    expect(page.locator(".beside-older svg ellipse, .beside-older svg path")).to_have_count(1)
    expect(page.locator("drawing-board svg > *")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    assert at(page) == [13, 13]
    expect(page.locator(".beside-older svg > *")).to_have_count(0)
    page.keyboard.press("k")
    once(page, "document.querySelector('video[data-older]').currentTime > 0.7")
    page.keyboard.press("k")
    both = at(page)
    assert abs(both[0] - both[1]) <= 1, both

    beside = visit().sign_in(maker)  # a link opens the same
    beside.page.goto(page.url)
    theirs = beside.page.locator("#carried")
    expect(theirs).to_contain_text("From version 1: 2 comments, 0 done")

    row = carried.locator("li", has_text="The logo flickers")
    row.get_by_role("button", name="Done", exact=True).click()
    expect(carried).to_contain_text("From version 1: 2 comments, 1 done")
    carried.locator("li", has_text="The sky is too dark").get_by_role("button", name="Not done").click()
    expect(carried).to_contain_text(f"Not done in version 2, says {reviewer}")
    expect(theirs).to_contain_text("From version 1: 2 comments, 1 done")  # by itself
    expect(theirs).to_contain_text(f"Done in version 2, says {reviewer}")
    expect(theirs).to_contain_text(f"Not done in version 2, says {reviewer}")

    carried.locator("li", has_text="The sky is too dark").get_by_role("button", name="Carry over").click()
    again = "From version 1: The sky is too dark"
    for each in (page, beside.page):
        expect(each.locator("#comments")).to_contain_text(again)
        expect(each.locator("#carried")).to_contain_text("Now a comment on version 2")
    assert not axe.violations(page, "the room with two versions", seen=set())

    page.locator("#compare-as-wipe").click()
    expect(page.locator('#beside[data-mode="wipe"]')).to_be_attached()
    page.get_by_label("Wipe", exact=True).fill("20")
    assert (
        page.evaluate("document.querySelector('reel-beside').style.getPropertyValue('--compare-wipe')")
        == "20%"
    )
    page.keyboard.press("v")
    expect(page.locator("reel-beside")).to_have_count(0)
    page.wait_for_url(f"**/reviews/{review.pk}/")
    expect(carried).to_contain_text("From earlier versions")
