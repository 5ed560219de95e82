"""Can I use it? Asked on the tab of rights: the answer is put into a status that stays in the page."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import ReleaseState, Version
from dam.rights.models import RightsRecord
from tests.browser.conftest import Journey
from tests.factories import ApprovedVersionFactory, member


def test_the_answer_is_put_into_the_status_that_was_there(brand: Brand, visit: Callable[[], Journey]) -> None:
    clip: Version = ApprovedVersionFactory.create(asset__brand=brand, release=ReleaseState.READY)
    RightsRecord.objects.update_or_create(version=clip, defaults={"uses": ["web"], "territories": ["EU"]})
    mine = visit().sign_in(member(brand, Role.CREATOR).user)
    page = mine.page
    mine.go(f"assets/{clip.asset_id}/?tab=rights")
    status = page.locator("#question-said").element_handle()
    assert status is not None
    asked = page.locator("#rights-question")
    asked.get_by_role("button", name="Ask").click()
    expect(asked).to_contain_text("Choose what you want to use it for.")
    asked.locator("[name=use]").select_option("web")
    asked.locator("[name=territory]").fill("Germany")
    asked.get_by_role("button", name="Ask").click()
    expect(asked.get_by_role("status")).to_contain_text("Yes, you can use it for web, in Germany, now.")
    expect(asked).not_to_contain_text("Choose what you want to use it for.")
    expect(asked.get_by_role("button", name="Ask")).to_be_focused()
    assert status.evaluate("each => each.isConnected && each.textContent.includes('Yes')")
    asked.locator("[name=use]").select_option("broadcast")
    asked.get_by_role("button", name="Ask").click()
    expect(asked.get_by_role("status")).to_contain_text("No, you can't use it for broadcast")
    expect(page.locator("#question-answer")).to_have_count(1)
