"""One change to all clips that match a list, seen beforehand, done in the background and taken back."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Tag
from dam.rights.models import Consent, ConsentLink
from tests.browser.conftest import Journey
from tests.factories import VersionFactory

MANY = 60  # more than a page of the library shows


def test_all_that_match_are_tagged_and_untagged_again(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    summer = Tag.objects.create(brand=brand, name="summer")
    for number in range(MANY):
        VersionFactory.create(asset__brand=brand, asset__title=f"Beach {number}").asset.tags.add(summer)
    VersionFactory.create(asset__brand=brand, asset__title="Snow")
    journey = visit().sign_in(people[Role.LIBRARIAN])
    page = journey.page
    journey.go("?tag=summer")

    page.locator(".card-pick input").first.check()
    bar = page.get_by_role("form", name="Selected clips")
    expect(bar.get_by_text("1 selected")).to_be_visible()
    bar.get_by_label(f"Select all {MANY} that match").check()
    expect(bar.get_by_text(f"All {MANY} selected")).to_be_visible()
    bar.get_by_role("button", name="Edit…").click()

    expect(page.get_by_role("heading", name=f"Edit {MANY} clips")).to_be_visible()
    page.get_by_label("Add tags").fill("launch")
    page.get_by_label("New title").fill("Campaign: {title}")
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text(f"{MANY} clips will change.")).to_be_visible()
    page.get_by_role("button", name=f"Change {MANY} clips").click()

    # The worker does it, and the page says so by itself.
    expect(page.get_by_text(f"{MANY} clips changed.")).to_be_visible()
    assert Asset.objects.filter(tags__name="launch", title__startswith="Campaign: Beach").count() == MANY
    assert not Asset.objects.filter(title="Campaign: Snow").exists()

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"{MANY} clips are as they were before.")).to_be_visible()
    assert not Asset.objects.filter(tags__name="launch").exists()
    assert Asset.objects.filter(title__startswith="Beach").count() == MANY


def test_one_that_is_taken_out_of_all_leaves_those_on_the_page(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    for number in range(MANY):
        VersionFactory.create(asset__brand=brand, asset__title=f"Beach {number}")
    page = visit().sign_in(people[Role.LIBRARIAN]).page
    page.locator(".card-pick input").nth(0).check()
    everything = page.get_by_label(f"Select all {MANY} that match")
    everything.check()
    page.locator(".card-pick input").nth(1).uncheck()
    expect(everything).not_to_be_checked()
    expect(page.get_by_text("47 selected")).to_be_visible()  # of the 48 that the page shows
    everything.check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("form", name="Selected clips")).to_be_hidden()


def test_a_consent_is_given_to_all_that_match_and_taken_back(
    visit: Callable[[], Journey], people: dict[Role, User], brand: Brand
) -> None:
    for number in range(MANY):
        VersionFactory.create(asset__brand=brand, asset__title=f"Beach {number}")
    page = visit().sign_in(people[Role.LIBRARIAN]).page
    page.locator(".card-pick input").first.check()
    page.get_by_label(f"Select all {MANY} that match").check()
    page.get_by_role("button", name="Edit…").click()

    page.get_by_text("Rights", exact=True).click()
    page.get_by_label("Consents").select_option(label="Add a consent")
    page.get_by_label("Kind of consent").select_option(label="Model release")
    page.get_by_label("Whose consent").fill("Ada Example")
    page.get_by_label("Last day of the consent").fill("2031-05-03")
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text(f"{MANY} clips will change.")).to_be_visible()
    expect(page.get_by_text("Add consent: Ada Example").first).to_be_visible()
    assert not ConsentLink.objects.exists()
    page.get_by_role("button", name=f"Change {MANY} clips").click()
    expect(page.get_by_text(f"{MANY} clips changed.")).to_be_visible()
    assert (Consent.objects.count(), ConsentLink.objects.count()) == (1, MANY)

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"{MANY} clips are as they were before.")).to_be_visible()
    assert not Consent.objects.exists()
