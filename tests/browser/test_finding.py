"""Searching, and seeing only what one may use."""

import base64
import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Origin, Processing, Version
from dam.core import events, storage
from dam.ingest import importer
from dam.ingest.models import Step, StepState
from dam.media import runner
from dam.search import fulltext, timed_texts
from dam.search.models import TimedTextKind
from generation.previz import footage
from tests.browser.conftest import Journey
from tests.factories import ApprovedVersionFactory, VersionFactory


def test_words_find_the_moment_and_open_it_there(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    found = take_in(people[Role.CREATOR], title="Lighthouse in fog", seed=1)
    busy = Step.objects.filter(version=found, state__in=(StepState.WAITING, StepState.RUNNING))
    wait_until(lambda: not busy.exists())  # what is said in it is kept once it was listened to
    line = timed_texts.Line(1000, 1500, "Look at the lighthouse")
    timed_texts.keep(found, TimedTextKind.SPOKEN, [line])
    page = visit().sign_in(people[Role.CREATOR]).page
    page.locator("[data-search]").fill("lighthouse")
    page.keyboard.press("Enter")
    card = page.locator("#cards .card").first
    expect(card).to_contain_text("Lighthouse in fog", timeout=180_000)
    expect(card.locator("mark")).to_have_text(["lighthouse"])
    card.get_by_role("link", name="Lighthouse in fog").press("Enter")
    expect(page.get_by_role("heading", name="Lighthouse in fog", level=1)).to_be_visible()
    expect(page.locator("[data-now]")).to_have_text("00:00:01:00")
    expect(page.locator(".player-range")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator("reel-player[playing]")).to_have_count(1)


def test_a_dropped_picture_finds_what_looks_like_it(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    clip = take_in(people[Role.CREATOR], title="Stripes", seed=1)
    take_in(people[Role.CREATOR], title="Stripes again", seed=1, frames=47)
    page = visit().sign_in(people[Role.CREATOR]).page
    picture = page.evaluate_handle(
        """(data) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], "frame.png", { type: "image/png" }));
            return transfer;
        }""",
        _frame_of(clip),
    )
    page.dispatch_event("[data-search]", "drop", {"dataTransfer": picture})
    page.wait_for_url("**like=picture*")
    first = page.locator("#cards .card").first
    expect(first).to_contain_text("Stripes", timeout=180_000)
    expect(page.get_by_alt_text("The picture you search by")).to_be_visible()
    page.locator("[data-search]").fill("state:draft")
    page.keyboard.press("Enter")
    page.wait_for_url("**like=picture*")
    expect(first).to_contain_text("Stripes", timeout=180_000)
    first.locator(".card-link").press("Enter")
    page.get_by_role("link", name="More like this shot").click()
    expect(page.get_by_text("The shot at 0:0")).to_be_visible()
    expect(page.locator("#cards .card")).to_have_count(1)  # the other one, not itself


BALL: dict[str, str] = {"shape": "ball", "colour": "red", "motion": "still", "ground": "sea"}
LEAF: dict[str, str] = {"shape": "leaf", "colour": "green", "motion": "still", "ground": "desert"}


def test_a_box_on_the_frame_finds_the_clips_that_show_what_is_in_it(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    tmp_path: Path,
    wait_until: Callable[..., None],
) -> None:
    def film(title: str, *scenes: dict[str, str]) -> Version:
        drawn = [footage.film(**each, seed=1, frames=24, width=320, height=320) for each in scenes]
        path = tmp_path / f"{title}.mp4"
        runner.encode_frames(np.concatenate(drawn, axis=2), frame_rate=Fraction(24), path=path)
        return importer.take_from_disk(path, brand=brand, user=people[Role.CREATOR])

    both, *_ = film("Ball and leaf", BALL, LEAF), film("Ball alone", BALL), film("Leaf alone", LEAF)
    wait_until(lambda: not Version.objects.exclude(processing=Processing.READY).exists())
    left_to_do = Step.objects.filter(state__in=(StepState.WAITING, StepState.RUNNING))
    wait_until(lambda: not left_to_do.exists())  # all of them are seen
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    for left, right, nearest in ((0.02, 0.48, "Ball alone"), (0.52, 0.98, "Leaf alone")):
        journey.go(f"assets/{both.asset_id}/")
        page.get_by_role("button", name="Part of this frame").click()
        box = page.locator(".region-layer").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + left * box["width"], box["y"] + 0.05 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + right * box["width"], box["y"] + 0.95 * box["height"], steps=5)
        page.mouse.up()
        form = page.get_by_role("form", name="Part of the frame to search by")
        expect(form.get_by_label("Left")).to_have_value(f"{100 * left:.0f}")
        expect(form.get_by_label("Width")).to_have_value("46")
        page.keyboard.press("Enter")  # the box has the focus
        page.wait_for_url("**like=*,*")
        expect(page.get_by_text("Part of a frame at 0:00")).to_be_visible()
        expect(page.locator("#cards .card").first).to_contain_text(nearest, timeout=180_000)


def _frame_of(version: Version) -> str:
    with storage.local_copy(version.storage_key) as path:
        (frame,) = runner.sample_frames(path, count=1)
    picture = io.BytesIO()
    Image.fromarray(frame.rgb).save(picture, "PNG")
    return base64.b64encode(picture.getvalue()).decode()


def test_a_search_is_narrowed_and_widened_again(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    for title, origin in (("Lime", Origin.GENERATED), ("Plum", Origin.UPLOADED)):
        VersionFactory.create(asset__brand=brand, asset__title=title, origin=origin)
    ApprovedVersionFactory.create(asset__brand=brand, asset__title="Pear", origin=Origin.GENERATED)
    page = visit().sign_in(people[Role.CREATOR]).page
    titles = page.locator("#cards .card-title")
    box = page.get_by_role("combobox", name="Search the library")

    # A half-typed field is completed, then its value.
    box.press_sequentially("sta")
    page.get_by_role("option", name="state:").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("state:")
    page.get_by_role("option", name="Approved").wait_for()
    box.press_sequentially("dr")
    expect(page.locator("[role=option]")).to_have_text(["Draft"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=state%3Adraft")
    expect(titles).to_have_text(["Plum", "Lime"])

    # A value beside the list goes into the address and out of it, and the browser's own way back works.
    generated = page.get_by_role("navigation", name="Filters").get_by_role("link", name="Generated")
    generated.click()
    page.wait_for_url("**origin=generated**")
    expect(titles).to_have_text(["Lime"])
    expect(generated).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(titles).to_have_text(["Plum", "Lime"])
    expect(box).to_have_value("state:draft")
    page.go_forward()
    expect(titles).to_have_text(["Lime"])
    generated.click()
    expect(titles).to_have_text(["Plum", "Lime"])
    assert "origin" not in page.url

    # A chip is removed: the filter stays, what was typed goes. The address alone shows the same again.
    generated.click()
    page.wait_for_url("**origin=generated**")
    page.get_by_title("Remove from the search").filter(has_text="draft").click()
    page.wait_for_url("**/?origin=generated")
    expect(titles).to_have_text(["Pear", "Lime"])
    expect(box).to_have_value("")
    page.reload()
    expect(titles).to_have_text(["Pear", "Lime"])


def test_chosen_filters_stay_when_the_words_change(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    for title, origin in (("Lime", Origin.GENERATED), ("Lime peel", Origin.UPLOADED)):
        clip = VersionFactory.create(asset__brand=brand, asset__title=title, origin=origin)
        fulltext.refresh(clip.asset)
    page = visit().sign_in(people[Role.CREATOR]).page
    titles = page.locator("#cards .card-title")
    box = page.get_by_role("combobox", name="Search the library")
    generated = page.get_by_role("navigation", name="Filters").get_by_role("link", name="Generated")

    # Chosen beside the list, which comes again without the box.
    generated.click()
    page.wait_for_url("**/?origin=generated")
    expect(titles).to_have_text(["Lime"])
    box.fill("lime")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=lime&origin=generated")
    expect(titles).to_have_text(["Lime"])

    # What is chosen from the suggestions is put beside them, too.
    box.fill("state:dr")
    page.get_by_role("option", name="Draft").click()
    page.wait_for_url("**/?q=state%3Adraft&origin=generated")
    expect(titles).to_have_text(["Lime"])

    # Taken out, it doesn't come back with the next words.
    generated.click()
    page.wait_for_url("**/?q=state%3Adraft")
    box.fill("lime")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=lime")
    generated.click()
    page.wait_for_url("**origin=generated")
    page.get_by_role("link", name="Clear all").click()
    page.wait_for_url("**/b/northwind/?")
    expect(box).to_have_value("")
    expect(titles).to_have_count(2)


def test_a_viewer_finds_only_what_is_released(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version, take_in: Callable[..., Version]
) -> None:
    draft = take_in(people[Role.CREATOR], title="Harbour, unfinished", seed=3)
    journey = visit().sign_in(people[Role.VIEWER])
    page = journey.page
    page.get_by_role("combobox", name="Search the library").fill("harbour")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Harbour at dawn").first).to_be_visible(timeout=180_000)
    expect(page.get_by_text("Harbour, unfinished")).to_have_count(0)
    response = page.goto(f"{journey.site}/b/{journey.brand.slug}/assets/{draft.asset_id}/")
    assert response is not None
    assert response.status == 404


def test_the_library_is_usable_on_a_phone(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    take_in(people[Role.CREATOR], title="Pocket size")
    journey = visit()
    journey.page.set_viewport_size({"width": 390, "height": 844})
    journey.sign_in(people[Role.CREATOR])
    expect(journey.page.get_by_text("Pocket size").first).to_be_visible()
    width = journey.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_a_chosen_clip_stays_chosen_when_its_card_comes_again(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    version = VersionFactory.create(asset__brand=brand)
    page = visit().sign_in(people[Role.CREATOR]).page
    page.locator(".card-pick input").check()
    Asset.objects.filter(pk=version.asset_id).update(title="Another title")
    # Until the page hears: its stream may not have begun.
    for _ in range(400):
        events.publish(brand_id=brand.pk, name=f"version-{version.pk}")
        if page.locator(".card-title", has_text="Another title").count():
            break
        page.wait_for_timeout(250)
    expect(page.locator(".card-title")).to_have_text("Another title")
    expect(page.locator(".card-pick input")).to_be_checked()
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
