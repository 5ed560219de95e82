"""Files on their way in, seen by the person who sends them."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Processing, Version
from dam.ingest.models import Upload
from tests import media_factory
from tests.browser.conftest import Journey


def test_an_uploaded_clip_is_processed_while_the_person_watches(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    path = media_factory.clip(tmp_path / "Bottle turning.mp4", frames=48, width=320, height=176)
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    page.set_input_files("[data-upload-input]", path)
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=60_000)
    wait_until(lambda: Version.objects.filter(processing=Processing.READY).exists(), seconds=90)

    page.get_by_role("region", name="Uploads").get_by_role("link", name="Bottle turning.mp4").click()
    expect(page.get_by_role("heading", name="Bottle turning", level=1)).to_be_visible()
    expect(page.locator("reel-player")).to_be_visible()
    page.get_by_role("link", name="Files").click()
    expect(page.locator("#panel")).to_contain_text("Hover preview")


def test_a_text_named_mp4_is_refused_in_words_and_leaves_nothing(
    visit: Callable[[], Journey], people: dict[Role, User], tmp_path: Path
) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("This is a shopping list, not a film.\n" * 40)
    journey = visit().sign_in(people[Role.CREATOR])
    journey.page.set_input_files("[data-upload-input]", path)
    row = journey.page.locator(".dock-item[data-state=refused]")
    expect(row).to_be_visible(timeout=60_000)
    expect(row.locator("[data-words]")).to_contain_text("read this file as a video")
    assert not Version.objects.exists()
    assert Upload.objects.get().reason


def test_a_trashed_clip_comes_back(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Old spot")
    journey = visit().sign_in(people[Role.LIBRARIAN])
    page = journey.page
    journey.go(f"assets/{version.asset_id}/")
    page.get_by_role("button", name="Move to trash").first.click()
    confirm = page.get_by_role("dialog").get_by_role("button", name="Move to trash")
    if confirm.is_visible():
        confirm.click()
    journey.go("trash/")
    expect(page.get_by_text("Old spot")).to_be_visible()
    page.get_by_role("button", name="Restore").first.click()
    journey.go("")
    expect(page.get_by_text("Old spot").first).to_be_visible()
