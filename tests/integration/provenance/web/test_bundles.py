"""Many releases as one ZIP: only what this person may have, the rest named with reasons."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.captions.models import CaptionTrack
from dam.catalog.models import Version
from dam.core import storage
from dam.media import caption_files
from dam.media import presets as presets_of
from dam.media.caption_files import Format
from dam.media.presets import Recipe
from dam.rights import making
from dam.rights.models import Relation, RightsRecord
from provenance.downloads import bundle, preset_files, presets
from provenance.downloads.models import DownloadPreset, FileState, PresetFile
from provenance.models import Release
from provenance.sidecars.models import Sidecar
from tests import release_factory
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member
from tests.unit.dam.media.test_probe import INFO

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous"),
]


@pytest.fixture
def brand() -> Brand:
    made: Brand = BrandFactory.create()
    return made


def released(brand: Brand, folder: Path, title: str, content: bytes, *, suffix: str = ".mp4") -> Version:
    made: Version = ApprovedVersionFactory.create(
        asset__brand=brand, asset__title=title, media_info=INFO.to_json()
    )
    path = folder / title
    path.write_bytes(content)
    release_factory.ready(made, stored=storage.put(path, brand_id=brand.pk, suffix=suffix))
    return made


def zipped(versions: list[Version], by: Member, **fields: str) -> zipfile.ZipFile:
    client = Client()
    client.force_login(by.user)
    given: dict[str, Any] = {"use": "other", "territory": "worldwide"} | {
        "asset": [str(version.asset_id) for version in versions],
        **fields,
    }
    response = client.post(reverse("download-zip", args=[by.brand.slug]), given)
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response)))


def told(whole: zipfile.ZipFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(whole.read("contents.json"))
    return found


def test_it_holds_the_releases_and_says_under_which_terms(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "Summer", b"one"), released(brand, tmp_path, "Winter", b"other")
    whole = zipped([one, other], member(brand, Role.VIEWER))
    assert whole.testzip() is None
    assert whole.namelist() == ["Summer.mp4", "Winter.mp4", "contents.csv", "contents.json"]
    assert whole.read("Winter.mp4") == b"other"
    first = told(whole)["included"][0]
    release = Release.objects.get(version=one)
    assert (first["file"], first["sha256"], first["uses"]) == ("Summer.mp4", release.sha256, ["web"])
    rows = list(csv.DictReader(io.StringIO(whole.read("contents.csv").decode("utf-8-sig"))))
    assert [row["territories"] for row in rows] == ["worldwide", "worldwide"]


def test_the_list_says_what_is_left_by_what_a_clip_was_made_from(brand: Brand, tmp_path: Path) -> None:
    made = released(brand, tmp_path, "Cut", b"cut")
    source: Version = ApprovedVersionFactory.create(asset__brand=brand)
    until = timezone.now() + timedelta(days=3)
    RightsRecord.objects.filter(version=source).update(
        uses=["web"], territories=["EU", "US"], valid_until=until
    )
    making.add(made, source, relation=Relation.COMPONENT, by=member(brand, Role.ADMIN))
    line = told(zipped([made], member(brand, Role.VIEWER), territory="US"))["included"][0]
    assert (line["uses"], line["territories"]) == (["web"], ["EU", "US"])
    assert line["valid_until"] == until.isoformat()


def test_what_may_not_leave_is_named_with_its_reason(brand: Brand, tmp_path: Path) -> None:
    good, ended = released(brand, tmp_path, "Good", b"good"), released(brand, tmp_path, "Ended", b"ended")
    draft: Version = VersionFactory.create(asset__brand=brand, asset__title="Draft")
    RightsRecord.objects.filter(version=ended).update(valid_until=timezone.now() - timedelta(days=1))
    whole = zipped([good, ended, draft], member(brand, Role.CREATOR))
    assert whole.namelist()[:-2] == ["Good.mp4"]
    reasons = {each["title"]: each["reason"] for each in told(whole)["not_included"]}
    assert "Its clearance ended" in reasons["Ended"]
    assert "It hasn't been sent to review." in reasons["Draft"]


def test_of_what_somebody_cannot_see_nothing_is_said(brand: Brand, tmp_path: Path) -> None:
    good = released(brand, tmp_path, "Good", b"good")
    draft: Version = VersionFactory.create(asset__brand=brand, asset__title="Secret draft")
    elsewhere = released(BrandFactory.create(), tmp_path, "Elsewhere", b"elsewhere")
    whole = zipped([good, draft, elsewhere], member(brand, Role.VIEWER))
    assert whole.namelist()[:-2] == ["Good.mp4"]
    assert told(whole)["not_included"] == []


def test_the_rights_are_asked_when_a_clips_turn_comes(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "One", b"one"), released(brand, tmp_path, "Other", b"other")
    by = member(brand, Role.CREATOR)
    pieces = bundle.stream([one.asset_id, other.asset_id], by=by, preset=None, at=bundle.clock(by))
    parts = [next(pieces)]
    RightsRecord.objects.filter(version=other).update(embargo_until=timezone.now() + timedelta(days=1))
    whole = zipfile.ZipFile(io.BytesIO(b"".join([*parts, *pieces])))
    assert whole.namelist()[:-2] == ["One.mp4"]
    assert "embargo" in told(whole)["not_included"][0]["reason"]


def test_each_file_that_left_is_in_the_trail(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "One", b"one"), released(brand, tmp_path, "Other", b"other")
    zipped([one, other], member(brand, Role.VIEWER))
    events = Event.objects.filter(verb="release.downloaded")
    assert {event.asset_id for event in events} == {one.asset_id, other.asset_id}
    assert all(event.data["zip"] for event in events)


def test_a_file_that_storage_lost_is_named(brand: Brand, tmp_path: Path) -> None:
    good, lost = released(brand, tmp_path, "Good", b"good"), released(brand, tmp_path, "Lost", b"lost")
    storage.delete(Release.objects.get(version=lost).storage_key)
    whole = zipped([good, lost], member(brand, Role.VIEWER))
    assert whole.testzip() is None
    assert told(whole)["not_included"][0]["reason"] == "The file is missing from storage."


def test_clips_of_one_title_lie_beside_each_other(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "Same", b"one"), released(brand, tmp_path, "Same", b"other")
    assert zipped([one, other], member(brand, Role.VIEWER)).namelist()[:2] == ["Same.mp4", "Same (2).mp4"]


def test_a_title_is_no_path_and_no_formula(brand: Brand, tmp_path: Path) -> None:
    bad = released(brand, tmp_path, "bad", b"bad")
    type(bad.asset).objects.filter(pk=bad.asset_id).update(title="=../../etc/passwd")
    whole = zipped([bad], member(brand, Role.VIEWER))
    assert "/" not in whole.namelist()[0]
    assert "'=../../etc/passwd" in whole.read("contents.csv").decode()


def test_in_another_format_there_is_what_is_made_and_the_rest_can_be(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "One", b"one"), released(brand, tmp_path, "Other", b"other")
    by = member(brand, Role.VIEWER)
    preset = presets.of(brand).get(shipped="square")
    client = Client()
    client.force_login(by.user)
    address = reverse("selection-download", args=[brand.slug])
    given: dict[str, Any] = {"asset": [str(one.asset_id), str(other.asset_id)], "preset": str(preset.pk)}
    page = client.post(address, given).content.decode()
    assert "Make the 2 missing files" in page
    client.post(address, given | {"make": "1"})
    assert PresetFile.objects.filter(state=FileState.WAITING).count() == 2
    made = PresetFile.objects.get(version=one)
    release = Release.objects.get(version=one)
    PresetFile.objects.filter(pk=made.pk).update(
        state=FileState.READY, sha256=release.sha256, size=3, storage_key=release.storage_key
    )
    whole = zipped([one, other], by, preset=str(preset.pk))
    assert whole.namelist()[:-2] == ["One (Square 1_1).mp4"]
    assert told(whole)["not_included"][0]["reason"] == "This format is being made."


def formats_page(versions: list[Version], by: Member, **fields: str) -> str:
    client = Client()
    client.force_login(by.user)
    given: dict[str, Any] = {"use": "other", "territory": "worldwide"} | {
        "asset": [str(version.asset_id) for version in versions],
        **fields,
    }
    page: str = client.post(reverse("selection-download", args=[by.brand.slug]), given).content.decode()
    return page


def test_a_format_that_no_clip_can_have_is_not_offered_to_be_made(brand: Brand, tmp_path: Path) -> None:
    long, short = released(brand, tmp_path, "Long", b"long"), released(brand, tmp_path, "Short", b"short")
    Version.objects.filter(pk=long.pk).update(duration_ms=61_000)
    Version.objects.filter(pk=short.pk).update(duration_ms=2_000)
    gif = str(presets.of(brand).get(shipped="gif").pk)
    page = formats_page([long], member(brand, Role.VIEWER), preset=gif)
    assert "GIF is for clips of up to 60 seconds." in page
    assert "Make the missing file" not in page
    assert "Make the missing file" in formats_page([long, short], member(brand, Role.VIEWER), preset=gif)


def test_what_failed_is_said_in_words_of_ours(brand: Brand, tmp_path: Path) -> None:
    one, by = released(brand, tmp_path, "One", b"one"), member(brand, Role.VIEWER)
    preset = presets.of(brand).get(shipped="square")
    preset_files.request(Version.objects.get(pk=one.pk), preset, by=by)
    printed = "OSError: [Errno 28] No space left on device"
    PresetFile.objects.update(state=FileState.FAILED, reason=printed)
    whole = zipped([one], by, preset=str(preset.pk))
    reason = told(whole)["not_included"][0]["reason"]
    assert reason.startswith("This format couldn't be made: Something went wrong on the server.")
    assert "Errno" not in reason


@dataclass(frozen=True)
class Made:
    file: PresetFile
    preset: DownloadPreset


def made_in(version: Version, format: str, sidecar: bytes | None) -> Made:
    """The version's file in a format that the brand has from now on, with what lies beside it."""
    recipe = Recipe(format=presets_of.Format(format)).to_json()
    preset, _new = DownloadPreset.objects.get_or_create(
        brand=version.brand, name=format, defaults={"recipe": recipe}
    )
    release = Release.objects.get(version=version)
    preset_files.request(Version.objects.get(pk=version.pk), preset, by=member(version.brand, Role.VIEWER))
    rows = PresetFile.objects.filter(version=version)
    key = release.storage_key
    rows.update(state=FileState.READY, sha256=release.sha256, size=3, storage_key=key)
    if sidecar is not None:
        sidecar_of(release, sidecar, sha256=release.sha256)
    return Made(rows.get(), preset)


