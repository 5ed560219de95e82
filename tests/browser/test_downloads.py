"""A released clip in another format: asked for, seen being made, fetched, and verified."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Asset, Version
from provenance.downloads import preset_files, presets
from provenance.downloads.models import FileState, PresetFile
from provenance.manifests import verify
from provenance.manifests.validation_codes import State
from tests.browser.conftest import Journey
from tests.factories import principal


def test_a_viewer_takes_a_release_home_in_another_shape(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    released: Version,
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    journey = visit().sign_in(people[Role.VIEWER])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/")
    page.get_by_role("link", name="Download as…").click()
    page.get_by_label("Use").select_option(label="Web")
    page.get_by_label("Country").fill("Germany")
    page.get_by_role("button", name="Show files").click()
    row = page.locator(".download", has_text="Square 1:1")
    row.get_by_role("button", name="Make Square 1:1").click()
    ready = row.get_by_role("link", name="Download Square 1:1")
    expect(ready).to_be_visible(timeout=180_000)  # by itself: nobody loads the page again
    with page.expect_download() as started:
        ready.click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    assert file.name == "Harbour at dawn (Square 1_1).mp4"
    report = verify.check(file)
    assert report.state is State.TRUSTED
    assert PresetFile.objects.get().width == PresetFile.objects.get().height == 176


def test_a_creator_chooses_what_stays_by_clicking_the_picture_or_by_keys(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/focus/")
    picture = page.locator("[data-focus-picture] img")
    box = picture.bounding_box()
    assert box is not None
    picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
    crops = page.locator(".focus-crop").all()
    assert len(crops) == 4
    assert len({crop.evaluate("(crop) => crop.getBoundingClientRect().top") for crop in crops}) == 1
    across = page.get_by_label("From the left, in percent")
    assert across.input_value() == "25"
    across.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The focus point was saved.")).to_be_visible()
    assert Asset.objects.get(pk=released.asset_id).focus_x == 260


def test_what_goes_into_a_zip_stands_within_its_frame(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("")
    page.locator(".card-pick input").first.check()
    page.get_by_role("button", name="Download", exact=True).click()
    title = page.get_by_role("link", name=released.asset.title)
    starts = "(place) => place.getBoundingClientRect().left"
    assert title.evaluate(starts) - page.locator(".panel", has=title).evaluate(starts) > 8


def test_what_ffmpeg_said_stays_open_when_the_list_comes_again(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    by = principal(people[Role.ADMIN], released.brand)
    failed = preset_files.request(released, presets.of(released.brand).get(shipped="gif"), by=by)
    PresetFile.objects.filter(pk=failed.pk).update(state=FileState.FAILED, reason="", log="Broken pipe")
    journey = visit().sign_in(people[Role.ADMIN])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/downloads/?use=web&territory=DE")
    page.get_by_text("What FFmpeg said").click()
    page.get_by_role("button", name="Make Square 1:1").click()
    expect(page.get_by_role("button", name="Make Square 1:1")).to_have_count(0)
    expect(page.get_by_text("Broken pipe")).to_be_visible()
