"""Getting in, getting around, getting out."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from tests.browser.conftest import Journey


def test_a_wrong_password_is_told_and_the_right_one_opens_the_library(
    visit: Callable[[], Journey], people: dict[Role, User]
) -> None:
    journey = visit()
    page = journey.page
    journey.go("")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_label("E-mail").fill(people[Role.CREATOR].email)
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
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("nothing like this")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=nothing"))
