"""The public verify page: from a file to a verdict, and what it refuses."""

import re
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
import redis
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from PIL import Image

from dam.catalog import versions
from dam.catalog.models import Asset, AssetKind, Version
from dam.core import sandbox, storage
from dam.media import ffmpeg, runner
from dam.media.recipes import DECODED
from dam.rights.models import RightsRecord
from provenance.manifests import public_checks, signing, tasks, verify
from provenance.models import Release
from provenance.releases import likeness
from provenance.releases.states import ReleaseStatus
from provenance.review import reviews
from tests import claim_factory, release_factory, sidecars
from tests.factories import VersionFactory
from tests.media_factory import clip, movie
from tests.unit.dam.media.test_copy_detection import film as pictures_of
from tests.unit.dam.media.test_fingerprints import encoded
from tests.unit.dam.media.test_still_copies import image

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AT = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    cache.clear()


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    out = tmp_path / "signed.mp4"
    signing.sign_generated(clip(tmp_path / "clip.mp4"), out=out, facts=claim_factory.generated())
    return out


def send(content: bytes, *, name: str = "clip.mp4") -> Any:
    return Client().post(reverse("verify"), {"file": SimpleUploadedFile(name, content)})


def id_of(response: Any) -> str:
    assert response.status_code == 302
    return str(response.headers["Location"].strip("/").rpartition("/")[2])


def page(submission_id: str, **headers: Any) -> str:
    response = Client().get(reverse("verify-result", args=[submission_id]), **headers)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def verdict_on(content: bytes) -> str:
    """Send a file, let the worker's task run, read the page."""
    submission_id = id_of(send(content))
    tasks.verify_file(submission_id)
    return page(submission_id)


def kept_files() -> list[str]:
    return [Path(entry.key).name for entry in storage.entries(public_checks.FOLDER)]


def test_the_form_needs_no_account() -> None:
    response = Client().get(reverse("verify"))
    assert response.status_code == 200
    assert 'enctype="multipart/form-data"' in response.content.decode()


def test_a_signed_file_is_told_with_its_history(signed: Path) -> None:
    html = verdict_on(signed.read_bytes())
    assert "Signed with a test certificate" in html
    assert "AI-generated with previz-dit 0.1" in html
    assert "Only a hash is stored in the file" in html
    assert "Raw manifest" in html


