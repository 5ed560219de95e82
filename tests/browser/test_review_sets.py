"""Several clips of the library are sent to review together, and decided one after the other."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Approval, Version
from provenance.models import Decision, Review
from provenance.review.plans import Planned
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, principal
from tests.review_sets import send
from tests.review_templates import template


def test_three_clips_are_sent_from_the_library_and_decided_with_the_next_coming_up(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    titles = ("Bottle", "Can", "Glass")
    for number, title in enumerate(titles):
        take_in(people[Role.CREATOR], title=title, seed=number)
    found, seen = list[str](), set[str]()

    creator = visit().sign_in(people[Role.CREATOR])
    page = creator.page
    for title in titles:
        page.get_by_label(f"Select {title}", exact=True).check(force=True)
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_role("button", name="Send 3 clips to review")).to_be_visible()
    found += axe.violations(page, "before sending", seen=seen)
    page.get_by_label("Title").fill("Spring campaign")
    page.get_by_label("Note to reviewers").fill("For the launch in May")
    page.get_by_role("button", name="Send 3 clips to review").click()
    expect(page.get_by_role("heading", name="Spring campaign")).to_be_visible()
    expect(page.locator(".queue-item")).to_have_count(3)
    found += axe.violations(page, "the set", seen=seen)

    reviewer = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = reviewer.page
    reviewer.go("reviews/")
    entry = page.locator(".queue-item")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("3 of 3 clips waiting for you")
    found += axe.violations(page, "the inbox", seen=seen)
    entry.click()
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.locator(".room-set")).to_contain_text("1 of 3 in “Spring campaign”")
    found += axe.violations(page, "the room", seen=seen)

    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.locator(".room-set")).to_contain_text("2 of 3")
    page.wait_for_load_state()
    page.keyboard.press("p")
    expect(page.locator(".room-set")).to_contain_text("1 of 3")

    def reject(words: str) -> None:
        page.wait_for_load_state()  # the scripts hear keys from then on
        page.keyboard.press("Shift+R")
        page.locator("#reject-dialog").get_by_label("Comment for the creator").fill(words)
        page.locator("#reject-dialog button[type=submit]").click()

    def approve() -> None:
        page.wait_for_load_state()
        page.keyboard.press("Shift+A")
        dialog = page.locator("#approve-dialog")
        dialog.get_by_text("Web", exact=True).click()
        dialog.get_by_text("Worldwide", exact=True).click()
        dialog.get_by_label("Your password").fill(PASSWORD)
        dialog.locator("button[type=submit]").click()

    approve()
    expect(page.locator(".room-set")).to_contain_text("2 of 3")
    reject("The label is cut off")
    expect(page.locator(".room-set")).to_contain_text("3 of 3")
    reject("Too dark")
    page.wait_for_url("**/reviews/")  # nothing else waits
    set_key = Review.objects.values_list("review_set", flat=True).first()
    reviewer.go(f"reviews/sets/{set_key}/")
    expect(page.locator(".set-progress")).to_contain_text("2 of 3 decided")
    page.locator(".tabs").get_by_role("link", name="Rejected").click()
    expect(page.locator(".queue-item")).to_have_count(2)
    approvals = list(Review.objects.order_by("set_place").values_list("version__approval", flat=True))
    assert approvals == [Approval.IN_REVIEW, Approval.REJECTED, Approval.REJECTED]
    assert not found, "\n".join(found)


def test_clips_that_a_reviewer_has_opened_are_approved_together(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version], brand: Brand
) -> None:
    template(brand, Planned("brand"), title="Films", rule="kind:video", by_hand=False, together=True)
    clips = [
        take_in(people[Role.CREATOR], title=title, seed=at) for at, title in enumerate(("Bottle", "Can"))
    ]
    sent = send(clips, by=principal(people[Role.CREATOR], brand))
    reviewer = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = reviewer.page
    reviewer.go(f"reviews/sets/{sent.review_set.pk}/")
    expect(page.locator(".set-together")).to_contain_text("you opened 0 of the 2 clips")
    page.get_by_role("link", name="Start reviewing").click()
    expect(page.locator(".room-set")).to_contain_text("1 of 2")
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.locator(".room-set")).to_contain_text("2 of 2")
    page.locator(".room-set-title").click()
    seen = set[str]()
    found = axe.violations(page, "the set", seen=seen)
    page.get_by_role("link", name="Approve 2 opened clips…").click()
    page.get_by_text("Web", exact=True).click()
    page.get_by_text("European Union", exact=True).click()
    expect(page.locator("[data-approval-words]")).to_contain_text("for web, in the EU")
    found += axe.violations(page, "approving together", seen=seen)
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Approve for web, EU").click()
    expect(page.get_by_text("You approved 2 clips.")).to_be_visible()
    assert [each.territories for each in Decision.objects.all()] == [["EU"], ["EU"]]
    assert not found, "\n".join(found)


def test_a_set_is_changed_with_a_way_back(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version], brand: Brand
) -> None:
    versions = [
        take_in(people[Role.CREATOR], title=title, seed=number)
        for number, title in enumerate(("Bottle", "Can", "Glass"))
    ]
    sent = send(versions[:2], by=principal(people[Role.CREATOR], brand))
    found, seen = list[str](), set[str]()

    creator = visit().sign_in(people[Role.CREATOR])
    page = creator.page
    page.get_by_label("Select Glass", exact=True).check(force=True)
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_label("Title")).to_be_visible()
    page.get_by_label("Send as").select_option(index=1)
    expect(page.get_by_label("Title")).to_be_hidden()
    found += axe.violations(page, "adding to a set", seen=seen)
    page.get_by_role("button", name="Send 1 clip to review").click()
    expect(page.locator(".queue-item")).to_have_count(3)

    page.get_by_role("link", name="Change", exact=True).click()
    found += axe.violations(page, "changing a set", seen=seen)
    page.get_by_label("Title").fill("Summer")
    page.get_by_role("button", name="Save title").click()
    expect(page.get_by_role("link", name="Summer")).to_be_visible()
    page.get_by_label("Can", exact=False).check()
    page.get_by_role("button", name="Take out of the set").click()
    expect(page.get_by_text("1 clip is no longer part of this set.")).to_be_visible()
    expect(page.get_by_role("checkbox")).to_have_count(2)
    found += axe.violations(page, "a clip taken out", seen=seen)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    page.get_by_label("Glass", exact=False).check()
    page.get_by_role("button", name="Cancel their reviews").click()
    expect(page.get_by_text("1 review was cancelled. The clip is a draft again.")).to_be_visible()
    states = Review.objects.filter(review_set=sent.review_set).order_by("set_place")
    assert list(states.values_list("state", flat=True)) == ["open", "open", "withdrawn"]
    assert found == []
