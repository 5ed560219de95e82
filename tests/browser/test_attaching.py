"""Files at a comment: attached, back after a reload with the words, sent, and shown in the thread."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import RenditionKind, Version
from provenance.attachments import worker
from provenance.review.models import Comment
from tests.browser.conftest import Journey
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker that journeys have: the preview is made in the test."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def version(brand: Brand) -> Version:
    maker = member(brand, Role.CREATOR).user
    version: Version = VersionFactory.create(asset__brand=brand, asset__created_by=maker, created_by=maker)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


def picture() -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(out, "PNG")
    return {"name": "mood.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_a_file_is_attached_comes_back_with_the_draft_and_is_shown_with_the_comment(
    visit: Callable[[], Journey], version: Version
) -> None:
    mine = visit().sign_in(version.created_by)
    page = mine.page
    mine.go(f"assets/{version.asset_id}/?tab=review")
    form = page.locator("form.comment-form")
    pdf: FilePayload = {"name": "brief.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    form.locator("input[type=file]").set_input_files([picture(), pdf])
    rows = form.locator("[data-attach-files] > li")
    expect(rows.locator("xpath=self::*[@data-state='sent']")).to_have_count(2)
    page.reload()
    expect(rows).to_have_count(2)
    form.get_by_role("button", name="Remove brief.pdf").click()
    expect(rows).to_have_count(1)
    form.get_by_role("button", name="Comment", exact=True).click()
    shown = page.locator(".comment .attached")
    expect(shown.get_by_role("link", name="mood.png", exact=True)).to_be_visible()
    expect(rows).to_have_count(0)
    attached = Comment.objects.get().attachments.get()
    worker.run(str(attached.pk))
    page.reload()
    expect(shown.get_by_role("img", name="Preview of mood.png")).to_be_visible()
