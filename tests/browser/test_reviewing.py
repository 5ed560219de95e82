"""From draft to release, each person at their own browser."""

import re
from collections.abc import Callable

from playwright.sync_api import Download, Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog import assets
from dam.catalog.models import Approval, ReleaseState, RenditionKind, Version
from provenance.models import Comment, Review
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests.browser.conftest import Journey
from tests.factories import PASSWORD, RenditionFactory, VersionFactory, principal


def approve(journey: Journey, version: Version, *, uses: tuple[str, ...], where: str) -> None:
    page = journey.page
    journey.go("reviews/")
    page.get_by_role("link", name=version.asset.title).first.click()
    page.get_by_role("button", name="Approve").first.click()
    dialog = page.locator("#approve-dialog")
    for use in uses:
        dialog.get_by_text(use, exact=True).click()
    dialog.get_by_text(where, exact=True).click()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.locator("button[type=submit]").click()
    expect(dialog).not_to_be_visible()


def test_two_stages_release_a_clip_that_a_viewer_can_then_download(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(f"assets/{version.asset_id}/?tab=review")
    creator.page.get_by_label("Note to reviewers").fill("For the summer page")
    creator.page.get_by_role("button", name="Send to review").click()
    expect(creator.page.locator("#panel")).to_contain_text("Brand review")

    approve(
        visit().sign_in(people[Role.BRAND_REVIEWER]), version, uses=("Web", "Social media"), where="Worldwide"
    )
    approve(visit().sign_in(people[Role.LEGAL_REVIEWER]), version, uses=(), where="European Union")
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())

    viewer = visit().sign_in(people[Role.VIEWER])
    viewer.page.get_by_text("Summer bottle").first.click()
    assert take_release(viewer.page).suggested_filename.endswith(".mp4")
    version.refresh_from_db()
    assert version.approval == Approval.APPROVED


def take_release(page: Page) -> Download:
    """As somebody who is asked what it is for, and answers."""
    page.get_by_role("link", name="Download release").click()
    files = page.locator("#downloads")
    files.get_by_label("Use").select_option(label="Web")
    files.get_by_label("Country").fill("Germany")
    files.get_by_role("button", name="Show files").click()
    with page.expect_download() as waiting:
        files.get_by_role("link", name="Download the release").click()
    return waiting.value


