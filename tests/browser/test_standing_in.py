"""A lawyer goes away, and who stands in decides what names them, in their place."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from provenance.review import reviews
from provenance.review.models import Decision
from provenance.review.plans import Planned
from tests.browser.conftest import Journey
from tests.factories import member
from tests.review_templates import template


def test_a_deputy_finds_it_in_their_list_and_decides_it_for_who_is_away(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    anna = member(version.brand, Role.BRAND_REVIEWER, name="Anna Example").user
    planned = template(version.brand, Planned("brand", "Brand", person=anna.pk), Planned("legal"))
    creator = principals.member(people[Role.CREATOR], version.brand)
    assert creator is not None
    review = reviews.submit(version, by=creator, template=planned.pk)

    deputy = visit().sign_in(people[Role.BRAND_REVIEWER])
    deputy.go("reviews/?show=waiting")
    expect(deputy.page.locator(".queue-item")).to_have_count(0)

    journey = visit().sign_in(anna)
    journey.go("reviews/away/")
    page = journey.page
    page.get_by_label("Last day").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    page.get_by_label("Stands in").select_option(str(people[Role.BRAND_REVIEWER].pk))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You're away until")).to_be_visible()

    deputy.go("reviews/?show=waiting")
    row = deputy.page.locator(".queue-item", has_text="Summer bottle").first
    expect(row).to_contain_text("for Anna Example")
    row.click()
    expect(deputy.page.get_by_text("You decide for Anna Example, who is away.")).to_be_visible()
    deputy.page.locator(".room-acts .button", has_text="Request changes").click()
    dialog = deputy.page.get_by_role("dialog")
    dialog.get_by_role("textbox").first.fill("The logo is upside down.")
    dialog.get_by_role("button", name="Request changes").click()
    expect(deputy.page).not_to_have_url(re.compile(str(review.pk)))  # on to what waits next
    deputy.go(f"reviews/{review.pk}/")
    expect(deputy.page.locator("#room-stages")).to_contain_text("for Anna Example")
    decision = Decision.objects.get()
    assert (decision.decided_by, decision.for_person) == (people[Role.BRAND_REVIEWER], anna)
