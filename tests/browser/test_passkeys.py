"""A passkey from its beginning: Chromium's virtual authenticator stands for the device."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from provenance.models import Review
from provenance.review import reviews
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import principal


def with_authenticator(page: Page) -> None:
    """A device that asks for a finger, and always gets the right one."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    knows = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **knows}})


def test_a_reviewer_adds_a_passkey_signs_in_with_it_and_approves_with_it(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit()
    journey.site = journey.site.replace("127.0.0.1", "localhost")  # passkeys belong to names
    page = journey.page
    with_authenticator(page)

    journey.sign_in(people[Role.BRAND_REVIEWER])
    page.goto(f"{journey.site}/accounts/security/")
    page.get_by_role("link", name="Add passkey").click()
    page.get_by_label("Name").fill("MacBook")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    found = axe.violations(page, "recovery codes", seen=set())
    with page.expect_download() as codes:
        page.get_by_role("link", name="Download codes").click()
    assert re.fullmatch(r"(\d{8}\n){10}", codes.value.path().read_text())
    page.get_by_role("link", name="I saved them").click()
    expect(page.get_by_text("MacBook")).to_be_visible()
    found += axe.violations(page, "a passkey", seen=set())
    assert not found, "\n" + "\n".join(found)

    page.goto(f"{journey.site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**/b/{journey.brand.slug}/**")

    journey.go(f"reviews/{review.pk}/")
    page.get_by_role("button", name="Approve").first.click()
    dialog = page.locator("#approve-dialog")
    dialog.get_by_text("Web", exact=True).click()
    dialog.get_by_text("Worldwide", exact=True).click()
    dialog.get_by_role("button", name="Approve with a passkey").click()
    expect(dialog).not_to_be_visible()
    assert Review.objects.get().decisions.get().decided_by == people[Role.BRAND_REVIEWER]
