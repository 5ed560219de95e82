"""Somebody puts captions to a clip, reads them over the picture, corrects a word and takes them along."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.accounts.principals import Member
from dam.captions import tracks
from dam.captions.tracks import Said
from dam.catalog.models import Version
from tests.browser.conftest import Journey

SRT: FilePayload = {
    "name": "harbour.srt",
    "mimeType": "application/x-subrip",
    "buffer": b"1\r\n00:00:00,500 --> 00:00:01,000\r\nThe harbor\r\nat <i>dawn</i>\r\n",
}


def test_captions_are_uploaded_read_corrected_and_downloaded(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/")
    page.get_by_role("link", name="Add captions").click()
    page.get_by_label("File", exact=True).set_input_files(SRT)
    page.get_by_label("Language").first.fill("en")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Captions added.")).to_be_visible()

    journey.go(f"assets/{released.asset_id}/?t=0.7")
    words = page.locator(".player-captions")
    expect(words).to_have_text("")
    page.locator("reel-player").get_by_role("button", name="Captions", exact=True).click()
    expect(words).to_have_text("The harbor at dawn")
    page.locator("body").press("Home")
    expect(words).to_have_text("")

    page.get_by_role("link", name=re.compile("^Change")).click()
    page.get_by_role("link", name=re.compile("^Correct.*English")).click()
    page.get_by_label("Caption 1: Words").fill("The harbour\nat dawn")
    page.get_by_label("Caption 1: Words").press("Tab")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    # As the next page remembers: on, at the moment that a link names.
    journey.go(f"assets/{released.asset_id}/?t=0.7")
    expect(words).to_have_text("The harbour at dawn")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("^WebVTT.*English")).click()
    file = waiting.value
    assert file.suggested_filename == "Harbour at dawn.en.vtt"
    kept = Path(file.path()).read_text()
    assert kept == "WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nThe harbour\nat dawn\n"

    # Viewers see those of the release.
    viewer = visit().sign_in(people[Role.VIEWER])
    viewer.go(f"assets/{released.asset_id}/?t=0.7")
    viewer.page.locator("body").press("t")
    expect(viewer.page.locator(".player-captions")).to_have_text("The harbour at dawn")


def test_who_was_overtaken_gets_their_words_back_beside_those_of_the_other(
    visit: Callable[[], Journey], people: dict[Role, User], released: Version
) -> None:
    by = Member(people[Role.CREATOR], released.brand, Role.CREATOR)
    track = tracks.put(released, Said("en"), [(0, 900, "Hello"), (1000, 1900, "Bye")], by=by)
    journey = visit().sign_in(people[Role.CREATOR])
    page = journey.page
    journey.go(f"assets/{released.asset_id}/captions/{track.pk}/?version={released.number}")
    page.get_by_label("Caption 2: Words").fill("Good bye")
    tracks.correct(
        released, track.pk, said=Said("en"), first=0, count=1, instead=[(0, 900, "Hi")], seen=0, by=by
    )
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="Open them as they are now").first.click()
    expect(page.get_by_label("Caption 1: Words")).to_have_value("Hi")
    expect(page.get_by_label("Caption 2: Words")).to_have_value("Good bye")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
