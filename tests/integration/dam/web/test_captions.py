"""Captions on the pages of a clip: sent, corrected, downloaded."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.captions import tracks
from dam.captions.models import CaptionTrack
from dam.captions.tracks import Said
from dam.catalog.models import AssetKind, Version
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line
from dam.web.caption_forms import PAGE
from tests.factories import RenditionFactory, VersionFactory, member, next_version

pytestmark = pytest.mark.django_db
SRT = b"1\n00:00:01,000 --> 00:00:02,000\nHello <i>there</i>\n"


@pytest.fixture
def version() -> Version:
    version = VersionFactory.create()
    RenditionFactory.create(version=version, kind="proxy")
    return version


@pytest.fixture
def by(version: Version) -> Member:
    return member(version.brand, Role.CREATOR)


@pytest.fixture
def editor(client: Client, by: Member) -> Client:
    client.force_login(by.user)
    return client


@pytest.fixture
def track(version: Version, by: Member) -> CaptionTrack:
    return tracks.put(version, Said("en"), [(1000, 2000, "Hello"), (2000, 3000, "Bye")], by=by)


def at(name: str, version: Version, *more: object) -> str:
    return reverse(name, args=[version.brand.slug, version.asset_id, *more])


def file_of(version: Version, language: str = "en", form: str = "vtt") -> str:
    return reverse("captions-file", args=[version.brand.slug, version.pk, language, form])


def sent(content: bytes = SRT, **more: str) -> dict[str, object]:
    return {"file": SimpleUploadedFile("a.srt", content), "language": "en", "kind": "subtitles", **more}


def test_a_file_that_is_sent_is_played_and_offered(editor: Client, version: Version) -> None:
    page = editor.post(at("asset-captions", version), sent(), follow=True).content.decode()
    assert "Captions added." in page
    clip = editor.get(at("asset", version)).content.decode()
    assert f'src="{file_of(version)}?of=' in clip
    assert f'href="{file_of(version, form="srt")}?save=1"' in clip


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (sent(b"1\nnonsense\n"), "Line 1:"),
        (sent(language="English"), "tag of a language"),
        (sent(label="x" * 81), "80 characters"),
        ({"language": "en"}, "This field is required"),
    ],
)
def test_what_cant_be_read_is_told_beside_its_field(
    editor: Client, version: Version, form: dict[str, object], words: str
) -> None:
    answer = editor.post(at("asset-captions", version), form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert tracks.of(version) == []


def test_the_files_are_what_players_and_programs_read(
    editor: Client, version: Version, track: CaptionTrack
) -> None:
    vtt, srt = editor.get(file_of(version)), editor.get(file_of(version, form="srt"), {"save": "1"})
    assert vtt.content.startswith(b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n")
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert srt.content.startswith(b"1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    assert '.en.srt"' in srt["Content-Disposition"]
    for missing in (file_of(version, "de"), file_of(version, form="ass")):
        assert editor.get(missing).status_code == 404


def test_those_of_a_draft_are_there_for_nobody_who_sees_releases_alone(
    client: Client, version: Version, track: CaptionTrack
) -> None:
    client.force_login(member(version.brand, Role.VIEWER).user)
    assert client.get(file_of(version)).status_code == 404


def test_a_word_and_a_time_are_corrected_and_one_is_added(
    editor: Client, version: Version, track: CaptionTrack
) -> None:
    lines = {
        "start-0": "0:01,5", "end-0": "0:02", "text-0": "Hullo",
        "start-1": "0:02", "end-1": "0:03", "text-1": "",
        "start-new": "5", "end-new": "6", "text-new": "The end",
    }  # fmt: skip
    address = at("asset-caption", version, track.pk)
    answer = editor.post(address, lines | {"seen": "0", "label": "English"}, follow=True)
    assert "Saved." in answer.content.decode()
    track.refresh_from_db()
    assert track.cues == [[1500, 2000, "Hullo"], [5000, 6000, "The end"]]
    assert track.label == "English"


def test_a_time_that_is_none_is_told_in_its_row_and_nothing_is_lost(
    editor: Client, version: Version, track: CaptionTrack
) -> None:
    lines = {"start-0": "soon", "end-0": "0:02", "text-0": "Hullo", "seen": "0"}
    answer = editor.post(at("asset-caption", version, track.pk), lines)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="soon"' in page
    assert "Hullo" in page
    assert "1 caption needs another look." in page
    track.refresh_from_db()
    assert track.revision == 0


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    editor: Client, version: Version, track: CaptionTrack
) -> None:
    lines = {"start-0": "0:01", "end-0": "0:02", "text-0": "Hullo", "seen": "7"}
    address = at("asset-caption", version, track.pk)
    answer = editor.post(address, lines)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Someone else just changed these captions." in page
    assert f'href="{address}?version=1&amp;page=1">Open them as they are now' in page
    assert "data-unsent" not in page
    assert 'type="submit">Save' not in page


def test_a_line_that_somebody_else_removed_meanwhile_is_shown_as_it_was_typed(
    editor: Client, version: Version, track: CaptionTrack, by: Member
) -> None:
    tracks.correct(
        version, track.pk, said=Said("en"), first=0, count=2, instead=[(0, 9, "Hi")], seen=0, by=by
    )
    lines = {"text-0": "Hi", "start-1": "0:02", "end-1": "0:03", "text-1": "Good bye", "seen": "0"}
    answer = editor.post(at("asset-caption", version, track.pk), lines)
    assert answer.status_code == 422
    assert "Good bye</textarea>" in answer.content.decode()


def test_those_that_were_removed_or_replaced_while_they_were_corrected_are_told_of(
    editor: Client, version: Version, track: CaptionTrack, by: Member
) -> None:
    tracks.put(version, Said("en"), [(0, 900, "Other")], by=by)
    address = at("asset-caption", version, track.pk)
    answer = editor.post(address, {"text-0": "Hullo", "seen": "0"})
    assert answer.status_code == 409
    assert "These captions were removed or replaced. Restore them under Captions" in answer.content.decode()
    assert editor.get(address).status_code == 404
    tracks.restore(version, track.pk, by=by)
    assert editor.get(address).status_code == 200


def test_what_can_be_restored_no_more_is_told_without_that_promise(
    editor: Client, version: Version, track: CaptionTrack, by: Member
) -> None:
    for words in ("Other", "Another"):
        tracks.put(version, Said("en"), [(0, 900, words)], by=by)
    answer = editor.post(at("asset-caption", version, track.pk), {"text-0": "Hullo", "seen": "0"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "any more" in page
    assert "Restore them" not in page


def test_a_page_of_them_has_one_address_by_whichever_way_it_was_opened(
    editor: Client, version: Version, track: CaptionTrack
) -> None:
    address = at("asset-caption", version, track.pk)
    for way in ("", "?version=1", "?version=1&page=1", "?page=9"):
        assert f'action="{address}?version=1&amp;page=1"' in editor.get(address + way).content.decode()


def test_many_are_corrected_a_page_at_a_time(editor: Client, version: Version, by: Member) -> None:
    many = [(at * 1000, at * 1000 + 500, f"line {at}") for at in range(PAGE + 5)]
    track = tracks.put(version, Said("en"), many, by=by)
    page = editor.get(at("asset-caption", version, track.pk), {"page": "2"}).content.decode()
    assert f"line {PAGE}<" in page
    assert "line 5<" not in page
    kept = {
        f"{name}-{place}": value
        for place in range(PAGE, PAGE + 5)
        for name, value in (("start", f"{place}"), ("end", f"{place}.5"), ("text", "other"))
    }
    editor.post(at("asset-caption", version, track.pk) + "?page=2", kept | {"seen": "0"})
    track.refresh_from_db()
    assert [each[2] for each in track.cues[PAGE - 1 :]] == [f"line {PAGE - 1}", *["other"] * 5]


def test_captions_are_removed_and_restored(editor: Client, version: Version, track: CaptionTrack) -> None:
    address = at("asset-caption-act", version, track.pk)
    assert "Restore" in editor.post(address, {"do": "remove"}, follow=True).content.decode()
    assert tracks.of(version) == []
    editor.post(address, {"do": "restore"})
    assert len(tracks.of(version)) == 1
    assert editor.post(address, {"do": "else"}).status_code == 404


def test_the_transcript_becomes_captions_with_one_press(editor: Client, version: Version) -> None:
    assert "from the transcript" not in editor.get(at("asset-captions", version)).content.decode()
    timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(0, 900, "Hello", "en")])
    assert 'value="en"' in editor.get(at("asset-captions", version)).content.decode()
    answer = editor.post(
        at("asset-captions-make", version), {"do": "transcript", "language": "en"}, follow=True
    )
    assert "Captions made from the transcript." in answer.content.decode()


def test_those_of_an_earlier_version_are_offered_and_taken_over(
    editor: Client, version: Version, track: CaptionTrack, by: Member
) -> None:
    new = next_version(version, created_by=by.user)
    page = editor.get(at("asset-captions", version)).content.decode()
    assert "Take over the captions of version 1" in page
    editor.post(at("asset-captions-make", version), {"do": "take-over"})
    assert len(tracks.of(new)) == 1
    assert "Take over" not in editor.get(at("asset-captions", version)).content.decode()


def test_images_have_none(editor: Client, version: Version) -> None:
    still = VersionFactory.create(asset__brand=version.brand, kind=AssetKind.STILL)
    assert editor.get(at("asset-captions", still)).status_code == 404
    assert "Add captions" not in editor.get(at("asset", still)).content.decode()
