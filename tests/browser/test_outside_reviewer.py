"""Somebody outside, at a phone, reviews beside the person who asked them."""

from collections.abc import Callable

from playwright.sync_api import expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.catalog.models import Version
from provenance.guests.models import CopyState, GuestAdvice, MarkedCopy
from provenance.review import reviews
from provenance.review.models import Review
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.factories import principal

PHRASE = "correct horse battery"


def test_a_guest_at_a_phone_watches_comments_recommends_and_is_shut_out(
    visit: Callable[..., Journey],
    people: dict[Role, User],
    take_in: Callable[..., Version],
    wait_until: Callable[..., None],
) -> None:
    found, seen = [], set[str]()
    version = take_in(people[Role.CREATOR], title="Summer bottle")
    Brand.objects.filter(pk=version.brand_id).update(guest_reviews=True)
    version = Version.objects.select_related("brand", "asset").get(pk=version.pk)
    review = reviews.submit(version, by=principal(people[Role.CREATOR], version.brand))
    creator = visit().sign_in(people[Role.CREATOR])
    creator.go(f"reviews/{review.pk}/guests/")
    page = creator.page
    page.get_by_label("Email").fill("ada@agency.example")
    page.get_by_label("Name", exact=True).fill("Ada <Lovelace>")
    page.get_by_label("See it, comment and recommend a decision").check()
    page.get_by_label("Passphrase").fill(PHRASE)
    page.get_by_role("button", name="Share", exact=True).click()
    address = page.get_by_label("Link", exact=True).input_value()
    found += axe.violations(page, "a link that is shown once", seen=seen)
    creator.go(f"reviews/{review.pk}/")
    said = page.locator("#guests-said")
    expect(said).to_contain_text("Links and views")

    guest = visit(has_touch=True)
    phone = guest.page
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(guest.site + address[address.index("/guest/") :])
    found += axe.violations(phone, "the door", seen=seen)
    phone.get_by_label("Passphrase").fill(PHRASE)
    phone.get_by_role("button", name="continue").click()
    wait_until(lambda: MarkedCopy.objects.filter(state=CopyState.READY).exists())
    expect(phone.locator("reel-player")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    stage = phone.locator(".player-stage").bounding_box()
    assert stage is not None
    assert stage["height"] > 100
    player = phone.locator("reel-player")
    player.evaluate("player => { player.looping = true; player.play(); }")
    expect(player).to_have_attribute("playing", "")
    phone.get_by_label("Comment", exact=True).tap()
    expect(player).not_to_have_attribute("playing", "")
    phone.keyboard.type("Too loud here")
    player.evaluate("player => { player.stays = true; }")
    phone.get_by_role("button", name="Comment", exact=True).tap()
    expect(phone.get_by_role("listitem").filter(has_text="Too loud here")).to_be_visible()
    expect(player).to_have_attribute("playing", "")
    assert player.evaluate("player => player.stays"), "the page stayed"
    player.evaluate("player => player.pause()")
    phone.get_by_label("Comment", exact=True).fill("The logo flickers")
    phone.reload()  # what was typed is still there
    expect(phone.get_by_label("Comment", exact=True)).to_have_value("The logo flickers")
    phone.get_by_role("button", name="Comment", exact=True).click()
    expect(phone.get_by_role("listitem").filter(has_text="The logo flickers")).to_be_visible()
    phone.get_by_label("Request changes").check()
    phone.get_by_label("Why").fill("Fix the logo")
    phone.get_by_role("button", name="Recommend", exact=True).click()
    expect(phone.locator("#recommendation")).to_contain_text("Fix the logo")
    found += axe.violations(phone, "the room of a guest", seen=seen)

    expect(said).to_contain_text("The logo flickers")  # it hears of it
    expect(said).to_contain_text("recommends: Request changes")
    assert Review.objects.get(pk=review.pk).state == "open"
    assert GuestAdvice.objects.count() == 1
    said.get_by_text("Answer", exact=True).first.click()
    said.get_by_role("textbox").first.fill("We will")
    said.get_by_role("button", name="Answer", exact=True).first.click()
    expect(said).to_contain_text("We will")
    phone.reload()
    expect(phone.locator(".guest-side")).to_contain_text("We will")

    creator.go(f"reviews/{review.pk}/guests/")
    found += axe.violations(page, "links and views", seen=seen)
    page.get_by_role("button", name="Revoke the link of").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    found += axe.violations(phone, "a link that has ended", seen=seen)
    phone.goto(f"{guest.site}/guest/")
    found += axe.violations(phone, "the address of a guest", seen=seen)
    phone.get_by_label("Email").fill("nobody@agency.example")
    phone.get_by_role("button").last.click()
    expect(phone.get_by_label("Code")).to_be_visible()
    found += axe.violations(phone, "the code of an address", seen=seen)
    assert not found, "\n" + "\n".join(found)
