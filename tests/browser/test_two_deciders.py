"""Two reviewers decide the same stage at the same time, each at their own browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Approval, Version
from provenance.review import reviews
from provenance.review.models import Decision
from provenance.review.states import DecisionKind
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, member, principal


def opened(page: Page, kind: str, words: str) -> None:
    """The dialog of this decision, with its words typed and not sent."""
    page.locator(f'[data-dialog="{kind}-dialog"]').first.click()
    page.locator(f"#{kind}-dialog").get_by_label("Comment for the creator").fill(words)


def test_one_decision_wins_and_the_other_is_told_why_and_keeps_its_words(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    brand: Brand,
    take_in: Callable[..., Version],
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    other = member(brand, Role.BRAND_REVIEWER, email="second@example.com", name="Second Reviewer").user
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    first, second = visit().sign_in(people[Role.BRAND_REVIEWER]), visit().sign_in(other)
    for journey in (first, second):
        journey.go(f"reviews/{review.pk}/")
    opened(first.page, "request_changes", "Keep the logo in the picture.")
    opened(second.page, "reject", "The song is another brand's.")
    first.page.locator("#request_changes-dialog footer button[type=submit]").click()
    second.page.locator("#reject-dialog footer button[type=submit]").click()
    expect(first.page.locator("#request_changes-dialog")).not_to_be_visible()

    dialog = second.page.locator("#reject-dialog")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(dialog.get_by_label("Comment for the creator")).to_have_value("The song is another brand's.")
    assert [each.comment for each in Decision.objects.all()] == ["Keep the logo in the picture."]
    version.refresh_from_db()
    assert version.approval == Approval.CHANGES_REQUESTED


def test_a_lawyer_who_says_no_signs_it(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    reviews.decide(
        review,
        by=principal(people[Role.BRAND_REVIEWER], version.brand),
        kind=DecisionKind.APPROVE,
        expected_sha256=version.sha256,
        uses=["web"],
        territories=["EU"],
    )
    journey = visit().sign_in(people[Role.LEGAL_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    opened(page, "reject", "The song isn't cleared.")
    dialog = page.locator("#reject-dialog")
    expect(dialog.get_by_label("What you sign")).to_contain_text("rejects this version")
    page.keyboard.press("Control+Enter")  # goes to the password that is still needed
    expect(dialog.get_by_label("Your password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Control+Enter")
    expect(dialog).not_to_be_visible()
    version.refresh_from_db()
    assert version.approval == Approval.REJECTED
