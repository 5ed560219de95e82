"""Two files on the public verify page: compared, and what is refused."""

import subprocess
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.core import sandbox, storage
from dam.media import ffmpeg, runner
from dam.media.errors import FileRefused, MediaFailed
from dam.rights.models import RightsRecord
from provenance.manifests import public_checks, public_comparisons, signing, tasks, verify
from tests import claim_factory, release_factory
from tests.factories import VersionFactory
from tests.media_factory import movie
from tests.unit.dam.media.test_copy_changes import film, made, still

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    cache.clear()


def send(*contents: bytes, names: tuple[str, ...] = ("one.mp4", "two.mp4", "three.mp4")) -> Any:
    files = [SimpleUploadedFile(name, content) for name, content in zip(names, contents, strict=False)]
    return Client().post(reverse("verify"), {"file": files})


def id_of(response: Any) -> str:
    assert response.status_code == 302, response.content.decode()
    address = response.headers["Location"]
    assert "/compare/" in address
    return str(address.strip("/").rpartition("/")[2])


def page(pair_id: str, **headers: Any) -> str:
    response = Client().get(reverse("verify-compared", args=[pair_id]), **headers)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert "blob:" in response.headers["Content-Security-Policy"].partition("img-src")[2].partition(";")[0]
    return " ".join(unescape(response.content.decode()).split())


def compared(*contents: bytes, **names: Any) -> str:
    """Send both, let the worker's task run, read the page."""
    pair_id = id_of(send(*contents, **names))
    tasks.compare_files(pair_id)
    return page(pair_id)


def kept_files() -> set[str]:
    return {Path(entry.key).name for entry in storage.entries(public_checks.FOLDER)}


def test_what_was_done_to_a_copy_is_told_and_nothing_is_kept() -> None:
    before = kept_files()
    sound = ("-f", "lavfi", "-i", "sine", "-shortest")
    shown = "trim=2:7,setpts=PTS-STARTPTS,crop=iw*0.8:ih*0.8,eq=brightness=0.1"
    copy = made(*sound, "-vf", shown, "-crf", "26")
    html = compared(film().read_bytes(), copy.read_bytes())
    assert "The same pictures, changed" in html
    assert "All of B is in A." in html
    assert "Missing in B: 0:00.0–0:02" in html
    assert "the beginning of A" in html
    assert "the end of A" in html
    assert "B shows a part of the picture of A." in html
    assert "brighter" in html
    assert "Neither carries Content Credentials." in html
    assert "Neither leads to a release of this library." in html
    assert "Sound wasn't compared." in html
    assert kept_files() == before


def test_two_identical_files_are_one() -> None:
    content = film().read_bytes()
    html = compared(content, content)
    assert "Both are the same file" in html
    assert "encoded anew" not in html


def test_of_two_identical_files_one_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known_by = Mock(wraps=runner.known_by)
    monkeypatch.setattr(runner, "known_by", known_by)
    content = film().read_bytes()
    html = compared(content, content)
    assert known_by.call_count == 1
    assert "Neither leads to a release of this library." in html


def test_a_file_in_another_container_has_exactly_the_same_pictures() -> None:
    html = compared(film().read_bytes(), made("-c", "copy", suffix=".mkv").read_bytes())
    assert "Exactly the same pictures" in html
    assert "Its pictures" not in html


def test_others_are_no_accusation() -> None:
    html = compared(film().read_bytes(), film(1).read_bytes())
    assert "No common pictures found" in html
    assert "isn't found" in html


def test_an_image_is_found_in_a_film() -> None:
    html = compared(still(at="5").read_bytes(), film().read_bytes(), names=("still.png", "film.mp4"))
    assert "Sound wasn't compared" not in html
    assert "The image is to be seen in the video at about 0:0" in html


