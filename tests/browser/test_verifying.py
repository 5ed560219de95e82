"""Anybody checks a file, without an account."""

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from django.core.files import File
from playwright.sync_api import Request, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import User
from dam.catalog.models import ReleaseState, Version
from dam.core import storage
from provenance.manifests import public_comparisons
from provenance.manifests import verify as manifests_verify
from provenance.models import Release
from tests import media_factory
from tests.browser import axe
from tests.browser.conftest import Journey
from tests.browser.test_reviewing import approve
from tests.factories import PASSWORD
from tests.unit.dam.media import test_copy_changes as copies


def verify(journey: Journey, path: Path) -> None:
    page = journey.page
    page.goto(f"{journey.site}/verify/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Send the file").click()


def check_here(journey: Journey, path: Path) -> str:
    """The verdict that the browser comes to by itself."""
    page = journey.page
    page.goto(f"{journey.site}/verify/")
    page.set_input_files("input[type=file]", path)
    expect(page.get_by_role("heading", name="Look it up here")).to_be_visible(timeout=60_000)
    return page.locator("[data-here-verdict] h2").inner_text()


def test_a_file_is_checked_in_the_browser_and_no_request_carries_any_of_it(
    visit: Callable[[], Journey], released: Version
) -> None:
    release = Release.objects.get(version=released)
    journey = visit()
    page, sent = journey.page, list[Request]()
    page.on("request", lambda request: sent.append(request))
    with storage.local_copy(release.storage_key) as path:
        assert check_here(journey, path) == "Signed with a test certificate"
        assert [request.url for request in sent if request.method != "GET"] == []
        expect(page.locator("[data-here-chain]")).to_contain_text("Approved for release by Northwind Drinks")
        page.get_by_role("button", name="Look up its hash only").click()
        expect(page.locator("[data-here-known]")).to_contain_text("released by Northwind Drinks")
        [look_up] = [request for request in sent if request.method != "GET"]
        body = look_up.post_data_buffer or b""
        content = path.read_bytes()
    assert release.sha256.encode() in body
    assert len(body) < 500
    pieces = [content[at : at + 32] for at in range(0, len(content) - 32, 32)]
    for request in sent:
        whole = (request.post_data_buffer or b"") + request.url.encode()
        assert not any(piece in whole for piece in pieces)
    assert {urlsplit(request.url).netloc for request in sent} == {urlsplit(journey.site).netloc}


def test_a_browser_without_webassembly_sends_the_file_as_before(
    visit: Callable[[], Journey], brand: object, tmp_path: Path
) -> None:
    journey = visit()
    page = journey.page
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(f"{journey.site}/verify/")
    page.set_input_files("input[type=file]", media_factory.clip(tmp_path / "plain.mp4"))
    page.get_by_role("button", name="Verify file").click()
    expect(page.locator("main")).to_contain_text("No Content Credentials", timeout=180_000)


def second_verdict(path: Path) -> object:
    second = manifests_verify.second_opinion(path)
    assert second is not None
    return second["report"]["validation_state"]


def test_a_file_from_the_first_word_to_its_release_has_one_verdict_everywhere(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    wait_until: Callable[..., None],
    tmp_path: Path,
) -> None:
    """Made, approved and released in the browser, downloaded; read by three readers, of two makers."""
    creator = visit().sign_in(people[Role.CREATOR])
    page = creator.page
    creator.go("generate/")
    page.get_by_label("Prompt").fill("a red ball bouncing on a table")
    page.get_by_role("button", name="Generate").click()
    page.locator(".take").first.get_by_role("link", name="Open").click(timeout=180_000)
    expect(page.locator("#usage")).to_contain_text("AI", timeout=180_000)
    version = Version.objects.get()
    wait_until(lambda: Version.objects.filter(pk=version.pk).exclude(credentials="").exists())
    creator.go(f"assets/{version.asset_id}/?tab=review")
    page.get_by_role("button", name="Send to review").click()
    expect(page.locator("#panel")).to_contain_text("Brand review")
    approve(visit().sign_in(people[Role.BRAND_REVIEWER]), version, uses=("Web",), where="Worldwide")
    legal = visit().sign_in(people[Role.LEGAL_REVIEWER])
    legal.go("reviews/")
    legal.page.get_by_role("link", name=version.asset.title).first.click()
    legal.page.get_by_role("button", name="Approve").first.click()
    dialog = legal.page.locator("#approve-dialog")
    for question in ("Could it pass", "Is it evidently", "Does it show"):
        dialog.get_by_role("group", name=question).get_by_text("No", exact=True).click()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.locator("button[type=submit]").click()
    expect(dialog).not_to_be_visible()
    wait_until(lambda: Version.objects.filter(pk=version.pk, release=ReleaseState.READY).exists())

    viewer = visit().sign_in(people[Role.VIEWER])
    viewer.go(f"assets/{version.asset_id}/")
    path = tmp_path / "release.mp4"
    viewer.page.get_by_role("link", name="Download as…").click()
    files = viewer.page.locator("#downloads")
    files.get_by_label("Use").select_option(label="Web")
    files.get_by_label("Country").fill("Germany")
    files.get_by_role("button", name="Show files").click()
    with viewer.page.expect_download() as waiting:
        files.get_by_role("link", name="Download the release").click()
    waiting.value.save_as(path)

    here = visit()
    assert check_here(here, path) == "Signed with a test certificate"
    raw = json.loads(here.page.locator("[data-here-raw] pre").text_content() or "{}")
    server = manifests_verify.check(path)
    assert (raw["validation_state"], server.state.value) == ("Trusted", "trusted")
    assert server.raw["active_manifest"] == raw["active_manifest"]
    assert second_verdict(path) == "Trusted"

    content = bytearray(path.read_bytes())
    content[-40] ^= 1
    path.write_bytes(bytes(content))
    assert check_here(here, path) == "Altered after signing"
    assert manifests_verify.check(path).state.value == "altered"
    assert second_verdict(path) == "Invalid"


