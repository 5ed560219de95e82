"""Anybody checks a file, without an account."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from dam.catalog.models import Version
from dam.core import storage
from provenance.models import Release
from tests import media_factory
from tests.browser.conftest import Journey


def verify(journey: Journey, path: Path) -> None:
    page = journey.page
    page.goto(f"{journey.site}/verify/")
    page.set_input_files("input[type=file]", path)
    submit = page.get_by_role("button", name=re.compile("check|verify", re.IGNORECASE))
    if submit.is_visible():
        submit.click()


def test_a_released_file_is_verified_and_says_who_released_it(
    visit: Callable[[], Journey], released: Version
) -> None:
    release = Release.objects.get(version=released)
    journey = visit()
    with storage.local_copy(release.storage_key) as path:
        verify(journey, path)
        verdict = journey.page.get_by_role("heading", level=2).first
        expect(verdict).to_have_text("Signed with a test certificate", timeout=180_000)
    expect(journey.page.locator("main")).to_contain_text("released by Northwind Drinks")
    expect(journey.page.get_by_role("list", name="History")).to_contain_text("Approved for release")


def test_a_file_changed_after_signing_is_called_altered(
    visit: Callable[[], Journey], released: Version, tmp_path: Path
) -> None:
    release = Release.objects.get(version=released)
    with storage.local_copy(release.storage_key) as path:
        content = bytearray(path.read_bytes())
    content[-40] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(bytes(content))
    journey = visit()
    verify(journey, changed)
    expect(journey.page.locator("main")).to_contain_text(
        re.compile("altered", re.IGNORECASE), timeout=180_000
    )


def test_a_file_without_credentials_is_not_called_bad(
    visit: Callable[[], Journey], brand: object, tmp_path: Path
) -> None:
    journey = visit()
    verify(journey, media_factory.clip(tmp_path / "plain.mp4"))
    expect(journey.page.locator("main")).to_contain_text(
        re.compile("no (content )?credentials", re.IGNORECASE), timeout=180_000
    )
