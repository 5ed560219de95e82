"""Captions of a version: put there, corrected, removed, restored, taken over; and found by search."""

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.captions import tracks
from dam.captions.models import CaptionTrack, TrackSource
from dam.captions.tracks import CaptionsChanged, CaptionsRefused, Said
from dam.catalog import assets, holds
from dam.catalog.models import AssetKind, Version
from dam.core import errors
from dam.media import caption_files
from dam.media.caption_files import Format
from dam.search import search, timed_texts
from dam.search.models import SearchDocument, TimedText, TimedTextKind
from dam.search.results import Why
from dam.search.timed_texts import Line
from tests.factories import VersionFactory, member, next_version

pytestmark = pytest.mark.django_db
LONG = Said("en", label="x" * 81)
EN, DE = Said("en"), Said("de", "captions", "Deutsch für alle")


@pytest.fixture
def version() -> Version:
    return VersionFactory.create()


@pytest.fixture
def by(version: Version) -> Member:
    return member(version.brand, Role.CREATOR)


def words(version: Version) -> dict[str, list[str]]:
    return {each.language: [text for _s, _e, text in each.cues] for each in tracks.of(version)}


def correct(track: CaptionTrack, by: Member, *instead: tuple[int, int, str], **more: int) -> bool:
    place = {"first": 0, "count": len(track.cues), "seen": track.revision} | more
    return tracks.correct(track.version, track.pk, said=Said("en"), instead=instead, by=by, **place)


def test_captions_are_kept_in_the_order_of_their_times(version: Version, by: Member) -> None:
    track = tracks.put(version, EN, [(2000, 3000, "Bye"), (0, 900, "Hello  you\n\nthere")], by=by)
    assert track.cues == [[0, 900, "Hello you\nthere"], [2000, 3000, "Bye"]]
    assert (track.changed_by, track.source) == (by.user, TrackSource.UPLOADED)


def test_words_in_angle_brackets_stay(version: Version, by: Member) -> None:
    first, second = (
        "00:01.000 --> 00:02.000\n<b>Press</b> &lt;Enter&gt;",
        "00:03.000 --> 00:04.000\n&lt;Esc&gt;",
    )
    vtt = f"WEBVTT\n\n{first}\n\n{second}\n".encode()
    track = tracks.put(version, EN, caption_files.read(vtt).cues, by=by)
    assert words(version) == {"en": ["Press <Enter>", "<Esc>"]}
    written = caption_files.write(tracks.cues(track), Format.VTT)
    assert [text for _s, _e, text in caption_files.read(written.encode()).cues] == words(version)["en"]
    correct(track, by, (3000, 4000, "<Escape>"), first=1, count=1)
    assert words(version) == {"en": ["Press <Enter>", "<Escape>"]}


def test_those_of_the_same_language_are_replaced_and_can_be_restored(version: Version, by: Member) -> None:
    first = tracks.put(version, EN, [(0, 900, "first")], by=by)
    second = tracks.put(version, Said("EN"), [(0, 900, "second")], by=by)
    tracks.put(version, DE, [(0, 900, "Hallo")], by=by)
    assert words(version) == {"en": ["second"], "de": ["Hallo"]}
    tracks.restore(version, first.pk, by=by)
    assert words(version) == {"en": ["first"], "de": ["Hallo"]}
    tracks.restore(version, second.pk, by=by)
    assert words(version)["en"] == ["second"]
    tracks.remove(version, second.pk, by=by)
    assert [each.pk for each in tracks.removed(version)] == [second.pk]
    assert words(version) == {"de": ["Hallo"]}


def test_each_change_leaves_an_event(version: Version, by: Member) -> None:
    track = tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    correct(track, by, (0, 900, "Hullo"))
    tracks.remove(version, track.pk, by=by)
    tracks.restore(version, track.pk, by=by)
    verbs = [Verb.CAPTIONS_ADDED, Verb.CAPTIONS_CHANGED, Verb.CAPTIONS_REMOVED, Verb.CAPTIONS_RESTORED]
    events = Event.objects.filter(asset_id=version.asset_id, verb__in=verbs).order_by("sequence")
    assert [event.verb for event in events] == verbs
    assert events[0].data["language"] == "en"


def test_a_stretch_is_corrected_and_the_rest_stays(version: Version, by: Member) -> None:
    track = tracks.put(version, EN, [(at * 1000, at * 1000 + 900, str(at)) for at in range(5)], by=by)
    assert correct(track, by, (1000, 1900, "one"), (1500, 1900, "new"), first=1, count=2)
    assert words(version)["en"] == ["0", "one", "new", "3", "4"]


