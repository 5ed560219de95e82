"""A comment that points at another clip: found by its title with the keyboard, shown as it, opened."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def version(brand: Brand) -> Version:
    maker = member(brand, Role.CREATOR).user
    version: Version = VersionFactory.create(asset__brand=brand, asset__created_by=maker, created_by=maker)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


def test_a_clip_is_linked_by_keyboard_pasted_with_its_moment_and_opened(
    visit: Callable[[], Journey], version: Version
) -> None:
    bottle: Version = VersionFactory.create(
        asset__brand=version.brand, asset__title="Bottle, blue", duration_ms=8000
    )
    mine = visit().sign_in(version.created_by)
    page = mine.page
    mine.go(f"assets/{version.asset_id}/?tab=review")
    form = page.locator("form.comment-form")
    box = form.get_by_role("textbox", name="Comment")
    box.fill("Use the bottle of")
    form.get_by_role("button", name="Link a clip").press("Enter")
    field = form.get_by_role("combobox", name="Find a clip by its title")
    expect(field).to_be_focused()
    field.press_sequentially("bott")
    expect(form.get_by_role("option")).to_have_count(1)
    field.press("Enter")
    expect(box).to_be_focused()
    expect(field).to_have_count(0)
    here = page.url.split("/b/")[0]
    box.press_sequentially(f"or {here}/b/northwind/assets/{bottle.asset_id}/?t=4.5")
    form.get_by_role("button", name="Comment", exact=True).click()
    shown = page.locator(".comment .clip-link")
    expect(shown).to_have_count(2)
    expect(shown.nth(1)).to_contain_text("0:04")
    shown.nth(1).click()
    page.wait_for_url(f"**/assets/{bottle.asset_id}/?t=4.500")