def test_the_origin_is_told_by_credentials_and_by_the_release(tmp_path: Path) -> None:
    signed = tmp_path / "signed.mp4"
    signing.sign_generated(film(), out=signed, facts=claim_factory.generated())
    version = VersionFactory.create(asset__title="Secret campaign")
    release_factory.ready(version, sha256=storage.sha256_of(signed))
    html = compared(signed.read_bytes(), made("-c", "copy", suffix=".mkv", of=signed).read_bytes())
    assert "Only A carries Content Credentials. They prove nothing about B." in html
    assert "Only A leads to a release of this library." in html
    assert "Secret campaign" not in html
    altered = signed.read_bytes().replace(b"previz-dit", b"previz-dot", 1)
    assert "name the same origin, but nothing proves that for both" in compared(signed.read_bytes(), altered)


def test_each_file_has_its_own_verdict_too() -> None:
    pair_id = id_of(send(film().read_bytes(), film(1).read_bytes()))
    tasks.compare_files(pair_id)
    pair = public_comparisons.find(pair_id, at=timezone.now())
    assert pair is not None
    for each in pair.files:
        response = Client().get(reverse("verify-result", args=[each]))
        assert "No Content Credentials" in response.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"This is not a video.\n" * 50, "The pictures of B can't be read here."),
        (b"%PDF-1.7\n" + b"0" * 500, "The pictures of B can't be read here."),
    ],
)
def test_what_has_no_pictures_is_told(content: bytes, said: str) -> None:
    html = compared(film().read_bytes(), content)
    assert "Their pictures can't be compared" in html
    assert said in html


def test_sound_alone_has_no_pictures(tmp_path: Path) -> None:
    sound = movie(tmp_path / "sound.m4a", picture=False, sound=True, format="mp4")
    assert "B has no pictures, only sound." in compared(film().read_bytes(), sound.read_bytes())


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ((b"text", b""), "One of the files is empty."),
        ((b"text", b"text", b"text"), "Choose one file, two files to compare"),
    ],
)
def test_what_cant_be_compared_is_refused_before_it_is_kept(contents: tuple[bytes, ...], said: str) -> None:
    before = kept_files()
    response = send(*contents)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert kept_files() == before


def test_both_together_may_be_as_large_as_one(settings: Any) -> None:
    settings.VERIFY_MAX_BYTES = 1000
    assert send(b"x" * 400, b"y" * 400).status_code == 302
    response = send(b"x" * 600, b"y" * 600)
    assert response.status_code == 422
    assert "Together the files are" in response.content.decode()