def test_a_reviewer_draws_on_the_frame(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    page.locator("reel-player").focus()
    for key in ("ArrowRight", "ArrowRight", "d"):
        page.keyboard.press(key)
    drawn = page.locator("drawing-board > svg > *")
    tools = page.get_by_role("group", name="Drawing")
    expect(tools).to_be_visible()
    box = page.locator("drawing-board").bounding_box()
    assert box is not None

    def drag(x: float, y: float) -> None:
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.4 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        page.mouse.up()

    drag(0.6, 0.6)
    tools.locator("label[title=Arrow]").click()
    drag(0.5, 0.7)
    expect(drawn).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(drawn).to_have_count(1)
    # A draft: what is drawn comes back with the words beside it.
    tools.get_by_role("button", name="Write a comment").click()
    page.keyboard.type("This corner")
    page.reload()
    page.locator("reel-player").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(drawn).to_have_count(1)
    page.locator(".comment-form button[type=submit]").click()
    picture = page.get_by_role("button", name="Drawing: show its frame")
    expect(picture).to_be_visible()
    comment = Comment.objects.get()
    assert (comment.body, comment.frame) == ("This corner", 2)
    assert comment.drawing is not None
    assert [shape["kind"] for shape in comment.drawing["shapes"]] == ["pencil"]
    expect(page.locator("[data-drawing]")).to_have_value("")

    page.locator("reel-player").press("End")
    expect(drawn).to_have_count(0)
    picture.click()
    expect(drawn).to_have_count(1)


def test_a_reviewer_comments_at_a_frame_and_asks_for_changes(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    page.locator("reel-player").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.get_by_label("Comment", exact=True).first.fill("The logo leaves the picture here")
    page.locator(".comment-form button[type=submit]").click()
    expect(page.locator("#comments")).to_contain_text("The logo leaves the picture here")
    assert Comment.objects.get().frame == 5
    expect(page.locator(".player-marker")).to_have_attribute("data-seek-frame", "5")

    page.locator("reel-player").press("End")
    box = page.get_by_label("Comment", exact=True).first
    box.press_sequentially("And here")
    box.press("Control+Enter")
    expect(page.locator(".player-marker")).to_have_count(2)
    expect(box).to_have_value("")
    assert list(Comment.objects.order_by("pk").values_list("frame", flat=True)) == [5, 47]

    page.get_by_role("button", name="Request changes").first.click()
    page.locator("#request_changes-dialog").get_by_label("Comment for the creator").fill(
        "Keep the logo in the picture."
    )
    page.locator("#request_changes-dialog button[type=submit]").click()
    expect(page.locator("#request_changes-dialog")).not_to_be_visible()
    version.refresh_from_db()
    assert version.approval == Approval.CHANGES_REQUESTED


def test_the_clip_waits_while_a_reviewer_writes_and_goes_on_once_it_is_sent(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    player, box = page.locator("reel-player"), page.get_by_label("Comment", exact=True).first
    # A part of the page that comes while somebody is in the box leaves them there, and the clip waiting.
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    player.focus()
    page.keyboard.press("r")  # over and over: the clip is short
    page.keyboard.press(" ")
    expect(player).to_have_attribute("playing", "")
    expect(page.locator("[data-now]")).not_to_have_text("00:00:00:00")
    box.click()
    expect(player).not_to_have_attribute("playing", "")
    frame = int(page.locator("[data-frame-field]").input_value())
    assert player.evaluate("player => player.frame") == frame
    box.press("Escape")  # nothing to say
    expect(player).to_have_attribute("playing", "")

    page.keyboard.press("c")
    expect(player).not_to_have_attribute("playing", "")
    box.press_sequentially("The logo " + "x" * 3)
    page.get_by_role("heading", name="Comments").click()  # with words in it, it waits
    page.wait_for_timeout(400)
    expect(player).not_to_have_attribute("playing", "")
    frame = player.evaluate("player => player.frame")
    box.press("Control+Enter")
    expect(page.locator(".player-marker")).to_have_count(1)
    expect(player).to_have_attribute("playing", "")
    assert Comment.objects.get().frame == frame


def test_nobody_is_offered_to_approve_their_own_clip(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.BRAND_REVIEWER], title="My own spot")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    journey.go(f"reviews/{review.pk}/")
    expect(journey.page.get_by_role("button", name="Approve").first).to_have_attribute(
        "aria-disabled", "true"
    )
    expect(journey.page.locator("#why")).to_contain_text(re.compile("created", re.IGNORECASE))


def test_a_room_left_open_follows_what_others_decide(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    maker = principal(people[Role.CREATOR], brand)
    version = VersionFactory.create(
        asset__brand=brand, asset__created_by=maker.user, asset__title="Spring can"
    )
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    review = reviews.submit(version, by=maker)
    journey = visit().sign_in(people[Role.LEGAL_REVIEWER])
    page = journey.page
    journey.go(f"reviews/{review.pk}/")
    legal_approve = page.locator(".room-acts .button-approve")
    expect(legal_approve).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#room-head")).to_contain_text("In review")

    decide(review, by=people[Role.BRAND_REVIEWER])
    expect(legal_approve).not_to_have_attribute("aria-disabled", "true")
    legal_approve.click()
    expect(page.locator("#approve-dialog")).to_be_visible()  # what opens it came with the button
    page.keyboard.press("Escape")

    assets.edit(version.asset, by=maker, title="Autumn can")
    expect(page.locator("#room-head h1")).to_have_text("Autumn can")
    expect(page).to_have_title("Review Autumn can · Reelproof")

    decide(review, by=people[Role.LEGAL_REVIEWER])
    expect(page.locator("#room-head")).to_contain_text("Approved")
    expect(page.locator(".room-acts")).to_have_count(0)
    expect(page.locator("#approve-dialog")).to_have_count(0)


def decide(review: Review, *, by: User) -> None:
    review.refresh_from_db()
    reviews.decide(
        review,
        by=principal(by, review.brand),
        kind=DecisionKind.APPROVE,
        expected_sha256=review.version.sha256,
        uses=["web"],
        territories=["worldwide"],
    )


def test_a_lawyer_decides_from_the_inbox_in_at_most_six_keystrokes(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand, take_in: Callable[..., Version]
) -> None:
    """Beyond the checklist, and the password, which a decision is to be made with."""
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    review = reviews.submit(version, by=principal(people[Role.CREATOR], brand))
    reviews.decide(
        review,
        by=principal(people[Role.BRAND_REVIEWER], brand),
        kind=DecisionKind.APPROVE,
        expected_sha256=version.sha256,
        uses=["web"],
        territories=["EU"],
    )
    lawyer = visit().sign_in(people[Role.LEGAL_REVIEWER])
    page, keys = lawyer.page, 0

    def press(key: str) -> None:
        nonlocal keys
        page.wait_for_load_state()  # the scripts hear keys from then on
        page.keyboard.press(key)
        keys += 1

    lawyer.go("reviews/")
    expect(page.get_by_role("link", name="Start reviewing")).to_be_visible()
    press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Summer bottle")
    press("Shift+A")
    expect(page.locator("#approve-dialog")).to_be_visible()
    press("Control+Enter")
    expect(page.locator("#approve-dialog").get_by_label("Your password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    press("Control+Enter")
    expect(page.get_by_text("You're all caught up.")).to_be_visible()
    version.refresh_from_db()
    assert version.approval == Approval.APPROVED
    assert keys <= 6