def test_a_released_file_is_verified_and_says_who_released_it(
    visit: Callable[[], Journey], released: Version
) -> None:
    release = Release.objects.get(version=released)
    journey = visit()
    with storage.local_copy(release.storage_key) as path:
        verify(journey, path)
        verdict = journey.page.get_by_role("heading", level=2).first
        expect(verdict).to_have_text("Signed with a test certificate", timeout=180_000)
    expect(journey.page.locator("main")).to_contain_text("released by Northwind Drinks")
    expect(journey.page.get_by_role("list", name="History")).to_contain_text("Approved for release")


def test_a_file_changed_after_signing_is_called_altered(
    visit: Callable[[], Journey], released: Version, tmp_path: Path
) -> None:
    release = Release.objects.get(version=released)
    with storage.local_copy(release.storage_key) as path:
        content = bytearray(path.read_bytes())
    content[-40] ^= 1
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(bytes(content))
    journey = visit()
    verify(journey, changed)
    expect(journey.page.locator("main")).to_contain_text(
        re.compile("altered", re.IGNORECASE), timeout=180_000
    )


def test_a_file_without_credentials_is_not_called_bad(
    visit: Callable[[], Journey], brand: object, tmp_path: Path
) -> None:
    journey = visit()
    verify(journey, media_factory.clip(tmp_path / "plain.mp4"))
    expect(journey.page.locator("main")).to_contain_text(
        re.compile("no (content )?credentials", re.IGNORECASE), timeout=180_000
    )


def test_two_dropped_files_are_laid_over_one_another_and_compared(
    visit: Callable[[], Journey], brand: object
) -> None:
    journey = visit()
    page, sent = journey.page, list[Request]()
    page.on("request", lambda request: sent.append(request))
    page.goto(f"{journey.site}/verify/")
    copy = copies.made("-vf", "trim=2:7,setpts=PTS-STARTPTS,crop=iw*0.8:ih*0.8", "-crf", "26")
    page.set_input_files("#verify-form input[type=file]", [copies.film(), copy])
    pair = page.locator("[data-pair]")
    expect(pair.locator("video")).to_have_count(2)
    pair.get_by_role("slider", name="Wipe").focus()
    page.keyboard.press("ArrowRight")
    expect(pair.get_by_role("slider", name="Wipe")).to_have_value("51")
    assert [request.url for request in sent if request.method != "GET"] == []
    page.get_by_role("button", name="Send and compare both").click()
    found = page.locator("[data-pair-answer]")
    expect(found.get_by_role("heading", name="The same pictures, changed")).to_be_visible(timeout=180_000)
    expect(found).to_contain_text("B shows a part of the picture of A")
    expect(pair.locator("video")).to_have_count(2)  # still there, and in step with what was found
    offset = pair.locator("reel-compare").get_attribute("data-offset-ms")
    assert abs(int(offset or 0) + 2000) < 300
    assert axe.violations(page, "two files and what was found", seen=set()) == []
    page.reload()
    expect(page.get_by_role("heading", name="The same pictures, changed")).to_be_visible()
    page.set_input_files("[data-pair-choose]", [copies.film(), copy])
    expect(pair.locator("video")).to_have_count(2)
    assert axe.violations(page, "two files chosen again", seen=set()) == []


def test_waiting_for_a_comparison_outlasts_a_server_that_is_away_and_keeps_the_focus(
    visit: Callable[[], Journey], brand: object
) -> None:
    journey = visit()
    page = journey.page
    files = [File(BytesIO(b"text"), "one.mp4"), File(BytesIO(b"text"), "two.mp4")]
    with patch.object(public_comparisons, "send"):  # no worker comes
        pair = public_comparisons.submit(((files[0], "one.mp4"), (files[1], "two.mp4")))
    page.goto(f"{journey.site}/verify/compare/{pair.id}/")
    cancel = page.get_by_role("button", name="Cancel and delete both")
    cancel.focus()
    with page.expect_response(lambda answer: answer.status == 503):
        page.route("**/verify/compare/**", lambda route: route.fulfill(status=503), times=1)
    asked = page.locator("[data-compared]").element_handle()
    page.wait_for_function("asked => !asked.isConnected", arg=asked)
    expect(cancel).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Both files have been deleted.")).to_be_visible()
