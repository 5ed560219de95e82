"""Somebody chooses the frame that stands for a clip, by the keyboard, and takes it back."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from tests.browser.conftest import Journey


def test_a_creator_makes_the_frame_on_screen_the_poster(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/")
    choice = page.get_by_role("group", name="Poster", exact=True)
    page.locator("summary", has_text="Poster").press("Enter")
    picture = choice.get_by_role("img")
    before = picture.get_attribute("src")
    assert before is not None
    page.locator("reel-player").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    choice.get_by_role("button", name="Use this frame as the poster").focus()
    page.keyboard.press("Enter")
    expect(choice.get_by_text("Frame 3, chosen by hand")).to_be_visible()
    # By itself, and by another address: a browser shows the one it knows else.
    expect(picture).not_to_have_attribute("src", before, timeout=180_000)
    expect(choice.get_by_role("status")).to_have_count(0, timeout=180_000)
    shown = picture.get_attribute("src")
    assert shown is not None
    journey.go("")
    card = page.locator(f"#card-{released.asset_id} img").first
    expect(card).to_have_attribute("src", re.compile(re.escape(shown.rpartition("?")[2])))
    journey.go(f"assets/{released.asset_id}/")
    page.locator("summary", has_text="Poster").click()
    choice.get_by_role("button", name="Back to automatic").click()
    expect(choice.get_by_text("Chosen automatically")).to_be_visible()
    expect(picture).to_have_attribute("src", before, timeout=180_000)
