"""Creator and lawyer at their desks and somebody outside at a phone, in one review at the same time."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Approval, ReleaseState, Version
from provenance.guests.models import CopyState, MarkedCopy
from provenance.review import reviews
from provenance.review.models import Review
from provenance.review.states import DecisionKind
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, principal

PHRASE = "correct horse battery"
LIVE = 30_000  # ms: what others do shows without loading the page again, also on a busy machine


def shared(creator: Journey, review: Review) -> str:
    """The path of a new link for somebody outside."""
    creator.go(f"reviews/{review.pk}/guests/")
    page = creator.page
    page.get_by_label("Email").fill("ada@agency.example")
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("See it, comment and recommend a decision").check()
    page.get_by_label("Passphrase").fill(PHRASE)
    page.get_by_role("button", name="Share", exact=True).click()
    address = page.get_by_label("Link", exact=True).input_value()
    return address[address.index("/guest/") :]


def comes_in(visit: Callable[..., Journey], path: str, wait_until: Callable[..., None]) -> Journey:
    guest = visit(has_touch=True)
    guest.page.set_viewport_size({"width": 390, "height": 844})
    guest.page.goto(guest.site + path)
    guest.page.get_by_label("Passphrase").fill(PHRASE)
    guest.page.get_by_role("button", name="continue").click()
    wait_until(lambda: MarkedCopy.objects.filter(state=CopyState.READY).exists())
    expect(guest.page.locator("reel-player")).to_be_visible()
    return guest


def test_what_one_says_the_others_see_until_the_lawyer_approves(
    visit: Callable[..., Journey],
    people: dict[Role, User],
    brand: Brand,
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    Brand.objects.filter(pk=brand.pk).update(guest_reviews=True)
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(f"assets/{version.asset_id}/?tab=review")
    creator.page.get_by_role("button", name="Send to review").click()
    wait_until(lambda: Review.objects.filter(version=version).exists())
    review = Review.objects.get(version=version)
    reviews.decide(
        review,
        by=principal(people[Role.BRAND_REVIEWER], Brand.objects.get(pk=brand.pk)),
        kind=DecisionKind.APPROVE,
        expected_sha256=version.sha256,
        uses=["web"],
        territories=["EU"],
    )
    phone = comes_in(visit, shared(creator, review), wait_until).page
    lawyer = visit().sign_in(people[Role.LEGAL_REVIEWER])
    lawyer.go(f"reviews/{review.pk}/")
    creator.go(f"reviews/{review.pk}/")
    desk, law = creator.page, lawyer.page

    phone.get_by_label("Comment", exact=True).fill("Is the song cleared?")
    phone.get_by_role("button", name="Comment", exact=True).click()
    for page in (desk, law):
        expect(page.locator("#guests-said")).to_contain_text("Is the song cleared?", timeout=LIVE)

    law.get_by_label("Comment", exact=True).first.fill("Show me its licence")
    law.locator(".comment-form button[type=submit]").click()
    thread = desk.locator("#comments .comment").filter(has_text="Show me its licence")
    expect(thread).to_be_visible(timeout=LIVE)
    thread.get_by_text("Reply", exact=True).first.click()
    thread.get_by_role("textbox", name="Reply to").fill("It's on the tab Rights")
    thread.get_by_role("button", name="Reply", exact=True).click()
    expect(law.locator("#comments")).to_contain_text("It's on the tab Rights", timeout=LIVE)
    expect(phone.locator("body")).not_to_contain_text("Show me its licence")  # it stays inside

    law.keyboard.press("Escape")
    law.get_by_role("button", name="Approve").first.click()
    dialog = law.locator("#approve-dialog")
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.locator("footer button[type=submit]").click()
    expect(law.get_by_text("You're all caught up.")).to_be_visible()
    expect(desk.locator("#room-head")).to_contain_text("Approved", timeout=LIVE)
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())
    version.refresh_from_db()
    assert version.approval == Approval.APPROVED
    phone.reload()
    expect(phone.get_by_text("This review is over.").first).to_be_visible()
