"""A collection that one person fills for themself, and then shows to everyone in the brand."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, VersionFactory


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker that journeys have: there is nothing for it to do."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


def test_a_collection_is_made_filled_and_then_shared_in_the_brand(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    for title in ("Beach", "Snow"):
        VersionFactory.create(asset__brand=brand, asset__title=title)
    maker, other = visit().sign_in(people[Role.CREATOR]), visit().sign_in(people[Role.LIBRARIAN])
    page = maker.page
    maker.go("collections/new/")
    page.get_by_label("Name").fill("Pitch")
    page.get_by_label(re.compile("Only you and the people you choose")).check()
    page.get_by_role("button", name="Create collection").click()
    expect(page.get_by_role("heading", name="Pitch", level=1)).to_be_visible()
    pitch = page.url

    maker.go("")
    page.get_by_label("Select Beach").check()
    page.get_by_role("form", name="Selected clips").get_by_role("button", name="Add to collection").click()
    expect(page.get_by_role("heading", name="Add “Beach” to a collection")).to_be_visible()
    page.get_by_label("Collection", exact=True).select_option("Pitch")
    page.get_by_role("main").get_by_role("button", name="Add to collection").click()
    expect(page.get_by_text("1 clip added to “Pitch”.")).to_be_visible()

    other.go("collections/")
    expect(other.page.get_by_role("heading", name="Collections", level=1)).to_be_visible()
    expect(other.page.get_by_role("link", name="Pitch")).to_have_count(0)
    refused = other.page.goto(pitch)
    assert refused is not None
    assert refused.status == 404

    page.goto(pitch)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label(re.compile("Everyone in Northwind Drinks")).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    other.go("collections/")
    other.page.get_by_role("link", name="Pitch").first.click()
    expect(other.page.get_by_role("heading", name="Pitch", level=1)).to_be_visible()
    expect(other.page.get_by_role("heading", name="Beach", level=3)).to_be_visible()
    expect(other.page.get_by_role("heading", name="Snow", level=3)).to_have_count(0)
