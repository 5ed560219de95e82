"""Files on their way in, seen by the person who sends them."""

import time
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

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
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=180_000)
    wait_until(lambda: Version.objects.filter(processing=Processing.READY).exists())

    page.get_by_role("region", name="Uploads").get_by_role("link", name="Bottle turning.mp4").click()
    expect(page.get_by_role("heading", name="Bottle turning", level=1)).to_be_visible()
    expect(page.locator("reel-player")).to_be_visible()
    page.get_by_role("link", name="Files").click()
    expect(page.locator("#panel")).to_contain_text("Hover preview")


@pytest.fixture
def long_film(tmp_path: Path) -> Path:
    """A video that takes some seconds to send, for what MP4 lets nobody look at."""
    path = media_factory.clip(tmp_path / "Long bottle.mp4", frames=24, width=320, height=176)
    pad(path, 40)
    return path


def pad(path: Path, megabytes: int) -> None:
    with path.open("ab") as file:
        padding = megabytes * 1024 * 1024
        file.write(padding.to_bytes(4, "big") + b"free" + bytes(padding - 8))


def slow_down(page: Page) -> None:
    """As over a link of 1 MB/s: a starved test comes back before the film has arrived."""
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1024 * 1024}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", limits)


def test_a_closed_tab_costs_nothing_that_had_arrived(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    long_film: Path,
    wait_until: Callable[..., None],
) -> None:
    pad(long_film, 80)  # a browser hands on some of it at once, however slow its link is
    journey = visit().sign_in(people[Role.CREATOR])
    sent: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            sent.append(int(request.headers["upload-offset"]))

    had = 0
    for turn in range(3):
        page = journey.page.context.new_page()
        page.on("pageerror", lambda error: journey.problems.append(str(error)))
        page.on("request", note)
        page.goto(f"{journey.site}/b/{journey.brand.slug}/")
        left = page.locator(".dock-item[data-state=unfinished]")
        if turn:
            expect(left).to_contain_text("Choose the file again to continue")
        if turn < 2:
            slow_down(page)
        page.set_input_files("[data-upload-input]", long_film)
        expect(left).to_have_count(0)
        if turn == 2:
            break
        wait_until(partial(_has_more_than, had))
        page.close(run_before_unload=False)
        time.sleep(1)  # the server notes what had come
        had = Upload.objects.get().received
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=180_000)

    upload = Upload.objects.get()  # never begun twice
    assert upload.version is not None
    assert upload.version.sha256 == sha256(long_film.read_bytes()).hexdigest()
    assert len(sent) == 3
    assert 0 == sent[0] < sent[1] < sent[2]
    assert sent[2] >= had  # a slow server notes some of it after it was looked up here


def _has_more_than(bytes_before: int) -> bool:
    return Upload.objects.filter(received__gt=bytes_before).exists()


def test_what_is_here_already_is_not_sent_again(
    visit: Callable[[], Journey], people: dict[Role, User], tmp_path: Path
) -> None:
    path = media_factory.clip(tmp_path / "Bottle again.mp4", frames=24, width=320, height=176)
    page = visit().sign_in(people[Role.CREATOR]).page
    page.set_input_files("[data-upload-input]", path)
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=180_000)
    page.set_input_files("[data-upload-input]", path)
    row = page.locator(".dock-item[data-state=known]")
    expect(row).to_contain_text("Already in the library as “Bottle again”. It wasn't uploaded again.")
    row.get_by_role("link", name="Bottle again.mp4").click()
    expect(page.get_by_role("heading", name="Bottle again", level=1)).to_be_visible()
    assert Upload.objects.count() == 1


def test_what_is_here_already_becomes_a_version_of_a_clip_without_being_sent(
    visit: Callable[[], Journey], people: dict[Role, User], tmp_path: Path
) -> None:
    page = visit().sign_in(people[Role.CREATOR]).page
    first = media_factory.clip(tmp_path / "First cut.mp4", frames=24, width=320, height=176)
    again = media_factory.clip(tmp_path / "Other bottle.mp4", frames=24, width=320, height=176, seed=1)
    page.set_input_files("[data-upload-input]", [first, again])
    expect(page.locator(".dock-item[data-state=taken]")).to_have_count(2, timeout=180_000)
    page.set_input_files("[data-upload-input]", again)
    row = page.locator(".dock-item[data-state=known]")
    with page.context.expect_page() as opening:
        row.get_by_role("link", name="Add as version…").click()
    other = opening.value
    other.get_by_role("searchbox", name="Find a clip by its title").fill("first")
    other.get_by_role("button", name="Search", exact=True).click()
    other.get_by_role("button", name="Add as version of First cut").click()
    expect(other.get_by_text("Added as version 2.")).to_be_visible()
    expect(other.get_by_role("heading", name="First cut", level=1)).to_be_visible()
    assert Upload.objects.count() == 2
    one, two = Version.objects.filter(sha256=sha256(again.read_bytes()).hexdigest())
    assert one.storage_key == two.storage_key
    with page.context.expect_page() as collecting:
        row.get_by_role("button", name="Add to collection").click()
    expect(collecting.value.get_by_role("heading", level=1)).to_contain_text("to a collection")


def test_details_filled_in_while_bytes_travel_are_those_of_the_clip(
    visit: Callable[[], Journey], people: dict[Role, User], long_film: Path
) -> None:
    page = visit().sign_in(people[Role.CREATOR]).page
    slow_down(page)
    page.set_input_files("[data-upload-input]", long_film)
    dock = page.get_by_role("region", name="Uploads")
    dock.get_by_role("button", name="Details", exact=True).click()
    form = page.get_by_role("dialog", name="Details")
    form.get_by_label("Tags").fill("t" * 61)
    form.get_by_role("button", name="Save details").click()
    expect(form.get_by_text("has 61 characters")).to_be_visible()
    form.get_by_label("Tags").fill("summer, hero")
    form.get_by_label("Where it comes from").select_option("camera")
    form.get_by_role("button", name="Save details").click()
    expect(form).to_have_count(0)
    dock.get_by_role("button", name="Details of Long bottle.mp4").click()
    expect(form.get_by_label("Tags")).to_have_value("summer, hero")
    form.get_by_label("Title").fill("The long bottle")
    form.get_by_label("Rights holder").fill("Aster")
    form.get_by_role("button", name="Save details").click()
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=180_000)
    dock.get_by_role("link", name="Long bottle.mp4").click()
    expect(page.get_by_role("heading", name="The long bottle", level=1)).to_be_visible()
    for words in ("hero", "Recorded by a camera"):
        expect(page.locator("#details").get_by_text(words, exact=True)).to_be_visible()
    page.locator("[data-tab=rights]").click()
    expect(page.locator("#rights").get_by_text("Aster", exact=True)).to_be_visible()


def test_a_text_named_mp4_is_refused_in_words_and_leaves_nothing(
    visit: Callable[[], Journey], people: dict[Role, User], tmp_path: Path
) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("This is a shopping list, not a film.\n" * 40)
    journey = visit().sign_in(people[Role.CREATOR])
    journey.page.set_input_files("[data-upload-input]", path)
    row = journey.page.locator(".dock-item[data-state=refused]")
    expect(row).to_be_visible(timeout=180_000)
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
