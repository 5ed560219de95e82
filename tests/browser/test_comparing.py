"""Two versions beside each other, and what a worker finds different in their pictures."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from tests.browser.conftest import Journey


def test_what_a_worker_found_appears_by_itself(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    first = take_in(people[Role.CREATOR], title="Can in the snow", seed=1)
    take_in(people[Role.CREATOR], title="Can in the snow", seed=2, asset=first.asset)
    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(f"assets/{first.asset_id}/compare/")
    expect(creator.page.get_by_text("The pictures are being compared")).to_be_visible()
    expect(creator.page.get_by_text("No difference was found")).to_be_visible(
        timeout=180_000
    )  # stripes alike
    expect(creator.page.get_by_text("The pictures are being compared")).to_have_count(0)
