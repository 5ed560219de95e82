"""Two clips that look alike are told apart by a key, and the pair is opened again."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from dam.duplicates.models import NearPair
from tests.browser.conftest import Journey
from tests.browser.walk import Walk


def test_alike_clips_are_told_apart_by_a_key_and_opened_again(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
) -> None:
    one, two = sorted(
        (take_in(people[Role.CREATOR], title=f"Can {seed}", seed=seed) for seed in (1, 2)),
        key=lambda version: version.sha256,
    )
    NearPair.objects.create(
        brand=one.brand, one=one, two=two, one_sha256=one.sha256, two_sha256=two.sha256, share=0.9
    )
    creator = visit().sign_in(people[Role.LIBRARIAN])
    walk = Walk(creator, "librarian", seen=set())
    walk.visit("duplicates/")
    creator.page.locator(".pair-link").click()
    walk.settle()
    walk.look("a pair")
    creator.page.keyboard.press("d")
    expect(creator.page.get_by_text("No duplicates")).to_be_visible()
    creator.page.get_by_role("link", name="Marked as different").click()
    creator.page.locator(".pair-link").click()
    creator.page.get_by_role("button", name="Open the pair again").click()
    expect(creator.page.get_by_role("button", name="Different")).to_be_visible()
    assert not walk.found
