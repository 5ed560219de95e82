"""Tampering with signed files, certificates that don't hold, and files made to do harm."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from provenance.manifests import development_ca, signing, trust_anchors, verify
from provenance.manifests.report import KIND_WITHOUT
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory
from tests.media_factory import bad_files

DATA = Path(__file__).parent / "data"
FREE_BOX = (64).to_bytes(4) + b"free" + bytes(56)


def flip(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def without_manifest(content: bytes) -> bytes:
    size = int.from_bytes(content[:4])  # ftyp first, the manifest's uuid box right after
    assert content[size + 4 : size + 8] == b"uuid"
    return content[:size] + content[size + int.from_bytes(content[size : size + 4]) :]


TAMPERED: dict[str, tuple[Callable[[bytes], bytes], State]] = {
    "a bit of the film": (lambda c: flip(c, c.rindex(b"mdat") + 500), State.ALTERED),
    "a bit of the index": (lambda c: flip(c, c.index(b"mvhd") + 20), State.ALTERED),
    "a letter of the claim": (lambda c: c.replace(b"Reelproof", b"Realproof", 1), State.ALTERED),
    "the model's name": (lambda c: c.replace(b"previz-dit", b"previz-dot", 1), State.ALTERED),
    "bytes after the end": (lambda c: c + FREE_BOX, State.ALTERED),
    "the end": (lambda c: c[:-200], State.ALTERED),
    "its credentials": (without_manifest, State.NONE),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_after_signing_shows(what: str, generated: Path) -> None:
    tamper, state = TAMPERED[what]
    generated.write_bytes(tamper(generated.read_bytes()))
    report = verify.check(generated)
    assert report.state is state
    assert all(reason.endswith(".") for reason in report.reasons)


def test_a_change_in_the_parents_manifest_shows(generated: Path, tmp_path: Path) -> None:
    out = tmp_path / "release.mp4"
    signing.sign_release(generated, out=out, facts=claim_factory.release())
    content = out.read_bytes()
    out.write_bytes(content.replace(b"prompt_guided", b"fully_autonom", 1))
    report = verify.check(out)
    assert report.state is State.ALTERED
    assert report.findings[0].where == "ingredient"


def test_an_unknown_signer_is_valid_and_not_invalid(generated: Path, tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_DIR = tmp_path / "elsewhere"
    report = verify.check(generated)
    assert report.state is State.VALID
    assert report.codes == ("signingCredential.untrusted",)


def test_a_given_anchor_makes_the_stranger_trusted(generated: Path, tmp_path: Path, settings: Any) -> None:
    root = trust_anchors.from_file(settings.SIGNING_DIR / "development" / "root.pem")
    settings.SIGNING_DIR = tmp_path / "elsewhere"
    report = verify.check(generated, anchors=[root])
    assert report.state is State.TRUSTED
    assert report.chain[0].trusted_by == "root.pem"


def test_an_anchor_of_the_settings_counts_everywhere(generated: Path, tmp_path: Path, settings: Any) -> None:
    settings.TRUST_ANCHORS = [str(settings.SIGNING_DIR / "development" / "root.pem")]
    settings.SIGNING_DIR = tmp_path / "elsewhere"
    assert verify.check(generated).state is State.TRUSTED


def test_configured_keys_are_trusted_by_their_chain(plain: Path, tmp_path: Path, settings: Any) -> None:
    house = tmp_path / "house"
    development_ca.ensure(house, at=datetime.now(UTC))
    settings.SIGNING_GENERATOR_CHAIN = settings.SIGNING_GENERATOR_KEY = str(house / "generator.pem")
    settings.SIGNING_REVIEWER_CHAIN = settings.SIGNING_REVIEWER_KEY = str(house / "reviewer.pem")
    out = tmp_path / "out.mp4"
    report = signing.sign_generated(plain, out=out, facts=claim_factory.generated())
    assert report.state is State.TRUSTED
    assert not Path(settings.SIGNING_DIR).exists()
    settings.SIGNING_GENERATOR_CHAIN = settings.SIGNING_REVIEWER_CHAIN = ""
    assert verify.check(out).state is State.VALID


def test_a_certificate_that_has_expired_does_not_hold() -> None:
    # Signed while its certificate was valid, for four seconds: the library signs with no expired one.
    root = trust_anchors.from_file(DATA / "expired-root.pem")
    report = verify.check(DATA / "expired.mp4", anchors=[root])
    assert report.state is State.INVALID
    assert "signingCredential.expired" in report.codes


BAD = ["empty", "not_a_video-text", "not_a_video-noise", "playlist-hls", "damaged-noise", "truncated-half"]


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return bad_files(tmp_path_factory.mktemp("bad"))


@pytest.mark.parametrize("code", BAD)
def test_a_bad_file_gets_an_answer(code: str, bad: dict[str, Path]) -> None:
    report = verify.check(bad[code])
    assert report.state in (State.UNREADABLE, State.NONE)
    assert report.reasons[0].endswith(".")


def test_a_film_of_endless_boxes_is_unreadable(tmp_path: Path) -> None:
    box = b""
    for _ in range(20_000):
        box = (len(box) + 8).to_bytes(4) + b"moov" + box
    path = tmp_path / "nested.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + box)
    assert verify.check(path).state is State.UNREADABLE


def test_a_webm_carries_no_credentials(webm: Path) -> None:
    report = verify.check(webm)
    assert report.state is State.NONE
    assert report.reasons == (KIND_WITHOUT,)


@pytest.mark.parametrize(
    "head",
    [
        b"\x1f\x07\x00\xbf",  # DV
        b"\x06\x0e\x2b\x34\x02\x05\x01\x01",  # MXF
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # Windows Media
        b"FLV\x01\x05",
        b"\x00\x00\x01\xba\x44",  # MPEG
    ],
)
def test_films_of_old_kinds_carry_none_and_are_not_called_unreadable(head: bytes, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(head + bytes(100))
    assert verify.check(tmp_path / "film").state is State.NONE


@pytest.mark.parametrize(
    ("suffix", "codec", "size"),
    [
        ("dv", "dvvideo", (720, 576)),
        ("mxf", "mpeg2video", (128, 80)),
        ("wmv", "wmv2", (128, 80)),
        ("flv", "flv1", (128, 80)),
        ("mpg", "mpeg1video", (128, 80)),
        ("vob", "mpeg2video", (128, 80)),
        ("ts", "mpeg2video", (128, 80)),
        ("mkv", "libx264", (128, 80)),
        ("avi", "mpeg4", (128, 80)),
    ],
)
def test_a_real_film_of_an_old_kind_has_no_credentials(
    suffix: str, codec: str, size: tuple[int, int], tmp_path: Path
) -> None:
    width, height = size
    film = media_factory.movie(tmp_path / f"film.{suffix}", codec=codec, width=width, height=height)
    assert verify.check(film).state is State.NONE


def test_an_avi_is_read_under_the_name_that_ingest_gives_it(tmp_path: Path) -> None:
    film = media_factory.movie(tmp_path / "film.avi", codec="mpeg4")
    assert verify.check(film).state is State.NONE


def test_a_reader_that_takes_too_long_is_stopped(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "BASE_SECONDS", 0.0)
    monkeypatch.setattr(verify, "BYTES_PER_SECOND", 10**12)
    report = verify.check(generated)
    assert report.state is State.UNREADABLE
    assert "stopped" in report.reasons[0]


def test_a_reader_without_memory_is_stopped(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "LIMITS", replace(verify.LIMITS, memory_bytes=16 * 1024**2))
    assert verify.check(generated).state is State.UNREADABLE


def test_reading_makes_no_development_ca(plain: Path, settings: Any) -> None:
    assert verify.check(plain).state is State.NONE
    assert not Path(settings.SIGNING_DIR).exists()


def test_an_anchor_file_without_certificates_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.pem"
    path.write_text("no certificates")
    with pytest.raises(trust_anchors.AnchorUnreadable, match=r"list\.pem"):
        trust_anchors.from_file(path)


SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "examples" / "c2pa"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the example files are not here")
def test_every_example_has_its_known_verdict() -> None:
    roots = [
        trust_anchors.from_file(SHARED / "trust" / name)
        for name in ("generated-root.pem", "c2pa-rs-test-roots.pem")
    ]
    for example in json.loads((SHARED / "expected.json").read_text()):
        report = verify.check(SHARED / example["file"], anchors=roots)
        assert report.state == example["verdict"], example["file"]
        assert set(report.codes) == {*example["active"], *example["ingredients"]}, example["file"]