def test_what_says_the_same_changes_nothing(version: Version, by: Member) -> None:
    track = tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    assert not correct(track, by, (0, 900, " Hello "))


def test_who_corrects_what_somebody_else_has_changed_is_told(version: Version, by: Member) -> None:
    track = tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    correct(track, by, (0, 900, "Hullo"))
    with pytest.raises(CaptionsChanged, match="Open them as they are now"):
        correct(track, by, (0, 900, "Hallo"))


def test_another_name_alone_tells_search_nothing(
    version: Version, by: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    told: list[Version] = []
    monkeypatch.setattr(tracks, "_tell_search", told.append)
    named = Said("en", label="English")
    same = [(0, 900, "Hello")]
    assert tracks.correct(version, track.pk, said=named, first=0, count=1, instead=same, seen=0, by=by)
    track.refresh_from_db()
    assert (track.label, told) == ("English", [])
    assert correct(track, by, (0, 900, "Hullo"))
    assert told == [version]


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda version, by: tracks.put(version, Said("x"), [(0, 9, "a")], by=by), "no_language"),
        (
            lambda version, by: tracks.put(version, LONG, [(0, 9, "a")], by=by),
            "too_long",
        ),
        (lambda version, by: tracks.put(version, EN, [(9, 9, "a"), (0, 9, " ")], by=by), "no_cues"),
        (lambda version, by: tracks.put(version, EN, [(0, 9, "x" * 1001)], by=by), "too_long"),
        (lambda version, by: tracks.put(version, EN, [(0, 9, "x" * 999)] * 401, by=by), "too_long"),
        (lambda version, by: tracks.from_transcript(version, EN, by=by), "no_transcript"),
        (lambda version, by: tracks.take_over(version, by=by), "nothing"),
        (lambda version, by: tracks.remove(version, 0, by=by), "gone"),
        (lambda version, by: tracks.restore(version, 0, by=by), "gone"),
    ],
)
def test_what_cant_be_is_refused(
    version: Version, by: Member, act: Callable[[Version, Member], object], code: str
) -> None:
    with pytest.raises(errors.Refused) as refused:
        act(version, by)
    assert refused.value.code == code


def test_of_images_and_in_the_trash_nothing_is_changed(version: Version, by: Member) -> None:
    still = VersionFactory.create(asset__brand=version.brand, kind=AssetKind.STILL)
    with pytest.raises(CaptionsRefused):
        tracks.put(still, EN, [(0, 9, "a")], by=by)
    assets.trash(version.asset, by=member(version.brand, Role.LIBRARIAN))
    with pytest.raises(CaptionsRefused):
        tracks.put(version, EN, [(0, 9, "a")], by=by)


def test_who_may_not_edit_may_not_change_captions(version: Version) -> None:
    with pytest.raises(PermissionDenied):
        tracks.put(version, EN, [(0, 9, "a")], by=member(version.brand, Role.LEGAL_REVIEWER))


def test_a_new_version_begins_without_and_can_take_over_those_before(version: Version, by: Member) -> None:
    tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    tracks.put(version, DE, [(0, 900, "Hallo")], by=by)
    new = next_version(version, created_by=by.user)
    assert tracks.of(new) == []
    tracks.put(new, EN, [(0, 900, "Hi")], by=by)
    (taken,) = tracks.take_over(new, by=by)
    assert (taken.language, taken.label, taken.kind) == ("de", "Deutsch für alle", "captions")
    assert words(new) == {"en": ["Hi"], "de": ["Hallo"]}
    assert words(version) == {"en": ["Hello"], "de": ["Hallo"]}


def test_after_a_restore_those_of_the_same_file_are_taken_over(version: Version, by: Member) -> None:
    tracks.put(version, EN, [(0, 900, "First cut")], by=by)
    second = next_version(version, created_by=by.user)
    tracks.put(second, EN, [(0, 900, "Second cut")], by=by)
    tracks.put(second, DE, [(0, 900, "Zweiter Schnitt")], by=by)
    Version.objects.filter(pk=second.pk).update(sha256="2" * 64)
    third = next_version(second, created_by=by.user)
    Version.objects.filter(pk=third.pk).update(sha256=version.sha256)
    third.refresh_from_db()
    assert tracks.earlier(third) == version
    tracks.take_over(third, by=by)
    assert words(third) == {"en": ["First cut"]}


