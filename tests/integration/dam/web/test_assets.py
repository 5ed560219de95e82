"""The asset page, editing, the trash."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog.models import Asset, RenditionKind, Version
from dam.ingest import steps
from dam.ingest.models import Step, StepState
from dam.rights.models import RightsRecord
from dam.search import search
from tests.factories import ApprovedVersionFactory, RenditionFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn

HTMX = {"HTTP_HX_REQUEST": "true"}
PANEL = HTMX | {"HTTP_HX_TARGET": "panel"}


@pytest.fixture
def draft(brand: Brand) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand, asset__title="Summer can")
    return version


def page_of(asset: Asset) -> str:
    return f"/b/northwind/assets/{asset.pk}/"


def test_the_first_line_says_whether_it_may_be_used(draft: Version, sign_in: SignIn) -> None:
    page = sign_in(Role.CREATOR).get(page_of(draft.asset)).content.decode()
    assert "Not cleared for use." in page
    assert "been sent to review." in page


def test_that_a_draft_cannot_be_downloaded_is_said_to_those_who_can_not(
    draft: Version, sign_in: SignIn
) -> None:
    only, master = "Only approved clips can be downloaded.", "Download master"
    for role, said, unsaid in [(Role.BRAND_REVIEWER, only, master), (Role.CREATOR, master, only)]:
        page = sign_in(role).get(page_of(draft.asset)).content.decode()
        assert said in page
        assert unsaid not in page


def test_a_viewer_cannot_tell_whether_a_draft_exists(draft: Version, sign_in: SignIn) -> None:
    assert sign_in(Role.VIEWER).get(page_of(draft.asset)).status_code == 404


def test_the_player_starts_at_the_moment_in_the_address(draft: Version, sign_in: SignIn) -> None:
    RenditionFactory.create(version=draft, kind=RenditionKind.PROXY)
    page = sign_in(Role.CREATOR).get(page_of(draft.asset), {"t": "1.25"})
    assert 'data-start="1250"' in page.content.decode()


@pytest.mark.parametrize("moment", ["x", "-4", "nan", "inf", "1e999", ""])
def test_a_broken_moment_is_the_beginning(draft: Version, sign_in: SignIn, moment: str) -> None:
    assert sign_in(Role.CREATOR).get(page_of(draft.asset), {"t": moment}).context["start_ms"] == 0


def test_a_clip_without_a_preview_says_why(draft: Version, sign_in: SignIn) -> None:
    Version.objects.filter(pk=draft.pk).update(processing="failed", processing_reason="The encoder stopped.")
    assert "The encoder stopped." in sign_in(Role.CREATOR).get(page_of(draft.asset)).content.decode()


def test_a_release_that_may_leave_can_be_downloaded(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    page = sign_in(Role.VIEWER).get(page_of(version.asset)).content.decode()
    assert f"/b/northwind/assets/{version.asset_id}/downloads/?version=1" in page  # which asks what it is for
    assert "Download release" in page
    assert f"/b/northwind/files/{version.pk}/master" not in page


def test_a_release_that_may_not_leave_says_why(draft: Version, sign_in: SignIn) -> None:
    Version.objects.filter(pk=draft.pk).update(approval="approved")
    page = sign_in(Role.CREATOR).get(page_of(draft.asset)).content.decode()
    assert f"/b/northwind/versions/{draft.pk}/release/" not in page
    assert 'id="why-no-release"' in page


def test_a_viewer_gets_no_tabs_about_the_work(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    page = sign_in(Role.VIEWER).get(page_of(version.asset), {"tab": "activity"})
    assert list(page.context["tabs"]) == ["details", "rights", "credentials"]
    assert page.context["tab"] == "details"
    assert "events" not in page.context


def test_a_tab_comes_alone_when_htmx_asks(draft: Version, sign_in: SignIn) -> None:
    part = sign_in(Role.CREATOR).get(page_of(draft.asset), {"tab": "files"}, **PANEL)  # type: ignore[arg-type]
    assert 'data-tab="files"' in part.content.decode()
    assert "<html" not in part.content.decode()


def test_a_failed_step_offers_to_run_again(draft: Version, sign_in: SignIn) -> None:
    Step.objects.create(
        **steps.whose(draft), name="proxy", position=2, state=StepState.FAILED, reason="No room."
    )
    address = page_of(draft.asset)
    shown = sign_in(Role.CREATOR).get(address, {"tab": "files"}).content.decode()
    assert "No room." in shown
    assert "Try again" in shown
    assert "Try again" not in sign_in(Role.BRAND_REVIEWER).get(address, {"tab": "files"}).content.decode()


def test_more_parts_need_no_more_queries(
    draft: Version, sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for kind in RenditionKind:
        RenditionFactory.create(version=draft, kind=kind)
    client = sign_in(Role.CREATOR)
    client.get(page_of(draft.asset))  # notes that they were here
    with django_assert_max_num_queries(15):  # one for its captions, one for those who can send it to review
        client.get(page_of(draft.asset), {"tab": "files"})


def test_an_edit_is_found_by_its_new_words(brand: Brand, draft: Version, sign_in: SignIn) -> None:
    words = {"title": "Winter can", "description": "On ice", "tags": "Lime, hero"}
    answer = sign_in(Role.CREATOR).post(page_of(draft.asset) + "edit/", words)
    assert answer.status_code == 302
    person = member(brand)
    for found in ("winter", "ice", "tag:lime"):
        assert search.find(person, words=found).total == 1
    assert Event.objects.get(verb="asset.edited").data["title"] == ["Summer can", "Winter can"]


def test_an_edit_in_the_page_renames_the_tab_and_the_path_too(draft: Version, sign_in: SignIn) -> None:
    address = page_of(draft.asset) + "edit/"
    answer = sign_in(Role.CREATOR).post(address, {"title": "New name"}, **HTMX)  # type: ignore[arg-type]
    said = answer.content.decode()
    assert "<title> New name · Reelproof </title>" in " ".join(said.split())
    assert said.count("New name") >= 3


def test_an_edit_in_the_page_answers_with_the_details(draft: Version, sign_in: SignIn) -> None:
    part = sign_in(Role.CREATOR).post(page_of(draft.asset) + "edit/", {"title": "Winter can"}, **HTMX)  # type: ignore[arg-type]
    assert "Winter can" in part.content.decode()
    assert "<html" not in part.content.decode()


def test_a_title_of_spaces_comes_back_with_its_error(draft: Version, sign_in: SignIn) -> None:
    answer = sign_in(Role.CREATOR).post(page_of(draft.asset) + "edit/", {"title": "   "}, **HTMX)  # type: ignore[arg-type]
    assert answer.status_code == 422
    assert Asset.objects.get(pk=draft.asset.pk).title == "Summer can"


def test_words_are_shown_and_never_run(draft: Version, sign_in: SignIn) -> None:
    sneaky = '<img src=x onerror="alert(1)">'
    client = sign_in(Role.CREATOR)
    client.post(page_of(draft.asset) + "edit/", {"title": sneaky, "description": sneaky, "tags": sneaky})
    assert "<img src=x" not in client.get(page_of(draft.asset)).content.decode()
    assert "<img src=x" not in client.get("/b/northwind/").content.decode()


def test_a_reviewer_may_not_edit(draft: Version, sign_in: SignIn) -> None:
    client = sign_in(Role.LEGAL_REVIEWER)
    assert client.post(page_of(draft.asset) + "edit/", {"title": "Mine"}).status_code == 403


def test_the_trash_takes_it_out_of_the_library_and_gives_it_back(draft: Version, sign_in: SignIn) -> None:
    client = sign_in(Role.LIBRARIAN)
    client.post(page_of(draft.asset) + "trash/")
    assert client.get(page_of(draft.asset)).status_code == 404
    assert "Summer can" in client.get("/b/northwind/trash/").content.decode()
    client.post(page_of(draft.asset) + "restore/")
    assert client.get(page_of(draft.asset)).status_code == 200


@pytest.mark.parametrize("act", ["trash/", "restore/"])
def test_the_trash_is_moved_by_a_press_not_by_a_link(draft: Version, sign_in: SignIn, act: str) -> None:
    answer = sign_in(Role.LIBRARIAN).get(page_of(draft.asset) + act)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "Go back to continue" in answer.content.decode()


def test_a_page_that_waits_for_its_preview_gets_whole_stage_again(draft: Version, sign_in: SignIn) -> None:
    stage = HTMX | {"HTTP_HX_TARGET": "stage"}
    answer = sign_in(Role.CREATOR).get(page_of(draft.asset), **stage)  # type: ignore[arg-type]
    assert b'id="stage"' in answer.content


MAIN = re.compile(r'class="button button-primary"[^>]*>.*?</svg>([^<]+)<', re.DOTALL)


@pytest.mark.parametrize(
    ("approval", "role", "main"),
    [
        ("draft", Role.CREATOR, ["Send to review"]),
        ("draft", Role.BRAND_REVIEWER, []),
        ("in_review", Role.LEGAL_REVIEWER, ["Review this clip"]),
        ("in_review", Role.CREATOR, []),
        ("changes_requested", Role.CREATOR, ["Upload a new version"]),
        ("changes_requested", Role.BRAND_REVIEWER, []),
    ],
)
def test_the_main_button_is_what_comes_next_for_who_looks(
    draft: Version, sign_in: SignIn, approval: str, role: Role, main: list[str]
) -> None:
    Version.objects.filter(pk=draft.pk).update(approval=approval)
    page = sign_in(role).get(page_of(draft.asset)).content.decode()
    usage = page.split('class="usage-acts"')[1].split("</section>")[0]
    assert MAIN.findall(usage) == main
    assert "aria-disabled" not in usage


def test_of_a_clip_that_people_talk_about_the_talk_is_shown_first(draft: Version, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    assert client.get(page_of(draft.asset)).context["tab"] == "details"
    Version.objects.filter(pk=draft.pk).update(approval="in_review")
    assert client.get(page_of(draft.asset)).context["tab"] == "review"


def test_a_clearance_ends_on_the_day_of_the_clock_where_the_brand_is(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    Brand.objects.update(time_zone="America/Los_Angeles")
    last_second = datetime(2031, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("America/Los_Angeles"))
    RightsRecord.objects.filter(version=version).update(valid_until=last_second)
    page = sign_in(Role.VIEWER).get(page_of(version.asset)).content.decode()
    assert "until 31 December 2031" in page


def test_a_page_left_open_hears_that_its_clip_was_renamed(draft: Version, sign_in: SignIn) -> None:
    client = sign_in(Role.LIBRARIAN)
    client.post(page_of(draft.asset) + "edit/", {"title": "Winter can", "description": "", "tags": ""})
    line = client.get(page_of(draft.asset) + "usage/").content.decode()
    assert "<title> Winter can · Reelproof </title>" in " ".join(line.split())
    assert re.search(r'id="asset-crumb"[^>]*hx-swap-oob="true"[^>]*>Winter can<', line)
    assert client.get(page_of(draft.asset)).content.decode().count("<title>") == 1


def test_a_page_left_open_says_that_its_clip_may_be_seen_no_more(brand: Brand, sign_in: SignIn) -> None:
    asset = ApprovedVersionFactory.create(asset__brand=brand).asset
    client = sign_in(Role.VIEWER)
    line = page_of(asset) + "usage/"
    assert "Download release" in client.get(page_of(asset)).content.decode()
    Asset.objects.update(released=None)
    assert client.get(line).status_code == 404
    left_open = client.get(line, headers={"HX-Request": "true"})
    assert left_open.status_code == 200
    said = left_open.content.decode()
    assert "You can no longer see this clip" in said
    assert "Download" not in said
    assert asset.title not in said


def test_the_files_tab_says_of_credentials_what_is_known_now(draft: Version, sign_in: SignIn) -> None:
    whose = steps.whose(draft)
    Step.objects.create(**whose, name="credentials", position=9, state=StepState.DONE, reason="Trusted")
    Version.objects.filter(pk=draft.pk).update(credentials="test")
    panel = sign_in(Role.CREATOR).get(page_of(draft.asset), {"tab": "files"}, **PANEL)  # type: ignore[arg-type]
    page = panel.content.decode()
    assert "Test certificate" in page
    assert "Trusted" not in page


def test_a_still_is_a_picture_to_look_at_closely(draft: Version, sign_in: SignIn) -> None:
    Version.objects.filter(pk=draft.pk).update(
        kind="still", frame_count=None, rate_numerator=None, duration_ms=None, width=4000, height=3000
    )
    RenditionFactory.create(version=draft, kind=RenditionKind.PICTURE)
    page = sign_in(Role.CREATOR).get(page_of(draft.asset)).content.decode()
    assert reverse("file", args=["northwind", draft.pk, "picture"]) in page
    assert "<reel-picture" in page
    assert "4000 × 3000" in page
    for of_clips in ("<reel-player", "Length", "Transcript", "Generate a new version", "More like this shot"):
        assert of_clips not in page