def test_a_full_disk_is_told(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE = str(tmp_path / "storage")
    settings.DISK_RESERVE_BYTES = 10**18
    assert "out of disk space" in send(b"x", b"y").content.decode()


def test_two_files_count_as_two(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 5
    assert [send(b"x", b"y").status_code for _ in range(3)] == [302, 302, 429]


def test_while_it_waits_the_page_asks_again_and_can_be_cancelled() -> None:
    pair_id = id_of(send(film().read_bytes(), film(1).read_bytes()))
    before = kept_files()
    html = page(pair_id)
    assert 'hx-trigger="every 1s"' in html
    assert "<html" not in page(pair_id, headers=HTMX)
    answer = Client().post(reverse("verify-compare-cancel", args=[pair_id]), headers=HTMX)
    assert "Both files have been deleted." in answer.content.decode()
    assert len(before - kept_files()) == 2
    tasks.compare_files(pair_id)  # a worker that comes to it later
    html = page(pair_id)
    assert "Cancelled" in html
    assert "hx-trigger" not in html.partition("<main")[2]
    again = Client().post(reverse("verify-compare-cancel", args=[pair_id]))
    assert again.status_code == 302


def test_what_is_cancelled_while_it_is_compared_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    pair_id = id_of(send(film().read_bytes(), film(1).read_bytes()))
    check = verify.check

    def checked(path: Path, **how: Any) -> Any:
        public_comparisons.cancel(pair_id)
        return check(path, **how)

    monkeypatch.setattr(verify, "check", checked)
    tasks.compare_files(pair_id)
    assert "Cancelled" in page(pair_id)


def test_cancelling_asks_for_a_token_of_the_form_and_knows_no_others() -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("verify-compare-cancel", args=["guess"])).status_code == 403
    assert Client().post(reverse("verify-compare-cancel", args=["guess"])).status_code == 404
    assert Client().get(reverse("verify-compared", args=["guess"])).status_code == 404


def test_one_of_the_files_that_is_gone_is_told() -> None:
    pair_id = id_of(send(film().read_bytes(), film(1).read_bytes()))
    pair = public_comparisons.find(pair_id, at=timezone.now())
    assert pair is not None
    public_checks.drop(pair.files[1])
    with pytest.raises(FileNotFoundError):
        tasks.compare_files(pair_id)
    assert "could not be compared" in page(pair_id)
    assert not set(pair.files) & kept_files()


def test_without_a_worker_it_says_so_and_keeps_nothing() -> None:
    pair_id = id_of(send(b"x", b"y"))
    late = timezone.now() + public_checks.PATIENCE + timedelta(seconds=1)
    pair = public_comparisons.find(pair_id, at=late)
    assert pair is not None
    assert "The server was too busy" in page(pair_id)
    assert not set(pair.files) & kept_files()


def test_a_reader_that_was_stopped_from_outside_reads_both_again_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair_id = id_of(send(b"x", b"y"))
    monkeypatch.setattr(verify, "check", Mock(side_effect=sandbox.Interrupted("ended")))
    for _ in range(public_checks.MOST_INTERRUPTIONS):
        tasks.compare_files(pair_id)
        pair = public_comparisons.find(pair_id, at=timezone.now())
        assert pair is not None
        assert pair.state == public_checks.WAITING
    with pytest.raises(sandbox.Interrupted):
        tasks.compare_files(pair_id)
    assert "could not be compared" in page(pair_id)


def test_of_a_film_that_takes_too_long_only_the_beginning_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = film()
    info = runner.probe(path)
    frames = list(runner.sample_frames(path, info=info, every_ms=40, max_side=160))

    def slowly(*_: Any, **__: Any) -> Any:
        yield from frames[:100]
        raise FileRefused("too_costly")

    monkeypatch.setattr(runner, "sample_frames", slowly)
    looked, seen = public_comparisons._look(path)
    assert (looked.problem, looked.until_ms) == ("", 3960)
    assert seen is not None
    assert seen.length_ms == 3960


def test_a_name_with_markup_is_shown_as_text() -> None:
    html = (
        Client()
        .get(
            reverse(
                "verify-compared",
                args=[id_of(send(b"x", b"y", names=("<script>alert(1)</script>.mp4", "b")))],
            )
        )
        .content.decode()
    )
    assert "<script>alert" not in html


def test_a_clip_of_ours_that_was_encoded_anew_shows_what_it_does(tmp_path: Path) -> None:
    out = tmp_path / "half.mp4"
    how = ["-vf", "scale=160:-2", "-crf", "30"]
    subprocess.run([ffmpeg.binary(), "-v", "error", "-i", str(film()), *how, str(out)], check=True)
    html = compared(film().read_bytes(), out.read_bytes())
    assert "B has 160 × 90 pixels instead of 320 × 180." in html
    assert "All of A is in B, from beginning to end, and B has nothing else." in html


def leads_to(pair_id: str, releases: dict[int, int]) -> None:
    """As if a worker had found that these files (0 is A) look like these releases."""
    pair = public_comparisons.find(pair_id, at=timezone.now())
    assert pair is not None
    for place, release in releases.items():
        found = [{"release": release, "share": 0.9, "mirrored": False, "cropped": False}]
        public_checks.cache.set(f"verify-alike:{pair.files[place]}", found, timeout=60)


def test_the_release_that_both_lead_to_is_named_with_how_it_stands_today() -> None:
    content = film().read_bytes()
    version = VersionFactory.create(asset__title="Secret campaign")
    release = release_factory.ready(version, sha256=storage.sha256_of(film()))
    pair_id = id_of(send(content, made("-c", "copy", suffix=".mkv").read_bytes()))
    tasks.compare_files(pair_id)
    leads_to(pair_id, {1: release.pk})
    html = page(pair_id)
    assert f"Both lead to what {version.brand.name} released on" in html
    assert "A by its bytes, B by what it looks like." in html
    assert f"{version.brand.name} approved that release for" in html, html.partition("Both lead to")[2][:400]
    assert "Looks alone don't prove that." in html
    assert "Secret campaign" not in html


@pytest.mark.parametrize("places", [(0,), (1,), (0, 1)])
def test_a_clip_under_embargo_is_betrayed_by_no_copy_that_looks_like_it(places: tuple[int, ...]) -> None:
    version = VersionFactory.create()
    release = release_factory.ready(version)
    RightsRecord.objects.update_or_create(
        version=version, defaults={"embargo_until": timezone.now() + timedelta(days=9)}
    )
    pair_id = id_of(send(film().read_bytes(), film(1).read_bytes()))
    tasks.compare_files(pair_id)
    leads_to(pair_id, dict.fromkeys(places, release.pk))
    assert "Neither leads to a release of this library." in page(pair_id)


def test_cancelling_while_the_server_is_away_leads_back_to_where_it_can_be_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pair_id = id_of(send(b"x", b"y"))
    monkeypatch.setattr(public_comparisons, "cancel", Mock(side_effect=public_checks.ChecksAway))
    response = Client().post(reverse("verify-compare-cancel", args=[pair_id]), follow=True)
    assert response.status_code == 200
    assert "Cancel and delete both" in response.content.decode()


def test_a_file_that_couldnt_be_looked_up_waits_for_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_checks, "look_up", Mock(side_effect=OSError))
    html = compared(film().read_bytes(), film(1).read_bytes())
    assert "Other files are waiting" not in html
    assert "couldn't be compared with releases" in html


