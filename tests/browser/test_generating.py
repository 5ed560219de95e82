"""From words to a clip, with the bundled generator."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from generation.models import GenerationJob
from generation.states import JobState
from tests.browser.conftest import Journey


def test_a_prompt_becomes_a_signed_clip_of_the_library(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    expect(page.get_by_text("Previz quality").first).to_be_visible()
    page.get_by_label("What should it show?").fill("a red ball bouncing on a table")
    page.get_by_role("button", name="Generate").click()
    take = page.locator(".take").first
    expect(take).to_be_visible()
    take.get_by_role("link", name="Open").click(timeout=120_000)
    expect(page.locator("#usage")).to_contain_text("AI")

    page.get_by_role("link", name="Credentials").click()
    expect(page.locator("#panel")).to_contain_text(re.compile("development", re.IGNORECASE), timeout=60_000)


def test_a_running_take_can_be_cancelled(visit: Callable[[], Journey], people: dict[Role, User]) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go("generate/")
    page.get_by_label("What should it show?").fill("a blue cube moving left over the sea")
    page.get_by_text("More settings").click()
    page.get_by_label("Steps").fill("40")
    page.get_by_role("button", name="Generate").click()
    page.locator(".take").first.get_by_role("button", name="Cancel").click()
    expect(page.locator(".take").first.get_by_text("Cancelled", exact=True)).to_be_visible(timeout=60_000)
    assert GenerationJob.objects.get().state == JobState.CANCELLED
