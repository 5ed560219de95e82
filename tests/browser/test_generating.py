"""From words to a clip, with the bundled generator."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from generation.models import GenerationJob
from generation.states import JobState
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
