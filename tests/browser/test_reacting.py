"""Reactions by keyboard and pointer, seen at once by others."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from provenance.review import comments
from provenance.review.models import Reaction
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member, principal


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


def test_a_reaction_is_given_by_keyboard_seen_by_others_at_once_and_taken_back(
    visit: Callable[[], Journey], version: Version, brand: Brand
) -> None:
    comment = comments.add(version, by=principal(version.created_by, brand), body="Lovely")
    other = member(brand, Role.BRAND_REVIEWER).user
    mine, theirs = visit().sign_in(version.created_by), visit().sign_in(other)
    for each in (mine, theirs):
        each.go(f"assets/{version.asset_id}/?tab=review")
        expect(each.page.get_by_role("button", name="Thumbs up")).to_be_visible()
    place = f"#reaction-{comment.pk}-like"
    mine.page.locator(place).focus()
    mine.page.keyboard.press("Enter")
    expect(mine.page.locator(place)).to_have_attribute("aria-pressed", "true")
    expect(mine.page.locator(place)).to_be_focused()  # and can be pressed again
    named = theirs.page.get_by_role("button", name=f"Thumbs up: {version.created_by}")
    expect(named).to_be_visible()
    who = theirs.page.locator(f"{place} + .reaction-who")
    expect(who).to_be_hidden()
    named.hover()
    expect(who).to_be_visible()
    theirs.page.mouse.move(0, 0)
    mine.page.keyboard.press("Enter")
    expect(theirs.page.get_by_role("button", name="Thumbs up", exact=True)).to_be_visible()
    assert not Reaction.objects.exists()
