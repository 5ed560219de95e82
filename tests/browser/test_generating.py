"""From words to a clip, with the bundled generator."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.catalog.models import Version
from generation import kits
from generation.kits import KitWish
from generation.models import GenerationJob
from generation.states import JobState
from provenance.manifests import signing
from tests import claim_factory, media_factory
from tests.browser.conftest import Journey
from tests.factories import VersionFactory


def test_a_prompt_becomes_a_signed_clip_of_the_library(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    expect(page.get_by_text("Previz quality").first).to_be_visible()
    page.get_by_label("Prompt").fill("a red ball bouncing on a table")
    page.get_by_role("button", name="Generate").click()
    take = page.locator(".take").first
    expect(take).to_be_visible()
    take.get_by_role("link", name="Open").click(timeout=180_000)
    expect(page.locator("#usage")).to_contain_text("AI")

    page.get_by_role("link", name="Credentials").click()
    expect(page.locator("#panel")).to_contain_text(re.compile("development", re.IGNORECASE), timeout=180_000)


def test_a_running_take_can_be_cancelled(visit: Callable[[], Journey], people: dict[Role, User]) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    page.get_by_label("Prompt").fill("a blue cube moving left over the sea")
    page.get_by_text("More settings").click()
    page.get_by_label("Steps").fill("40")
    page.get_by_role("button", name="Generate").click()
    page.locator(".take").first.get_by_role("button", name="Cancel").click()
    expect(page.locator(".take").first.get_by_text("Cancelled", exact=True)).to_be_visible(timeout=180_000)
    assert GenerationJob.objects.get().state == JobState.CANCELLED


def test_a_take_becomes_the_next_version_of_a_clip(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    first = VersionFactory.create(
        asset__brand=brand, asset__created_by=people[Role.CREATOR], asset__title="Harbour"
    )
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"generate/?asset={first.asset_id}")
    expect(page.get_by_text("This take becomes the next version of")).to_be_visible()
    page.get_by_label("Prompt").fill("a red ball bouncing on a table")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator(".take").first).to_contain_text("Version 2 of Harbour", timeout=180_000)

    page.get_by_role("link", name="Create a new clip instead").click()
    expect(page.get_by_text("This take becomes")).to_be_hidden()


def test_a_clip_is_extended_and_says_what_it_was_made_from(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    source = take_in(people[Role.CREATOR], title="Harbour")
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    page.get_by_label("Prompt").fill("a red ball bouncing over the sea")
    page.get_by_text("More settings").click()
    page.get_by_label("Steps").fill("4")
    page.get_by_role("link", name="Extend").click()
    expect(page.get_by_role("link", name="Extend")).to_have_attribute("aria-current", "page")
    expect(page.get_by_label("Prompt")).to_have_value("a red ball bouncing over the sea")
    expect(page.get_by_label("Steps")).to_have_value("4")
    assert "csrf" not in page.url

    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.get_by_text("Choose a clip or image from the library.")).to_be_visible()

    page.get_by_role("searchbox", name="Find a clip for “Clip to extend”").fill("harb")
    page.get_by_role("radio", name="Harbour").check(force=True)
    page.get_by_role("button", name="Generate", exact=True).click()
    take = page.locator(".take").first
    take.get_by_role("link", name="Open").click(timeout=180_000)

    page.get_by_role("link", name="Rights", exact=True).click()
    expect(page.locator("#panel")).to_contain_text("Harbour")
    made = Version.objects.exclude(pk=source.pk).get()
    assert made.duration_ms is not None
    assert source.duration_ms is not None
    assert made.duration_ms > source.duration_ms + 1000
    assert [(each.source, each.relation) for each in made.made_from.all()] == [(source, "parentOf")]


def test_a_region_is_drawn_on_the_chosen_picture(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    source = take_in(people[Role.CREATOR], title="Harbour")
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"generate/?mode=edit&source={source.pk}")
    picture = page.locator("[data-region-picture]")
    box = picture.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + box["height"] * 0.2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    drawn = [int(page.get_by_label(name, exact=True).input_value()) for name in ("From the left", "Width")]
    assert drawn == [pytest.approx(10, abs=1), pytest.approx(40, abs=2)]


def test_a_signed_clip_dropped_on_the_brief_fills_it_in(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, tmp_path: Path
) -> None:
    take = tmp_path / "take.mp4"
    parameters = {"steps": 12, "guidance": 4.5, "frames": 33, "frames_generated": 33}
    facts = claim_factory.generated(prompt_disclosure="text", parameters=parameters)
    signing.sign_generated(media_factory.clip(tmp_path / "clip.mp4"), out=take, facts=facts)
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    held = page.evaluate_handle(
        """(bytes) => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(bytes)], "take.mp4", { type: "video/mp4" }));
            return held;
        }""",
        list(take.read_bytes()),
    )
    page.locator("#brief").dispatch_event("drop", {"dataTransfer": held})
    expect(page.locator("#brief-filled")).to_contain_text("Filled in from “take.mp4”", timeout=180_000)
    expect(page.get_by_label("Prompt")).to_have_value("a red kite over the sea")
    expect(page.get_by_role("spinbutton", name="Seed")).to_have_value("7")

    # What is on the disk without credentials says nothing, and the page says that.
    page.get_by_label("Fill in from a clip").set_input_files(tmp_path / "clip.mp4")
    expect(page.get_by_text("“clip.mp4” doesn't say how it was made")).to_be_visible(timeout=180_000)
    page.get_by_role("link", name="Back to the brief").click()
    expect(page.get_by_label("Prompt")).to_have_value("")


def test_who_was_overtaken_in_the_kit_gets_their_words_back_beside_those_of_the_other(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    by = Member(people[Role.ADMIN], brand, Role.ADMIN)
    journey = visit().sign_in(people[Role.ADMIN])
    page = journey.page
    journey.go("administration/brand-kit/")
    page.get_by_label("Words after the prompt").fill(", warm light")
    kits.change(KitWish(prefix="Product shot of"), by=by, revision=0)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Open it as it is now").click()
    expect(page.get_by_label("Words before the prompt")).to_have_value("Product shot of")
    expect(page.get_by_label("Words after the prompt")).to_have_value(", warm light")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The brand kit was saved.")).to_be_visible()


def test_a_draft_of_the_kit_is_there_while_images_are_looked_for(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.ADMIN])
    page = journey.page
    journey.go("administration/brand-kit/")
    page.get_by_label("Words after the prompt").fill(", warm light")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label("Find an image").fill("can")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("No image matches.")).to_be_visible()
    expect(page.get_by_label("Words after the prompt")).to_have_value(", warm light")


def test_the_brands_words_go_from_its_kit_to_the_finished_takes_prompt(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.ADMIN])
    page = journey.page
    journey.go("administration/brand-kit/")
    page.get_by_label("Words before the prompt").fill("a large red ball beside")
    page.get_by_label("Palette").fill("Sunrise #ff7a00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The brand kit was saved.")).to_be_visible()

    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    expect(page.get_by_role("checkbox", name="Use the brand kit")).to_be_checked()
    expect(page.locator("#brief").get_by_text("Sunrise")).to_be_visible()
    page.get_by_label("Prompt").fill("a blue cube")
    expect(page.locator("#prompt-notes")).to_contain_text("a large red ball beside a blue cube")
    page.get_by_role("checkbox", name="Use the brand kit").uncheck()
    expect(page.locator("#prompt-notes")).not_to_contain_text("The model gets")
    page.get_by_role("checkbox", name="Use the brand kit").check()
    expect(page.locator("#prompt-notes")).to_contain_text("The model gets")
    page.get_by_text("More settings").click()
    page.get_by_label("Steps").fill("4")
    page.get_by_role("link", name="Loop").click()
    expect(page.locator("#prompt-notes")).to_contain_text("a large red ball beside a blue cube")
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_role("button", name="Generate", exact=True).click()
    page.locator(".take").first.get_by_role("link", name="Open").click(timeout=180_000)
    expect(page.get_by_role("heading", name="A blue cube")).to_be_visible()
    made = GenerationJob.objects.get()
    assert (made.prompt, made.typed_prompt) == ("a large red ball beside a blue cube", "a blue cube")
    assert made.version is not None
    assert made.version.prompt == made.prompt
