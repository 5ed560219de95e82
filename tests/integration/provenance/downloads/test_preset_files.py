"""A release in another format: asked for once by everybody, made, signed, read back, kept and let go."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.captions import tracks
from dam.catalog import assets
from dam.catalog.models import Version
from dam.core import storage
from dam.media import encoders, ffmpeg, runner
from dam.media.presets import Captions, Format, Recipe, Shape
from dam.rights.models import MadeFrom, Relation, RightsRecord
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line
from provenance.downloads import known_files, labelled, making, preset_files, presets, recovery, worker
from provenance.downloads.models import DownloadPreset, FileState, PresetFile
from provenance.manifests import claims, signing_process, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.validation_codes import State
from provenance.models import Watermark
from provenance.releases import watermarked
from provenance.releases.known import Standing
from provenance.review import reviews
from provenance.sidecars import store
from provenance.sidecars.models import Sidecar
from tests import rubric
from tests.factories import BrandFactory, VersionFactory, member
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(generated: Path) -> Case:
    """A released clip that a model made."""
    made = case_of(generated)
    with storage.local_copy(made.version.storage_key) as path:
        info = runner.probe(path)
    Version.objects.filter(pk=made.version.pk).update(
        media_info=info.to_json(), frame_count=info.frame_count, duration_ms=info.duration_ms
    )
    made.approve_all()
    sign(made.version)
    made.version = Version.objects.select_related("asset", "brand", "rights").get(pk=made.version.pk)
    return made


def preset_of(case: Case, shipped: str = "square") -> DownloadPreset:
    return presets.of(case.brand).get(shipped=shipped)


def made(case: Case, shipped: str = "square") -> PresetFile:
    file = preset_files.request(case.version, preset_of(case, shipped), by=case.creator)
    worker.run(str(file.pk))
    file.refresh_from_db()
    return file


@pytest.mark.parametrize(("shipped", "movie"), [("small", True), ("broadcast", True), ("gif", False)])
def test_how_much_a_movie_looks_like_its_release_is_kept(case: Case, shipped: str, movie: bool) -> None:
    file = made(case, shipped)
    assert ((file.vmaf or 0) > 80) is ((file.vmaf_low or 0) > 70) is movie
    assert file.vmaf_first is None


@pytest.mark.parametrize("shipped", ["square", "small", "broadcast", "gif", "webp", "avif", "still", "vp9"])
def test_it_is_made_of_the_release_signed_and_trusted(case: Case, shipped: str) -> None:
    file = made(case, shipped)
    assert (file.state, file.reason) == ("ready", "")
    with storage.local_copy(file.storage_key) as path:
        report = verify.check(path)
        assert storage.sha256_of(path) == file.sha256
        assert rubric.broken(path) == []
    assert report.state is State.TRUSTED
    assert report.ai_generated
    # The release is its parent, with the review in its manifest; and the master is the release's.
    assert [each.review is not None for each in report.chain] == [False, True, False]


def test_its_manifest_says_what_was_done(case: Case) -> None:
    file = made(case)
    with storage.local_copy(file.storage_key) as path:
        active = verify.check(path).active
    assert active is not None
    done = ["c2pa.opened", "c2pa.cropped", "c2pa.transcoded", "c2pa.edited.metadata"]
    assert [action.code for action in active.actions] == done


def test_whoever_asks_next_gets_the_same_file(case: Case) -> None:
    first = preset_files.request(case.version, preset_of(case), by=case.creator)
    again = preset_files.request(case.version, preset_of(case), by=case.legal_reviewer)
    assert again == first
    worker.run(str(first.pk))
    worker.run(str(first.pk))
    assert preset_files.request(case.version, preset_of(case), by=case.brand_reviewer) == first
    assert Event.objects.filter(verb="rendition.signed").count() == 1


def test_another_focus_makes_another_file(case: Case) -> None:
    first = made(case)
    assets.set_focus(case.version.asset, by=case.creator, x=100, y=500)
    case.version.asset.refresh_from_db()
    second = preset_files.request(case.version, preset_of(case), by=case.creator)
    assert second != first
    assert (second.focus_x, second.focus_y) == (100, 500)


def test_two_presets_that_ask_for_the_same_share_it(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    twin = presets.add(by=admin, name="Twin", recipe=Recipe.from_json(preset_of(case).recipe))
    first = preset_files.request(case.version, preset_of(case), by=case.creator)
    assert preset_files.request(case.version, twin, by=case.creator) == first


def test_what_may_not_be_downloaded_is_not_made(case: Case) -> None:
    RightsRecord.objects.filter(version=case.version).update(embargo_until=timezone.now() + timedelta(days=1))
    case.version.rights.refresh_from_db()
    with pytest.raises(preset_files.DownloadRefused, match="embargo"):
        preset_files.request(case.version, preset_of(case), by=case.creator)
    assert not PresetFile.objects.exists()


def test_a_stranger_is_refused(case: Case) -> None:
    with pytest.raises(PermissionDenied):
        preset_files.request(case.version, preset_of(case), by=member(BrandFactory.create()))


def test_what_was_withdrawn_meanwhile_is_not_made(case: Case) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The model release ran out.")
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.reason) == ("failed", making.ReleaseGone.message)
    assert Event.objects.filter(verb="rendition.failed").count() == 1


def test_what_was_withdrawn_while_it_was_made_is_not_kept(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    before = {entry.key for entry in storage.entries(str(case.brand.pk))}
    put = storage.put

    def put_and_withdraw(*args: object, **kwargs: object) -> object:
        stored = put(*args, **kwargs)  # type: ignore[arg-type]
        reviews.revoke(case.version, by=case.legal_reviewer, reason="It ran out.")
        return stored

    monkeypatch.setattr(storage, "put", put_and_withdraw)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.storage_key) == ("failed", "")
    assert {entry.key for entry in storage.entries(str(case.brand.pk))} == before


def test_it_can_be_cancelled_while_it_waits_and_asked_for_again(case: Case) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    preset_files.cancel(file, by=case.creator)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert file.state == FileState.CANCELLED
    assert preset_files.request(case.version, preset_of(case), by=case.creator) != file


def test_others_cannot_cancel_it(case: Case) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    with pytest.raises(preset_files.DownloadRefused):
        preset_files.cancel(file, by=member(case.brand, Role.VIEWER))


def test_its_worker_stops_when_it_is_cancelled(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    monkeypatch.setattr(worker, "TELL_SECONDS", 0.0)
    make = making.make

    def cancelled(row: PresetFile, **kwargs: object) -> object:
        preset_files.cancel(file, by=case.creator)
        return make(row, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(making, "make", cancelled)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.sha256) == (FileState.CANCELLED, "")


def test_a_failure_keeps_what_ffmpeg_said(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "binary", lambda: "/bin/false")
    monkeypatch.setattr(encoders, "missing", lambda recipe: ())
    file = made(case)
    assert (file.state, file.log) == ("failed", "")
    assert "couldn't be converted" in file.reason


def test_an_altered_release_is_not_passed_on(case: Case) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    key = file.release.storage_key
    with storage.open_file(key) as opened:
        content = opened.read()
    storage.delete(key)
    storage.keep(io.BytesIO(content[:-1] + b"x"), key=key)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.reason) == ("failed", making.ReleaseAltered.message)


def test_captions_come_from_the_transcript(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    spoken = presets.add(by=admin, name="Captioned", recipe=Recipe(captions=Captions.TRACK))
    with pytest.raises(preset_files.DownloadRefused, match="this clip has none"):
        preset_files.request(case.version, spoken, by=case.creator)
    timed_texts.keep(case.version, TimedTextKind.SPOKEN, [Line(0, 400, "Hello there")])
    file = preset_files.request(case.version, spoken, by=case.creator)
    worker.run(str(file.pk))
    file.refresh_from_db()
    with storage.local_copy(file.storage_key) as path:
        assert runner.subtitles(path, info=runner.probe(path)) == [(0, 400, "Hello there")]


def test_a_versions_own_captions_come_first_in_the_language_that_is_chosen(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    timed_texts.keep(case.version, TimedTextKind.SPOKEN, [Line(0, 400, "Hello hare")])
    tracks.from_transcript(case.version, tracks.Said("en"), by=admin)
    tracks.put(case.version, tracks.Said("fr"), [(0, 300, "Bonjour")], by=admin)
    tracks.put(case.version, tracks.Said("de"), [(0, 300, "Guten Tag")], by=admin)
    captioned = presets.add(by=admin, name="Captioned", recipe=Recipe(captions=Captions.TRACK))
    first = preset_files.request(case.version, captioned, by=case.creator)
    same = preset_files.request(case.version, captioned, language="de", by=case.creator)
    other = preset_files.request(case.version, captioned, language="fr", by=case.creator)
    assert (first, first.recipe["language"], other.recipe["language"]) == (same, "de", "fr")
    worker.run(str(other.pk))
    other.refresh_from_db()
    with storage.local_copy(other.storage_key) as path:
        assert runner.subtitles(path, info=runner.probe(path)) == [(0, 300, "Bonjour")]


def test_a_language_that_is_removed_before_the_file_is_made_ends_it(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    tracks.put(case.version, tracks.Said("en"), [(0, 300, "Hello")], by=admin)
    german = tracks.put(case.version, tracks.Said("de"), [(0, 300, "Guten Tag")], by=admin)
    captioned = presets.add(by=admin, name="Captioned", recipe=Recipe(captions=Captions.TRACK))
    file = preset_files.request(case.version, captioned, language="de", by=case.creator)
    tracks.remove(case.version, german.pk, by=admin)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, "captions were changed" in file.reason) == ("failed", True)


def test_words_that_are_corrected_before_the_file_is_made_end_it(case: Case) -> None:
    admin = member(case.brand, Role.ADMIN)
    said = tracks.Said("en")
    track = tracks.put(case.version, said, [(0, 300, "Approved words")], by=admin)
    captioned = presets.add(by=admin, name="Captioned", recipe=Recipe(captions=Captions.TRACK))
    file = preset_files.request(case.version, captioned, by=case.creator)
    instead = [(0, 300, "Other words")]
    tracks.correct(case.version, track.pk, said=said, first=0, count=1, instead=instead, seen=0, by=admin)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, "captions were changed" in file.reason) == ("failed", True)
    again = preset_files.request(case.version, captioned, by=case.creator)
    assert again.digest != file.digest


def test_an_unused_file_goes_and_is_still_known(case: Case) -> None:
    file = made(case)
    later = timezone.now() + timedelta(days=31)
    assert recovery.run(at=later).cleared == 1
    file.refresh_from_db()
    assert (file.state, file.storage_key) == (FileState.CLEARED, "")
    found = known_files.by_bytes(file.sha256)
    assert found is not None
    assert found.standing is Standing.CLEARED
    again = preset_files.request(case.version, preset_of(case), by=case.creator)
    assert again != file


def test_a_file_of_a_withdrawn_release_goes_at_once(case: Case) -> None:
    file = made(case)
    key = file.storage_key
    reviews.revoke(case.version, by=case.legal_reviewer, reason="It ran out.")
    assert recovery.run().cleared == 1
    assert not storage.exists(key)
    found = known_files.by_bytes(file.sha256)
    assert found is not None
    assert found.withdrawn


def test_one_whose_worker_died_is_sent_again_and_at_last_given_up(case: Case) -> None:
    file = preset_files.request(case.version, preset_of(case), by=case.creator)
    for attempt in range(preset_files.MOST_ATTEMPTS):
        claimed = preset_files.claim(file.pk, token=f"dead-{attempt}", at=timezone.now())
        assert claimed is not None
        PresetFile.objects.filter(pk=file.pk).update(held_until=timezone.now() - timedelta(minutes=5))
    assert preset_files.claim(file.pk, token="one more", at=timezone.now()) is None
    assert recovery.run().failed == 1
    file.refresh_from_db()
    assert file.state == FileState.FAILED


def test_a_message_that_was_lost_is_sent_again(case: Case) -> None:
    preset_files.request(case.version, preset_of(case), by=case.creator)
    assert recovery.run().sent == 0
    assert recovery.run(at=timezone.now() + timedelta(minutes=3)).sent == 1


def test_shapes_are_cropped_to_what_they_say(case: Case) -> None:
    file = made(case, "portrait")
    assert Recipe.from_json(file.recipe).shape is Shape.PORTRAIT
    assert (file.width, file.height) == (44, 80)


def test_a_label_of_disclosure_is_in_the_signed_file_and_in_its_manifest(case: Case) -> None:
    RightsRecord.objects.filter(version=case.version).update(
        disclosure={"looks_real": True, "artistic": False, "performer": False, "waived": []}
    )
    case.version.rights.refresh_from_db()
    needed = labelled.required(case.version, use="web", territory="DE", at=timezone.now())
    notices = labelled.notices(needed, territory="DE")
    wanted = labelled.as_it_is(case.version)
    file = preset_files.request(case.version, wanted, by=case.creator, notices=notices)
    worker.run(str(file.pk))
    file.refresh_from_db()
    assert (file.state, file.reason, file.carries) == ("ready", "", ["eu"])
    with storage.local_copy(file.storage_key) as path, storage.local_copy(file.release.storage_key) as bare:
        report = verify.check(path)
        shown, without = (first_frame(each) for each in (path, bare))
    assert report.state is State.TRUSTED
    assert report.active is not None
    assert "c2pa.addedText" in [action.code for action in report.active.actions]
    height, width = shown.shape
    changed = np.abs(shown - without) > 60
    assert changed[: height // 2, width // 2 :].sum() > 5 * changed[height // 2 :].sum()


def first_frame(path: Path) -> NDArray[np.int64]:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray").astype(np.int64)


@pytest.fixture
def wanted(case: Case, settings: Any) -> Case:
    settings.WATERMARK_KEY = "the installation's own"
    case.brand.watermarks = True
    case.brand.save(update_fields=["watermarks"])
    case.version.brand.watermarks = True
    return case


@pytest.mark.parametrize("shipped", ["square", "small", "broadcast", "gif", "webp", "avif", "still", "vp9"])
def test_it_gets_a_watermark_and_names_it_where_the_brand_wants_one(wanted: Case, shipped: str) -> None:
    file = made(wanted, shipped)
    assert (file.state, file.reason) == ("ready", "")
    mark = Watermark.objects.get()
    assert (mark.preset_file_id, mark.release_id, mark.version) == (file.pk, file.release_id, wanted.version)
    with storage.local_copy(file.storage_key) as path:
        report = verify.check(path)
        assert rubric.broken(path) == []
        found = watermarked.look(path)
    assert report.state is State.TRUSTED
    assert report.active is not None
    assert claims.WATERMARKED in [each.code for each in report.active.actions]
    read = [(each.release, each.identifier) for each in found]
    if shipped == "broadcast" or read:  # the clip is tiny, and other formats may be too coarse for it
        assert read == [(file.release_id, mark.identifier)]


def test_a_file_from_before_is_made_anew_with_one(wanted: Case) -> None:
    wanted.version.brand.watermarks = False
    first = preset_files.request(wanted.version, preset_of(wanted), by=wanted.creator)
    wanted.version.brand.watermarks = True
    assert preset_files.request(wanted.version, preset_of(wanted), by=wanted.creator) != first


def test_what_has_one_already_gets_no_second(wanted: Case) -> None:
    version = wanted.version
    Watermark.objects.create(identifier=5, brand=version.brand, version=version, layer=0)
    file = made(wanted)
    assert (file.state, Watermark.objects.count()) == ("ready", 1)


def test_the_mark_of_another_release_is_not_in_it_and_those_of_sources_go_by_other_keys(wanted: Case) -> None:
    version = wanted.version
    source: Version = VersionFactory.create(asset__brand=version.brand)
    MadeFrom.objects.create(version=version, source=source, relation=Relation.PARENT)
    for identifier, of, release in ((5, version, 10**9), (6, source, None)):
        Watermark.objects.create(
            identifier=identifier, brand=version.brand, version=of, layer=0, release_id=release
        )
    file = made(wanted)
    mark = Watermark.objects.get(preset_file_id=file.pk)
    assert (file.state, mark.layer) == ("ready", 1)


def webm_of(case: Case) -> PresetFile:
    presets.of(case.brand)  # those that come with the product are there
    preset = DownloadPreset.objects.create(
        brand=case.brand, name="WebM", recipe=Recipe(format=Format.WEBM, longest_side=320).to_json()
    )
    file = preset_files.request(case.version, preset, by=case.creator)
    worker.run(str(file.pk))
    file.refresh_from_db()
    return file


def test_a_webm_has_its_credentials_in_a_file_beside_it(case: Case, tmp_path: Path) -> None:
    file = webm_of(case)
    assert (file.state, file.reason, file.content_type) == ("ready", "", "video/webm")
    content = store.of_file(file.release, file.sha256)
    assert content is not None
    beside = tmp_path / "film.webm.c2pa"
    beside.write_bytes(content)
    with storage.local_copy(file.storage_key) as path:
        assert verify.check(path).state is State.NONE
        report = verify.check(path, sidecar=beside)
        assert rubric.broken(path, sidecar=beside) == []
    assert report.state is State.TRUSTED
    assert [each.review is not None for each in report.chain] == [False, True, False]
    assert store.by_bytes(file.sha256) == content
    assert (file.vmaf or 0) > 80


def test_a_webm_without_a_sidecar_that_holds_is_not_kept(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_given: object) -> None:
        raise SigningFailed("no")

    monkeypatch.setattr(signing_process, "sign", fail)
    file = webm_of(case)
    assert (file.state, file.storage_key) == ("failed", "")
    assert not Sidecar.objects.exists()


def test_a_sidecar_goes_with_its_release_by_the_database_itself(case: Case) -> None:
    file = webm_of(case)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT confdeltype FROM pg_constraint WHERE conname IN "
            "('provenance_sidecar_release', 'provenance_sidecar_track')"
        )
        assert cursor.fetchall() == [("c",), ("c",)]
    assert Sidecar.objects.filter(release=file.release).count() == 1
