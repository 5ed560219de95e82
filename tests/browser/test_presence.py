"""Who has the review room open, seen by the others while they come and go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from provenance.review import reviews
from tests import media_factory
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, principal

SOON_MS = 20_000


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker that journeys have: there is nothing for it to do."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def version(brand: Brand) -> Version:
    maker = member(brand, Role.CREATOR).user
    version: Version = VersionFactory.create(asset__brand=brand, asset__created_by=maker, created_by=maker)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


def test_others_are_seen_to_come_and_go_each_once(
    visit: Callable[[], Journey], version: Version, brand: Brand
) -> None:
    review = reviews.submit(version, by=principal(version.created_by, brand))
    other = member(brand, Role.BRAND_REVIEWER).user
    mine, theirs = visit().sign_in(version.created_by), visit().sign_in(other)
    mine.go(f"reviews/{review.pk}/")
    expect(mine.page.locator("[data-present-said]")).to_be_attached()
    expect(mine.page.locator("#present-names")).to_be_hidden()

    theirs.go(f"reviews/{review.pk}/")
    names = mine.page.locator("#present-names")
    expect(names).to_be_visible(timeout=SOON_MS)
    expect(mine.page.locator("[data-present-said]")).to_have_text(f"{other.name} is here.")
    again = theirs.page.context.new_page()
    again.goto(theirs.page.url)
    names.focus()
    mine.page.keyboard.press("Enter")
    expect(mine.page.get_by_role("listitem").filter(has_text=other.name)).to_have_count(1)
    mine.page.keyboard.press("Escape")
    expect(mine.page.locator(".present-list")).to_be_hidden()

    again.close()
    theirs.go("")
    expect(names).to_be_hidden(timeout=SOON_MS)
    expect(mine.page.locator("[data-present-said]")).to_have_text(f"{other.name} has left.")


def test_one_is_followed_through_the_clip_until_the_other_goes_alone(
    visit: Callable[[], Journey], brand: Brand, tmp_path: Path
) -> None:
    maker, other = member(brand, Role.CREATOR), member(brand, Role.BRAND_REVIEWER)
    version = VersionFactory.create(
        asset__brand=brand, asset__created_by=maker.user, created_by=maker.user, frame_count=48
    )
    made = media_factory.clip(tmp_path / "proxy.mp4", frames=48)
    proxy = RenditionFactory.create(
        version=version, kind=RenditionKind.PROXY, content_type="video/mp4", size=made.stat().st_size
    )
    with made.open("rb") as file:
        storage.keep(file, key=proxy.storage_key)
    review = reviews.submit(version, by=maker)
    mine, theirs = visit().sign_in(maker.user), visit().sign_in(other.user)
    for each in (mine, theirs):
        each.go(f"reviews/{review.pk}/")
    for each in (mine, theirs):
        expect(each.page.locator("#present-names")).to_be_visible(timeout=SOON_MS)
    mine.page.locator("#present-names").click()
    mine.page.get_by_role("button", name="Let others follow me").click()
    expect(mine.page.locator("[data-follow-note]")).to_contain_text("Others can follow you")
    mine.page.keyboard.press("Escape")

    theirs.page.locator("#present-names").click()
    theirs.page.get_by_role("button", name=f"Follow {maker.name}").click(timeout=SOON_MS)
    theirs.page.keyboard.press("Tab")
    mine.page.keyboard.press("ArrowRight")
    mine.page.keyboard.press("ArrowRight")
    now = theirs.page.locator("[data-now]")
    expect(now).to_have_text(mine.page.locator("[data-now]").inner_text(), timeout=SOON_MS)
    expect(now).not_to_have_text("00:00:00:00")
    mine.page.locator(".player-stage").hover()
    expect(theirs.page.locator(".follow-dot")).to_be_visible(timeout=SOON_MS)

    theirs.page.keyboard.press("Home")
    expect(theirs.page.locator("[data-follow-note]")).to_be_hidden()
    mine.page.keyboard.press("ArrowRight")
    expect(now).to_have_text("00:00:00:00")