def test_what_one_zip_does_not_take_is_said_of_the_next_format_too(
    brand: Brand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "MOST", 2)
    versions = [released(brand, tmp_path, f"Clip {number}", b"x") for number in range(4)]
    by = member(brand, Role.VIEWER)
    page = formats_page(versions, by)
    assert "One ZIP takes 2 clips." in page
    form = page.partition("selection/download/")[2].partition("</form>")[0]
    again = [version for version in versions if str(version.asset_id) in form]
    assert "One ZIP takes 2 clips." in formats_page(again, by)


def test_choosing_asks_as_much_for_many_clips_as_for_few(
    brand: Brand, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    versions = [released(brand, tmp_path, f"Clip {number}", b"x") for number in range(6)]
    by, preset = member(brand, Role.VIEWER), presets.of(brand).get(shipped="square")
    ids = [version.asset_id for version in versions]
    for count in (2, 6):
        with django_assert_num_queries(6):
            bundle.entries(ids[:count], by=by, preset=preset, at=timezone.now())


def test_nothing_chosen_is_said(brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    assert client.post(reverse("selection-download", args=[brand.slug])).status_code == 302


def test_all_that_a_list_shows_can_be_chosen(brand: Brand, tmp_path: Path) -> None:
    for title in ("Summer sea", "Summer hills"):
        released(brand, tmp_path, title, title.encode())
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    given = {"all": "1", "query": "?origin=uploaded"}
    page = client.post(reverse("selection-download", args=[brand.slug]), given).content.decode()
    assert "Summer sea" in page
    assert "Summer hills" in page


def captioned(version: Version, *languages: str) -> None:
    for language in languages:
        CaptionTrack.objects.create(version=version, language=language, cues=[[0, 900, f"Words, {language}"]])


def sidecar_of(release: Release, content: bytes, **fields: Any) -> None:
    Sidecar.objects.create(release=release, content=content, **fields)


def test_captions_of_each_clip_lie_beside_its_file(brand: Brand, tmp_path: Path) -> None:
    one, other = released(brand, tmp_path, "One", b"one"), released(brand, tmp_path, "Other", b"other")
    captioned(one, "de", "en")
    release = Release.objects.get(version=one)
    track = CaptionTrack.objects.get(version=one, language="de")
    words = caption_files.write([(0, 900, "Words, de")], Format.VTT).encode()
    digest = hashlib.sha256(words).hexdigest()
    sidecar_of(release, b"c2pa", track=track, form="vtt", revision=0, sha256=digest)
    by = member(brand, Role.VIEWER)
    whole = zipped([one, other], by, captions="vtt")
    assert whole.namelist()[:-2] == [
        "One.mp4",
        "One.de.vtt",
        "One.de.vtt.c2pa",
        "One.en.vtt",
        "Other.mp4",
    ]
    assert whole.read("One.de.vtt") == words
    srt = zipped([one, other], by, captions="srt").namelist()[:-2]  # nothing is signed in this form
    assert srt == ["One.mp4", "One.de.srt", "One.en.srt", "Other.mp4"]
    assert zipped([one], by, captions="ass").namelist()[:-2] == ["One.mp4"]
    page = formats_page([one], by, captions="srt")
    assert '<input type="hidden" name="captions" value="srt" />' in page


def test_credentials_lie_beside_the_captions_that_they_are_about(brand: Brand, tmp_path: Path) -> None:
    clips = [released(brand, tmp_path, "Same", kind.encode(), suffix=kind) for kind in (".mp4", ".mov")]
    for clip in clips:
        captioned(clip, "en")
        words = caption_files.write([(0, 900, "Words, en")], Format.VTT).encode()
        release, track = Release.objects.get(version=clip), CaptionTrack.objects.get(version=clip)
        digest = hashlib.sha256(words).hexdigest()
        sidecar_of(release, b"c2pa", track=track, form="vtt", revision=0, sha256=digest)
    whole = zipped(clips, member(brand, Role.VIEWER), captions="vtt")
    assert [(each["file"], each["belongs_to"]) for each in told(whole)["included"]] == [
        ("Same.mp4", ""),
        ("Same.en.vtt", "Same.mp4"),
        ("Same.en.vtt.c2pa", "Same.en.vtt"),
        ("Same.mov", ""),
        ("Same.en (2).vtt", "Same.mov"),
        ("Same.en (2).vtt.c2pa", "Same.en (2).vtt"),
    ]


def test_credentials_of_a_second_file_of_one_name_lie_beside_it(brand: Brand, tmp_path: Path) -> None:
    clips = [released(brand, tmp_path, "Same", content) for content in (b"one", b"other")]
    made = [made_in(clip, "webm", b"c2pa") for clip in clips]
    whole = zipped(clips, member(brand, Role.VIEWER), preset=str(made[0].preset.pk))
    names = whole.namelist()[:-2]
    assert len(names) == 4
    assert names[1::2] == [f"{name}.c2pa" for name in names[::2]]


def test_captions_of_what_may_not_leave_stay_here(brand: Brand, tmp_path: Path) -> None:
    ended = released(brand, tmp_path, "Ended", b"ended")
    captioned(ended, "en")
    RightsRecord.objects.filter(version=ended).update(valid_until=timezone.now() - timedelta(days=1))
    whole = zipped([ended], member(brand, Role.CREATOR), captions="vtt")
    assert whole.namelist() == ["contents.csv", "contents.json"]


def test_the_list_names_every_file_that_is_inside(brand: Brand, tmp_path: Path) -> None:
    clip = released(brand, tmp_path, "Clip", b"clip")
    captioned(clip, "en")
    made = made_in(clip, "webm", b"c2pa of it")
    whole = zipped([clip], member(brand, Role.VIEWER), preset=str(made.preset.pk), captions="vtt")
    rows = list(csv.DictReader(io.StringIO(whole.read("contents.csv").decode("utf-8-sig"))))
    assert [row["file"] for row in rows] == whole.namelist()[:-2]
    film, beside, words = rows
    assert (film["belongs_to"], beside["belongs_to"], words["belongs_to"]) == ("", film["file"], film["file"])
    assert (beside["format"], words["format"]) == ("Content Credentials", "Captions: English")
    for row in (beside, words):
        assert row["sha256"] == hashlib.sha256(whole.read(row["file"])).hexdigest()
        assert row["uses"] == film["uses"]
    assert [each["file"] for each in told(whole)["included"]] == [row["file"] for row in rows]


def test_each_clip_costs_as_many_queries_with_credentials_beside_as_without(
    brand: Brand, tmp_path: Path
) -> None:
    by, counts = member(brand, Role.VIEWER), []
    for number, content in enumerate((None, None, b"c2pa")):  # the first asks what the next ones know
        clip = released(brand, tmp_path, f"Clip {number}", f"clip {number}".encode())
        made = made_in(clip, "webm", content)
        with CaptureQueriesContext(connection) as asked:
            b"".join(bundle.stream([clip.asset_id], by=by, preset=made.preset, at=bundle.clock(by)))
        counts.append(len(asked))
    assert counts[1] == counts[2]
