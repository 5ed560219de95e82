"""A comment is assigned, comes along to the next version, and is found done there."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import RenditionKind
from provenance.review import comments
from tests.browser.conftest import Journey
from tests.factories import RenditionFactory, VersionFactory, next_version, principal


def test_a_comment_is_assigned_and_ticked_in_the_version_that_came_since(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    maker = people[Role.CREATOR]
    first = VersionFactory.create(
        asset__brand=brand, asset__created_by=maker, created_by=maker, asset__title="Winter can"
    )
    RenditionFactory.create(version=first, kind=RenditionKind.PROXY)
    comments.add(first, by=principal(people[Role.BRAND_REVIEWER], brand), body="The logo flickers", frame=3)

    reviewer = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = reviewer.page
    reviewer.go(f"assets/{first.asset_id}/?tab=review")
    assigning = page.locator(".comment-assigning > summary")
    assigning.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Assign to")).to_be_focused()
    page.get_by_label("Assign to").select_option(str(maker.pk))
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    page.locator(".comment-assign input[type=date]").fill(day)
    page.locator(".comment-assign").get_by_role("button", name="Assign").press("Enter")
    expect(page.locator("#comments")).to_contain_text(f"Assigned to {maker}")
    expect(assigning).to_have_text("Reassign")
    expect(assigning).to_be_focused()

    second = next_version(first, created_by=maker, frame_count=first.frame_count)
    RenditionFactory.create(version=second, kind=RenditionKind.PROXY)
    creator = visit().sign_in(maker)
    page = creator.page
    creator.go("reviews/?show=assigned")
    page.get_by_role("link", name="Winter can").click()
    expect(page.locator("#comments")).to_contain_text("The logo flickers")
    creator.go(f"assets/{first.asset_id}/?tab=review")
    carried = page.locator("#carried")
    expect(carried).to_contain_text("From version 1")
    done = carried.get_by_role("button", name="Done", exact=True)
    done.click()
    expect(done).to_have_attribute("aria-pressed", "true")
    carried.get_by_role("link", name="From version 1").click()
    expect(page.locator("#comments")).to_contain_text(f"Done in version 2, says {maker}")
