"""Pictures and sound are signed and released as films are."""

from pathlib import Path

import pytest

from dam.catalog.models import AssetKind, Version
from dam.core import storage
from dam.media import runner, sniffer
from provenance.manifests import signing, verify
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory, sound_factory, still_factory
from tests.integration.dam.media.test_taken_as import animated
from tests.release_factory import case_of, sign
from tests.still_factory import FORMATS


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_still_is_signed_and_read_back(tmp_path: Path, suffix: str) -> None:
    master = still_factory.still(tmp_path / f"logo.{suffix}")
    assert signing.signable(master) is None
    out = tmp_path / f"release.{suffix}"
    report = signing.sign_release(master, out=out, facts=claim_factory.release())
    assert report.state is State.TRUSTED
    again = verify.check(out)
    assert again.state is State.TRUSTED
    assert again.review is not None
    assert sniffer.read(out) is sniffer.read(master)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_still_that_was_changed_after_it_was_signed_is_told_as_altered(tmp_path: Path, suffix: str) -> None:
    master, out = still_factory.noise(tmp_path / f"logo.{suffix}"), tmp_path / f"release.{suffix}"
    signing.sign_release(master, out=out, facts=claim_factory.release())
    content = bytearray(out.read_bytes())
    place = content.find(master.read_bytes()[-40:-20])  # of the picture itself
    assert place > 0
    content[place] ^= 0x55
    out.write_bytes(content)
    assert verify.check(out).state in (State.ALTERED, State.UNREADABLE)


@pytest.mark.django_db
@pytest.mark.parametrize(("suffix", "released"), [("png", "PNG"), ("jpg", "JPEG"), ("gif", "PNG")])
def test_an_approved_still_becomes_a_released_file(tmp_path: Path, suffix: str, released: str) -> None:
    case = case_of(still_factory.still(tmp_path / f"logo.{suffix}"), suffix=f".{suffix}")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        kind, report = sniffer.read(path), verify.check(path)
    assert kind is not None
    assert (kind.label, kind.content_type) == (released, release.content_type)
    assert release.storage_key.endswith(kind.suffix)
    assert report.state is State.TRUSTED


@pytest.mark.parametrize("suffix", ["avif", "webp"])
def test_a_moving_picture_is_signed_as_it_is_and_moves_on(tmp_path: Path, suffix: str) -> None:
    master = animated(tmp_path / f"moving.{suffix}", durations=[100] * 10)
    out = tmp_path / f"release.{suffix}"
    assert signing.signable(master) is None
    report = signing.sign_release(master, out=out, facts=claim_factory.release())
    assert report.state is State.TRUSTED
    info = runner.probe(out)
    frames = runner.sample_frames(out, info=info, count=10)
    assert [media_factory.number_of(frame.rgb) for frame in frames] == list(range(10))


@pytest.mark.parametrize("suffix", ["wav", "mp3", "m4a"])
def test_a_sound_is_signed_and_read_back(tmp_path: Path, suffix: str) -> None:
    master = sound_factory.tone(tmp_path / f"bed.{suffix}")
    assert signing.signable(master) is None
    out = tmp_path / f"release.{suffix}"
    assert signing.sign_release(master, out=out, facts=claim_factory.release()).state is State.TRUSTED
    assert verify.check(out).review is not None
    assert abs(runner.probe(out).duration_ms - runner.probe(master).duration_ms) < 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("suffix", "released"), [("wav", "WAV"), ("mp3", "MP3"), ("ogg", "WAV"), ("flac", "WAV")]
)
def test_an_approved_sound_becomes_a_released_file(tmp_path: Path, suffix: str, released: str) -> None:
    case = case_of(sound_factory.tone(tmp_path / f"bed.{suffix}"), suffix=f".{suffix}")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.SOUND)
    case.version.refresh_from_db()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        kind, report = sniffer.read(path), verify.check(path)
    assert kind is not None
    assert (kind.label, report.state) == (released, State.TRUSTED)


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/>{}</svg>'
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("inside", "released"),
    [
        ("", "SVG"),
        ("<script>alert(1)</script>", "PNG"),
        ('<animate attributeName="x" to="9" dur="1s"/>', "PNG"),
        ("<text>Sale</text>", "PNG"),
    ],
)
def test_a_drawing_is_released_as_one_unless_it_does_more_than_draw(
    tmp_path: Path, inside: str, released: str
) -> None:
    (tmp_path / "logo.svg").write_text(DRAWING.format(inside))
    case = case_of(tmp_path / "logo.svg", suffix=".svg")
    Version.objects.filter(pk=case.version.pk).update(kind=AssetKind.STILL)
    case.version.refresh_from_db()
    case.approve_all()
    release = sign(case.version)
    assert release.state == "ready", release.reason
    with storage.local_copy(release.storage_key) as path:
        kind, report, content = sniffer.read(path), verify.check(path), path.read_bytes()
    assert kind is not None
    assert (kind.label, report.state) == (released, State.TRUSTED)
    assert b"<script" not in content
