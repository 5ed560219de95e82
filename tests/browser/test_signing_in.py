"""Getting in, getting around, getting out."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import Version
from provenance.models import Comment
from tests.browser.conftest import Journey
from tests.factories import PASSWORD


def test_a_wrong_password_is_told_and_the_right_one_opens_the_library(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit()
    page = journey.page
    journey.go("")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("Email").fill(people[Role.CREATOR].email)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("not correct")).to_be_visible()

    journey.sign_in(people[Role.CREATOR])
    expect(page.get_by_role("heading", name="Library", exact=False).first).to_be_visible()


def test_a_stranger_of_the_brand_finds_nothing_there(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit().sign_in(people[Role.VIEWER])
    response = journey.page.goto(f"{journey.site}/b/another-brand/")
    assert response is not None
    assert response.status == 404
    expect(journey.page.get_by_role("heading")).to_contain_text(re.compile("not|nothing", re.IGNORECASE))


def test_the_slash_key_goes_to_the_search_box(visit: Callable[[], Journey], people: dict[Role, User]) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search the library")).to_be_focused()
    page.keyboard.type("nothing like this")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=nothing"))


def _typed_comment(journey: Journey, version: Version, words: str) -> None:
    journey.go(f"assets/{version.asset_id}/?tab=review")
    journey.page.locator("reel-player").focus()
    for _ in range(3):
        journey.page.keyboard.press("ArrowRight")
    journey.page.get_by_label("Comment", exact=True).fill(words)


def test_a_comment_outlives_the_session_it_was_typed_in(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    page = journey.page
    _typed_comment(journey, version, "The logo leaves the picture")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("You're signed out")).to_be_visible()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("The logo leaves the picture")

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(people[Role.BRAND_REVIEWER].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    box = page.get_by_label("Comment", exact=True)
    expect(box).to_have_value("The logo leaves the picture")
    box.press("Control+Enter")
    expect(page.locator("#comments .comment")).to_contain_text("The logo leaves the picture")
    assert Comment.objects.get().frame == 3
    page.reload()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")


def test_a_comment_is_sent_after_signing_in_again_in_another_tab(
    visit: Callable[[], Journey], people: dict[Role, User], take_in: Callable[..., Version]
) -> None:
    version = take_in(people[Role.CREATOR], title="Winter can")
    journey = visit().sign_in(people[Role.BRAND_REVIEWER])
    _typed_comment(journey, version, "Too dark")
    page, context = journey.page, journey.page.context
    context.clear_cookies()  # the token of forms is another one after the next line, too
    journey.page = context.new_page()
    journey.sign_in(people[Role.BRAND_REVIEWER])
    page.bring_to_front()
    page.get_by_label("Comment", exact=True).press("Control+Enter")
    expect(page.locator("#comments .comment")).to_contain_text("Too dark")