def test_no_way_leads_to_more_languages_than_there_may_be(
    version: Version, by: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    new = next_version(version, created_by=by.user)
    monkeypatch.setattr(tracks, "MOST", 1)
    gone = tracks.put(new, Said("fr"), [(0, 900, "Bonjour")], by=by)
    tracks.remove(new, gone.pk, by=by)
    tracks.put(new, DE, [(0, 900, "Hallo")], by=by)
    with pytest.raises(CaptionsRefused, match="1 languages"):
        tracks.take_over(new, by=by)
    with pytest.raises(CaptionsRefused, match="1 languages"):
        tracks.restore(new, gone.pk, by=by)
    assert words(new) == {"de": ["Hallo"]}


def test_a_legal_hold_keeps_every_word(version: Version, by: Member) -> None:
    first = tracks.put(version, EN, [(0, 900, "first")], by=by)
    legal = member(version.brand, Role.LEGAL_REVIEWER)
    holds.place(version.asset, by=legal, reason="Case 7")
    with pytest.raises(CaptionsRefused, match="legal hold"):
        correct(first, by, (0, 900, "Hullo"))
    second = tracks.put(version, EN, [(0, 900, "second")], by=by)  # the first can be restored
    with pytest.raises(CaptionsRefused, match="legal hold"):
        tracks.put(version, EN, [(0, 900, "third")], by=by)
    with pytest.raises(CaptionsRefused, match="legal hold"):
        tracks.remove(version, second.pk, by=by)
    with pytest.raises(DatabaseError, match="Under legal hold"), transaction.atomic():
        CaptionTrack.objects.filter(pk=first.pk).delete()
    tracks.restore(version, first.pk, by=by)
    assert words(version) == {"en": ["first"]}
    holds.lift(version.asset, by=legal, reason="Closed")
    assert tracks.put(version, EN, [(0, 900, "third")], by=by)


def test_captions_are_made_of_what_was_heard(version: Version, by: Member) -> None:
    timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(0, 900, "Good mourning", "en", 0.9)])
    assert tracks.heard_language(version) == "en"
    track = tracks.from_transcript(version, EN, by=by)
    assert (track.cues, track.source) == ([[0, 900, "Good mourning"]], TrackSource.RECOGNISED)
    tracks.put(version, DE, [(0, 900, "Guten Morgen")], by=by)
    assert [each.language for each in tracks.of(version)] == ["de", "en"]  # what was uploaded first


def test_a_transcript_of_too_many_lines_is_refused_and_not_cut(
    version: Version, by: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caption_files, "MOST_CUES", 2)
    heard = [Line(at * 1000, at * 1000 + 900, "Hello", "en") for at in range(3)]
    timed_texts.keep(version, TimedTextKind.SPOKEN, heard)
    with pytest.raises(CaptionsRefused, match="2 captions at most"):
        tracks.from_transcript(version, EN, by=by)


def lexemes(version: Version) -> str:
    return str(SearchDocument.objects.get(version=version).words)


def test_search_finds_what_captions_say_in_place_of_what_was_heard_in_that_language(
    version: Version, by: Member
) -> None:
    heard = [Line(0, 900, "zebra", "en"), Line(1000, 1900, "okapi", "de")]
    timed_texts.keep(version, TimedTextKind.SPOKEN, heard)
    track = tracks.put(version, Said("en-GB"), [(500, 1500, "giraffe")], by=by)
    found = lexemes(version)
    assert ("giraffe" in found, "zebra" in found, "okapi" in found) == (True, False, True)
    tracks.remove(version, track.pk, by=by)
    assert ("giraffe" in lexemes(version), "zebra" in lexemes(version)) == (False, True)


def test_a_hit_says_when_the_caption_is_there(version: Version, by: Member) -> None:
    timed_texts.keep(version, TimedTextKind.SPOKEN, [Line(0, 900, "giraffe heard wrongly")])
    tracks.put(version, EN, [(4000, 5000, "a giraffe")], by=by)
    (hit,) = search.find(by, words="giraffe", ask=lambda spoken, encoder: None).hits
    assert [(each.start_ms, each.why) for each in hit.moments] == [(4000, Why.SAID)]


def test_captions_go_with_their_version_whoever_deletes_it(version: Version, by: Member) -> None:
    tracks.put(version, EN, [(0, 900, "Hello")], by=by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT confdeltype FROM pg_constraint WHERE conname = 'dam_captiontrack_version'")
        assert cursor.fetchone() == ("c",)
    assert TimedText.objects.filter(version=version, kind=TimedTextKind.CAPTION).count() == 1
