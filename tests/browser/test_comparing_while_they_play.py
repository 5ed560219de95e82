"""Two versions beside each other that play, pause and step as one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from tests import media_factory
from tests.browser.conftest import Journey
from tests.browser.test_comparing_in_the_room import once
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, next_version

BOTH = '[...document.querySelectorAll("reel-compare video")]'


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker that journeys have: previews lie there already."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


def give_preview(version: Version, path: Path) -> None:
    proxy = RenditionFactory.create(
        version=version, kind=RenditionKind.PROXY, content_type="video/mp4", size=path.stat().st_size
    )
    with path.open("rb") as file:
        storage.keep(file, key=proxy.storage_key)


def frames(page: Page) -> list[int]:
    """Those that the two stand at, once both have got there."""
    once(page, f"{BOTH}.length === 2 && {BOTH}.every((each) => each.readyState > 1 && !each.seeking)")
    return list(page.evaluate(f"{BOTH}.map((each) => Math.floor(each.currentTime * 24 + 0.01))"))


def test_two_versions_play_pause_and_step_as_one(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, tmp_path: Path
) -> None:
    first: Version = VersionFactory.create(asset__brand=brand, asset__title="Can in the snow")
    for seed, version in enumerate((first, next_version(first))):
        give_preview(version, media_factory.clip(tmp_path / f"{seed}.mp4", frames=240, seed=seed))
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"assets/{first.asset_id}/compare/")
    assert frames(page) == [0, 0]

    page.get_by_role("button", name="Play or pause").click()
    once(page, f"{BOTH}.every((each) => !each.paused && each.currentTime > 0.4)")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("k")
    once(page, f"{BOTH}.every((each) => each.paused)")
    one, two = frames(page)
    assert one > 0
    assert one == two

    page.keyboard.press("ArrowRight")
    assert frames(page) == [one + 1, one + 1]
    for _each in range(2):
        page.keyboard.press("ArrowLeft")
    assert frames(page) == [one - 1, one - 1]
    page.get_by_label("Time", exact=True).evaluate(
        "(bar) => { bar.value = 5; bar.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    assert frames(page) == [120, 120]
    expect(page.locator("[data-now]")).to_have_text("0:05 · 120")