@pytest.mark.parametrize(("frames", "looked_at"), [(100, ("damaged", 3960)), (1, ("unread", None))])
def test_of_a_film_that_is_damaged_the_beginning_is_looked_at_where_that_is_a_film(
    monkeypatch: pytest.MonkeyPatch, frames: int, looked_at: tuple[str, int | None]
) -> None:
    path = film()
    some = list(runner.sample_frames(path, every_ms=40, max_side=160))[:frames]

    def until_there(*_: Any, **__: Any) -> Any:
        yield from some
        raise MediaFailed("broken")

    monkeypatch.setattr(runner, "sample_frames", until_there)
    looked, _seen = public_comparisons._look(path)
    assert (looked.problem, looked.until_ms) == looked_at


def test_who_has_exactly_what_is_under_embargo_is_told_until_when() -> None:
    first, second = film(), made("-c", "copy", suffix=".mkv")
    release = release_factory.ready(
        VersionFactory.create(),
        sha256=storage.sha256_of(first),
        pictures_sha256=runner.known_by(first),
    )
    RightsRecord.objects.update_or_create(
        version=release.version, defaults={"embargo_until": timezone.now() + timedelta(days=9)}
    )
    html = compared(first.read_bytes(), second.read_bytes())
    assert "A by its bytes, B by its pictures. Under embargo until" in html
    assert "approved that release" not in html


def test_what_a_newer_release_kept_of_two_files_is_read_all_the_same() -> None:
    pair_id = id_of(send(b"one", b"two"))
    key = f"verify-pair:{pair_id}"
    public_checks.cache.set(key, {**public_checks.cache.get(key), "of_tomorrow": 1}, timeout=60)
    pair = public_comparisons.find(pair_id, at=timezone.now())
    assert pair is not None
    assert pair.id == pair_id
