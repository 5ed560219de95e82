"""Markers of a file become comments, by keyboard, and are taken back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from provenance.review.models import Comment
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member

MARKERS: FilePayload = {
    "name": "markers of the rough cut.csv",
    "mimeType": "text/csv",
    "buffer": b"frame,end_frame,person,comment\n5,,Ada,Too dark\n8,12,,Too fast\n,,,Lovely\n999999,,,Late\n",
}


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


def test_markers_are_looked_at_selected_imported_and_taken_back(
    visit: Callable[[], Journey], version: Version
) -> None:
    journey = visit().sign_in(version.created_by)
    page = journey.page
    journey.go(f"assets/{version.asset_id}/?tab=review")
    page.get_by_role("link", name="Import comments from a file").click()
    page.get_by_label("File", exact=True).set_input_files(MARKERS)
    page.get_by_role("button", name="Check the file").press("Enter")
    expect(page.get_by_role("heading", name="Left out")).to_be_visible()
    expect(page.get_by_text("Outside this clip (1)")).to_be_visible()
    page.get_by_role("checkbox", name="Too fast").press("Space")
    every = page.get_by_role("checkbox", name="Select all")
    assert every.evaluate("box => box.indeterminate")
    page.get_by_role("button", name="Import selected comments").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 comments were imported.")
    expect(page.locator("#comments")).to_contain_text("Imported from “markers of the rough cut.csv”")
    assert list(Comment.objects.values_list("frame", "body")) == [(5, "Ada: Too dark"), (None, "Lovely")]
    page.locator("#toasts").get_by_role("button", name="Undo").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("2 imported comments were removed.")
    assert not Comment.objects.exists()


def test_what_was_ticked_for_one_file_is_not_put_back_for_another(
    visit: Callable[[], Journey], version: Version
) -> None:
    journey = visit().sign_in(version.created_by)
    page = journey.page
    for _file in range(2):
        journey.go(f"versions/{version.pk}/comments/import/")
        page.get_by_label("File", exact=True).set_input_files(MARKERS)
        page.get_by_role("button", name="Check the file").click()
        expect(page.get_by_role("checkbox", name="Too fast")).to_be_checked()
        page.get_by_role("checkbox", name="Select all").uncheck()