def sent_together(*files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return Client().post(reverse("verify"), {"file": sent})


def test_a_file_and_its_sidecar_are_dropped_together(tmp_path: Path) -> None:
    film, others = movie(tmp_path / "film.webm", codec="libvpx"), set(kept_files())
    beside = sidecars.of(film, "video/webm")
    for files in ((film.read_bytes(), beside), (beside, film.read_bytes())):
        names = ("film.webm", "film.c2pa") if files[1] == beside else ("film.c2pa", "film.webm")
        submission_id = id_of(sent_together(*zip(names, files, strict=True)))
        assert set(kept_files()) - others == {submission_id, f"{submission_id}.c2pa"}
        tasks.verify_file(submission_id)
        html = page(submission_id)
        assert "Signed with a test certificate" in html
        assert "read from the .c2pa file" in html
        assert set(kept_files()) <= others


def test_two_files_that_dont_belong_together_are_refused(signed: Path) -> None:
    others = kept_files()
    for names in (("one.mp4", "two.mp4", "three.mp4"), ("one.c2pa", "two.c2pa")):
        response = sent_together(*((name, signed.read_bytes()) for name in names))
        assert response.status_code == 422
        assert "one file and its .c2pa file" in response.content.decode()
    assert kept_files() == others


def test_an_altered_file_is_told_with_its_codes(signed: Path) -> None:
    html = verdict_on(signed.read_bytes().replace(b"previz-dit", b"previz-dot", 1))
    assert "Altered after signing" in html
    assert "assertion.hashedURI.mismatch" in html


def test_a_file_without_credentials_is_no_accusation(tmp_path: Path) -> None:
    html = verdict_on(clip(tmp_path / "plain.mp4").read_bytes())
    assert "No Content Credentials" in html
    assert "say anything about what it shows" in html


@pytest.mark.usefixtures("either_store")
def test_the_file_is_deleted_right_after(signed: Path) -> None:
    submission_id = id_of(send(signed.read_bytes()))
    assert submission_id in kept_files()
    tasks.verify_file(submission_id)
    assert submission_id not in kept_files()


def test_the_file_is_deleted_also_when_reading_it_fails(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, **_: object) -> None:
        raise RuntimeError("worker trouble")

    submission_id = id_of(send(signed.read_bytes()))
    monkeypatch.setattr(verify, "check", fail)
    with pytest.raises(RuntimeError):
        tasks.verify_file(submission_id)
    assert submission_id not in kept_files()


def test_while_it_waits_the_page_asks_again_by_itself(signed: Path) -> None:
    html = page(id_of(send(signed.read_bytes())))
    assert 'hx-trigger="every 1s"' in html
    assert re.search(r'<noscript>\s*<meta http-equiv="refresh"', html)
    assert "<html" not in page(id_of(send(signed.read_bytes())), headers=HTMX)


def test_without_a_worker_it_says_so_and_keeps_nothing(signed: Path) -> None:
    submission_id = id_of(send(signed.read_bytes()))
    late = timezone.now() + public_checks.PATIENCE + timedelta(seconds=1)
    found = public_checks.find(submission_id, at=late)
    assert found is not None
    assert "The server was too busy" in page(submission_id)
    assert submission_id not in kept_files()


def test_an_unknown_or_forgotten_verdict_is_not_found() -> None:
    gone = Client().get(reverse("verify-result", args=["guess"]))
    assert gone.status_code == 404
    assert "more than an hour old" in gone.content.decode()


def test_an_empty_file_is_refused() -> None:
    response = send(b"")
    assert response.status_code == 422
    assert "empty" in response.content.decode()


def test_no_file_is_refused() -> None:
    response = Client().post(reverse("verify"), {})
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()


def test_a_file_that_is_too_large_is_refused(settings: Any) -> None:
    settings.VERIFY_MAX_BYTES = 1000
    response = send(b"x" * 2000)
    assert response.status_code == 422
    assert "this page takes up to" in response.content.decode()


def test_a_full_disk_is_told_before_anything_is_kept(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    settings.DISK_RESERVE_BYTES = 10**18
    response = send(b"text")
    assert response.status_code == 422
    assert "out of disk space" in response.content.decode()


def test_one_address_may_ask_only_so_often(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 2
    assert [send(b"text").status_code for _ in range(3)] == [302, 302, 429]


def test_a_name_with_markup_is_shown_as_text() -> None:
    html = page(id_of(send(b"text", name="<script>alert(1)</script>.mp4")))
    assert "<script>alert" not in html


def test_a_file_this_library_released_is_recognised(signed: Path) -> None:
    version = VersionFactory.create(asset__title="Secret campaign")
    release_factory.ready(version, sha256=storage.sha256_of(signed), signed_at=AT)
    html = verdict_on(signed.read_bytes())
    assert f'This exact file was released by <span class="strong">{version.brand.name}</span>' in html
    assert "on 3 May 2026." in html
    assert "Secret campaign" not in html
    assert str(version.asset_id) not in html


def test_a_release_that_was_withdrawn_is_told(signed: Path) -> None:
    ended = AT + timedelta(days=9)
    release_factory.ready(
        VersionFactory.create(),
        sha256=storage.sha256_of(signed),
        state=ReleaseStatus.WITHDRAWN,
        signed_at=AT,
        ended_at=ended,
    )
    html = verdict_on(signed.read_bytes())
    assert "on 3 May 2026." in html
    assert "The release was withdrawn on 12 May 2026." in html


def test_a_release_that_a_newer_one_superseded_is_still_genuine(signed: Path) -> None:
    release_factory.ready(
        VersionFactory.create(),
        sha256=storage.sha256_of(signed),
        state=ReleaseStatus.SUPERSEDED,
        signed_at=AT,
        ended_at=AT,
    )
    assert "This file is still authentic." in verdict_on(signed.read_bytes())


def test_a_verdict_that_is_kept_tells_how_the_release_stands_now(signed: Path) -> None:
    release = release_factory.ready(VersionFactory.create(), sha256=storage.sha256_of(signed))
    submission_id = id_of(send(signed.read_bytes()))
    tasks.verify_file(submission_id)
    assert "withdrawn" not in page(submission_id)
    Release.objects.filter(pk=release.pk).update(state="withdrawn", ended_at=timezone.now())
    assert "The release was withdrawn" in page(submission_id)


def test_a_master_or_a_draft_is_not_given_away(signed: Path) -> None:
    VersionFactory.create(sha256=storage.sha256_of(signed))
    assert "was released by" not in verdict_on(signed.read_bytes())


CLEARED_ONCE = timezone.now() - timedelta(days=1)


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ({"release": {"state": "withdrawn", "ended_at": AT}}, "Withdrawn: do not use"),
        ({"release": {"state": "superseded", "ended_at": AT}}, "Replaced by a newer release"),
        ({"release": {"valid_until": CLEARED_ONCE}}, "Clearance has ended: do not use"),
        ({"rights": {"valid_until": CLEARED_ONCE}}, "Clearance has ended: do not use"),
        ({"rights": {"embargo_until": timezone.now() + timedelta(days=3)}}, "Under embargo until"),
        ({"asset": {"trashed_at": AT}}, "No longer available"),
    ],
)
def test_a_release_that_may_not_be_used_has_that_in_its_headline(
    signed: Path, settings: Any, standing: dict[str, dict[str, Any]], words: str
) -> None:
    version = VersionFactory.create()
    RightsRecord.objects.filter(version=version).update(uses=["web"], **standing.get("rights", {}))
    Asset.objects.filter(pk=version.asset_id).update(**standing.get("asset", {}))
    fields = standing.get("release", {})
    release_factory.ready(version, sha256=storage.sha256_of(signed), signed_at=AT, **fields)
    html = verdict_on(signed.read_bytes())
    assert re.search(rf"<h2>{words}", html)
    assert re.search(r"<p[^>]*>\s*Signed with a test certificate\. Not changed since it was signed", html)
    assert "tone-ok" not in html.partition("<main")[2]
    assert "rusted" not in " ".join(re.findall(r"<h[1-3]>(.*?)</h", html, flags=re.S))


AWAY = [
    ("dam.core.storage.keep", storage.Unavailable("No answer")),
    ("dam.core.storage.entries", ConnectionRefusedError(111, "Refused")),
    ("provenance.manifests.public_checks.send", BrokerError("Refused")),
    ("provenance.manifests.public_checks.cache.incr", redis.ConnectionError("Refused")),
    ("provenance.manifests.public_checks.cache.set", redis.TimeoutError("Hung")),
]


@pytest.mark.parametrize(("what", "problem"), AWAY)
def test_what_is_away_is_told_in_words_and_nothing_is_kept(
    what: str, problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept_files()
    with monkeypatch.context() as patch:
        patch.setattr(what, Mock(side_effect=problem))
        response = send(b"text")
    assert response.status_code == 503
    assert "Upload the file again" in response.content.decode()
    assert kept_files() == before
    assert send(b"text").status_code == 302


def test_while_the_cache_is_away_a_waiting_page_goes_on_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    address = reverse("verify-result", args=[id_of(send(b"text"))])
    monkeypatch.setattr(
        "provenance.manifests.public_checks.cache.get", Mock(side_effect=redis.ConnectionError("Refused"))
    )
    assert Client().get(address).status_code == 503
    fragment = Client().get(address, headers=HTMX)
    assert (fragment.status_code, "hx-get" in fragment.content.decode()) == (200, True)


def test_a_check_that_failed_on_the_server_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    submission_id = id_of(send(b"text"))
    monkeypatch.setattr(verify, "check", Mock(side_effect=storage.Unavailable("No answer")))
    with pytest.raises(storage.Unavailable):
        tasks.verify_file(submission_id)
    html = page(submission_id)
    assert "could not be checked" in html
    assert "hx-trigger" not in html.partition("<main")[2]


def test_a_reader_that_was_stopped_from_outside_reads_the_file_again_a_few_times(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission_id = id_of(send(signed.read_bytes()))
    monkeypatch.setattr(verify, "check", Mock(side_effect=sandbox.Interrupted("ended")))
    for _ in range(public_checks.MOST_INTERRUPTIONS):
        tasks.verify_file(submission_id)
        found = public_checks.find(submission_id, at=timezone.now())
        assert found is not None
        assert (found.state, submission_id in kept_files()) == (public_checks.WAITING, True)
    with pytest.raises(sandbox.Interrupted):
        tasks.verify_file(submission_id)
    assert submission_id not in kept_files()


def test_a_release_without_its_metadata_is_known_by_its_pictures(tmp_path: Path) -> None:
    film = clip(tmp_path / "clip.mp4")
    version = VersionFactory.create()
    release = release_factory.ready(version, pictures_sha256=runner.known_by(film))
    copy = tmp_path / "copy.mkv"
    command = [ffmpeg.binary(), "-v", "error", "-i", str(film), "-c", "copy", str(copy)]
    subprocess.run(command, check=True)
    html = verdict_on(copy.read_bytes())
    assert "shows exactly the pictures that" in html
    assert version.brand.name in html
    assert "No Content Credentials" in html
    Release.objects.filter(pk=release.pk).update(state=ReleaseStatus.WITHDRAWN, ended_at=AT)
    html = verdict_on(copy.read_bytes())
    assert "Withdrawn: do not use" in html
    assert version.asset.title not in html


def test_a_released_image_without_its_metadata_is_known_by_its_values(tmp_path: Path) -> None:
    master = tmp_path / "image.png"
    values = np.random.default_rng(7).integers(0, 255, (300, 200, 3), np.uint8)
    Image.fromarray(values).save(master)
    version = VersionFactory.create(kind="still")
    release_factory.ready(version, pictures_sha256=runner.known_by(master))
    copy = tmp_path / "copy.webp"
    Image.fromarray(values).save(copy, lossless=True)
    html = verdict_on(copy.read_bytes())
    assert "shows exactly the pictures that" in html
    assert version.brand.name in html


def test_a_strangers_pictures_are_known_by_nothing(tmp_path: Path) -> None:
    html = verdict_on(clip(tmp_path / "clip.mp4", seed=3).read_bytes())
    assert "shows exactly the pictures" not in html


def released_film(tmp_path: Path, **fields: Any) -> tuple[Path, Release]:
    """A signed clip whose pictures are those of a release; its bytes are nobody's."""
    film = tmp_path / "signed.mp4"
    signing.sign_generated(clip(tmp_path / "clip.mp4"), out=film, facts=claim_factory.generated())
    release = release_factory.ready(VersionFactory.create(), pictures_sha256=runner.known_by(film), **fields)
    return film, release


@pytest.mark.parametrize("state", [ReleaseStatus.READY, ReleaseStatus.SUPERSEDED])
def test_known_pictures_make_an_altered_file_no_better(tmp_path: Path, state: ReleaseStatus) -> None:
    ended = {} if state is ReleaseStatus.READY else {"ended_at": AT}
    film, _release = released_film(tmp_path, state=state, **ended)
    content = film.read_bytes()
    assert b"VideoHandler" in content
    html = verdict_on(content.replace(b"VideoHandler", b"VideoHandleX"))  # the pictures stay
    assert "Altered after signing" in html
    assert "shows exactly the pictures that" in html
    assert "still authentic" not in html
    assert "badge-check" not in html
    assert "tone-ok" not in html


def test_the_verdict_does_not_wait_for_the_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, release = released_film(tmp_path)
    submission_id = id_of(send(film.read_bytes()))
    seen = []

    def slowly(*args: Any, **kwargs: Any) -> str:
        seen.append(page(submission_id))
        answer = Client().get(reverse("verify-result", args=[submission_id]) + "?compared", headers=HTMX)
        seen.append(str(answer.status_code))
        return release.pictures_sha256

    monkeypatch.setattr(runner, "known_by", slowly)
    tasks.verify_file(submission_id)
    assert "Signed with a test certificate" in seen[0]
    assert "Comparing its pictures with releases…" in seen[0]
    assert seen[1] == "204"
    done = page(submission_id)
    assert "shows exactly the pictures that" in done
    assert "Comparing" not in done
    assert submission_id not in kept_files()


def test_while_others_wait_no_pictures_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, _release = released_film(tmp_path)
    monkeypatch.setattr(runner, "known_by", Mock(side_effect=AssertionError))
    first, _second = id_of(send(film.read_bytes())), id_of(send(film.read_bytes()))
    tasks.verify_file(first)
    html = page(first)
    assert "Signed with a test certificate" in html
    assert "its pictures weren't compared with releases" in html.replace("&#x27;", "'")


def test_a_page_does_not_wait_for_pictures_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, _release = released_film(tmp_path)
    monkeypatch.setattr(public_checks, "look_up", Mock(side_effect=MemoryError))  # as of a worker that died
    submission_id = id_of(send(film.read_bytes()))
    tasks.verify_file(submission_id)
    assert "Comparing" in page(submission_id)
    monkeypatch.setattr(public_checks, "COMPARED_WITHIN", timedelta(0))
    html = page(submission_id)
    assert "Comparing" not in html
    assert "Signed with a test certificate" in html


def test_what_a_newer_release_keeps_besides_is_no_fault() -> None:
    facts = {"id": "a" * 32, "filename": "x", "size": 1, "at": AT.isoformat(), "newer": "fact"}
    public_checks.cache.set("verify:" + "a" * 32, facts)
    found = public_checks.find("a" * 32, at=AT)
    assert found is not None
    assert found.filename == "x"


def test_a_copy_that_looks_like_a_release_is_told_with_its_standing_and_that_it_proves_nothing(
    tmp_path: Path,
) -> None:
    film = tmp_path / "film.mp4"
    encoded(pictures_of(1), film, crf=18)
    case = release_factory.case_of(film)
    case.approve_all()
    release = release_factory.sign(case.version)
    likeness.tend()
    copy = tmp_path / "copy.mp4"
    how = ["-map_metadata", "-1", "-crf", "28", "-vf", "hflip,crop=iw*0.9:ih*0.9"]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-i", str(film), *how, str(copy)], check=True)
    html = verdict_on(copy.read_bytes())
    assert "No Content Credentials" in html
    assert "looks like a clip that" in html
    assert "It's mirrored and shows a part of the picture." in unescape(html)
    assert f"{case.brand} approved that release for" in html
    assert "Looks alone don't prove that" in html
    assert case.version.asset.title not in html
    reviews.revoke(case.version, by=case.legal_reviewer, reason="A mark was shown")
    html = verdict_on(copy.read_bytes())
    assert "That release was withdrawn on" in html
    assert "A mark was shown" not in html
    assert release.sha256 not in html


def test_a_stranger_s_film_looks_like_nothing(tmp_path: Path) -> None:
    released, other = tmp_path / "released.mp4", tmp_path / "other.mp4"
    encoded(pictures_of(1), released, crf=18)
    encoded(pictures_of(2), other, crf=18)
    case = release_factory.case_of(released)
    case.approve_all()
    release_factory.sign(case.version)
    likeness.tend()
    assert "looks like a clip that" not in verdict_on(other.read_bytes())


def test_what_looks_alike_is_not_asked_before_its_embargo_ends(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    encoded(pictures_of(1), film, crf=18)
    case = release_factory.case_of(film)
    case.approve_all()
    release_factory.sign(case.version)
    likeness.tend()
    RightsRecord.objects.filter(version=case.version).update(embargo_until=timezone.now() + timedelta(days=9))
    copy = tmp_path / "copy.mp4"
    how = ["-map_metadata", "-1", "-crf", "28"]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-i", str(film), *how, str(copy)], check=True)
    html = verdict_on(copy.read_bytes())
    assert "looks like a clip that" not in html
    assert case.brand.name not in html
    Asset.objects.filter(pk=case.version.asset_id).update(trashed_at=timezone.now())
    assert case.brand.name not in verdict_on(copy.read_bytes())


def test_a_copy_of_a_released_image_is_told_with_its_standing_and_not_before_its_embargo_ends(
    tmp_path: Path,
) -> None:
    master, copy = tmp_path / "image.png", tmp_path / "copy.jpg"
    image(1).save(master)
    image(1).crop((20, 10, 620, 350)).save(copy, quality=60)
    case = release_factory.case_of(master, suffix=".png")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    release_factory.sign(case.version)
    likeness.tend()
    html = unescape(verdict_on(copy.read_bytes()))
    assert "This file looks like an image that" in html
    assert "It shows a part of the picture." in html
    assert f"{case.brand} approved that release for" in html
    assert "Looks alone don't prove that, and don't show small changes" in html
    assert "Sound wasn't compared" not in html
    assert case.version.asset.title not in html
    RightsRecord.objects.filter(version=case.version).update(embargo_until=timezone.now() + timedelta(days=9))
    html = verdict_on(copy.read_bytes())
    assert "looks like" not in html
    assert case.brand.name not in html


def test_no_sound_is_spoken_of_where_the_pictures_of_an_image_are_the_same(tmp_path: Path) -> None:
    master, copy = tmp_path / "image.png", tmp_path / "copy.png"
    image(1).save(master)
    image(1).save(copy, compress_level=0)
    case = release_factory.case_of(master, suffix=".png")
    found = runner.decoded(master, info=runner.probe(master))
    versions.add_fact(case.version.pk, DECODED, asdict(found))
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    release_factory.sign(case.version)
    html = unescape(verdict_on(copy.read_bytes()))
    assert "shows exactly the pictures that" in html
    assert "Sound wasn't compared" not in html


def test_that_looks_cannot_be_compared_leaves_what_is_certain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, _release = released_film(tmp_path)

    def fail(*_args: object) -> None:
        raise RuntimeError("away")

    monkeypatch.setattr(likeness, "look", fail)
    assert "shows exactly the pictures that" in verdict_on(film.read_bytes())


def test_a_second_validator_is_asked_and_said_to_agree(signed: Path) -> None:
    said = verdict_on(signed.read_bytes())
    assert "a validator that shares no code with ours, finds it" in said
    assert "Two validators disagree" not in said


def test_where_two_validators_disagree_the_page_says_so(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = {"code": "assertion.hashedURI.mismatch"}
    report = {"validation_state": "Invalid", "validation_results": {"failure": [failure]}}
    found = {"validator": "encypher-c2pa", "version": "1.7.1", "report": report}
    monkeypatch.setattr(verify, "second_opinion", lambda _path: found)
    said = verdict_on(signed.read_bytes())
    assert "Two validators disagree" in said
    assert "assertion.hashedURI.mismatch" in said


def test_the_verdict_stands_where_the_second_validator_fails(
    signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "second_opinion", Mock(side_effect=OSError("no room")))
    assert "test certificate" in verdict_on(signed.read_bytes())
