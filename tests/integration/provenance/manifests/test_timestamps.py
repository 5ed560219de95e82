"""Signatures with a time-stamp, made by a real authority on this machine and put there by us."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from provenance.manifests import cose, signing, timestamps, trust_anchors, verify
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory, sound_factory, timestamp_authority
from tests.timestamp_authority import Authority

pytestmark = pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl")

SIGNATURE = hashlib.sha256(b"signature").digest()


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    timestamps.breaker.worked()
    yield
    timestamps.breaker.worked()


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    with timestamp_authority.running(tmp_path / "authority") as running:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = running.url, [str(running.root)]
        yield running


def generated(clip: Path, out: Path) -> Any:
    return signing.sign_generated(clip, out=out, facts=claim_factory.generated())


def test_what_is_signed_is_stamped_by_the_authority(
    authority: Authority, plain: Path, tmp_path: Path
) -> None:
    report = generated(plain, tmp_path / "out.mp4")
    assert report.state is State.TRUSTED
    assert report.active.time_stamp
    assert verify.check(tmp_path / "out.mp4").active == report.active
    assert len(authority.asked) == 1


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "tiff", "avif", "mov", "wav", "m4a", "mp3"])
def test_every_kind_with_room_is_stamped(kind: str, authority: Authority, tmp_path: Path) -> None:
    plain, out = tmp_path / f"plain.{kind}", tmp_path / f"out.{kind}"
    if kind == "mov":
        media_factory.movie(plain)
    elif kind in ("wav", "m4a", "mp3"):
        sound_factory.tone(plain)
    else:
        Image.new("RGB", (64, 64), "teal").save(plain)
    assert generated(plain, out).active.time_stamp
    assert verify.check(out).state is State.TRUSTED


def test_a_drawing_has_no_room(authority: Authority, tmp_path: Path) -> None:
    """Its credentials are written in letters, so that no bytes of the signature are there to be found."""
    (tmp_path / "plain.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>')
    report = generated(tmp_path / "plain.svg", tmp_path / "out.svg")
    assert (report.state, report.active.time_stamp) == (State.TRUSTED, "")


def test_a_release_is_stamped_with_the_clip_it_came_from(
    authority: Authority, plain: Path, tmp_path: Path
) -> None:
    generated(plain, tmp_path / "clip.mp4")
    out = tmp_path / "release.mp4"
    report = signing.sign_release(tmp_path / "clip.mp4", out=out, facts=claim_factory.release())
    assert report.state is State.TRUSTED
    assert [bool(manifest.time_stamp) for manifest in report.chain] == [True, True]


def test_an_authority_that_fails_leaves_a_sound_file_without(
    authority: Authority, plain: Path, tmp_path: Path
) -> None:
    authority.answer = (500, b"")
    report = generated(plain, tmp_path / "out.mp4")
    assert report.state is State.TRUSTED
    assert report.active.time_stamp == ""


def test_it_is_left_alone_for_a_while_then(authority: Authority, plain: Path, tmp_path: Path) -> None:
    authority.answer = (200, b"no time-stamp")
    for name in ("one.mp4", "two.mp4"):
        assert generated(plain, tmp_path / name).active.time_stamp == ""
    assert len(authority.asked) == 1


@pytest.mark.parametrize("answer", [(200, b""), (200, b"0" * 100_000), (302, b""), (404, b"?")])
def test_what_is_no_time_stamp_is_none(answer: tuple[int, bytes], authority: Authority) -> None:
    authority.answer = answer
    with pytest.raises(timestamps.NoTimestamp):
        timestamps.of(SIGNATURE)


def test_the_answer_to_another_question_is_none(authority: Authority) -> None:
    authority.answer = (200, timestamps.of(bytes(32)).response)
    with pytest.raises(timestamps.NoTimestamp):
        timestamps.of(SIGNATURE)


def test_an_authority_on_no_list_is_not_believed(authority: Authority, settings: Any) -> None:
    settings.TIMESTAMP_ANCHORS = []
    with pytest.raises(timestamps.NoTimestamp, match="list"):
        timestamps.of(SIGNATURE)


def test_without_an_address_nothing_is_asked(plain: Path, tmp_path: Path) -> None:
    assert generated(plain, tmp_path / "out.mp4").active.time_stamp == ""


def test_who_may_stamp_may_not_sign(authority: Authority, plain: Path, tmp_path: Path, settings: Any) -> None:
    """The library trusts signers by any list; we don't."""
    generated(plain, tmp_path / "out.mp4")
    root = settings.SIGNING_DIR / "development" / "root.pem"
    settings.SIGNING_DIR = tmp_path / "elsewhere"
    assert verify.check(tmp_path / "out.mp4").state is State.VALID
    settings.TIMESTAMP_ANCHORS = [str(root), str(authority.root)]
    report = verify.check(tmp_path / "out.mp4")
    assert report.state is State.VALID
    assert not report.active.trusted  # type: ignore[union-attr]


def test_nor_does_a_release_make_it_so(
    authority: Authority, plain: Path, tmp_path: Path, settings: Any
) -> None:
    generated(plain, tmp_path / "clip.mp4")
    root = settings.SIGNING_DIR / "development" / "root.pem"
    settings.SIGNING_DIR = tmp_path / "elsewhere"
    settings.TIMESTAMP_ANCHORS = [str(root), str(authority.root)]
    out = tmp_path / "release.mp4"
    report = signing.sign_release(tmp_path / "clip.mp4", out=out, facts=claim_factory.release())
    assert [manifest.trusted for manifest in report.chain] == [True, False]


def test_the_bundled_list_can_be_read() -> None:
    [bundled] = trust_anchors.timestamps()
    assert bundled.pem.count("BEGIN CERTIFICATE") == 22


def test_too_large_a_token_finds_no_room() -> None:
    place = cose.Place(0, b"\xa1" + b"\x63pad\x58\x64" + bytes(100))
    with pytest.raises(cose.NoRoom):
        cose.with_token(place, bytes(200))


@pytest.mark.parametrize("spare", range(0, 300, 7))
def test_the_room_stays_as_long_as_it_was(spare: int) -> None:
    length = 2000 + spare
    place = cose.Place(0, b"\xa1" + b"\x63pad\x59" + length.to_bytes(2) + bytes(length))
    made = cose.with_token(place, bytes(1800))
    assert len(made) == len(place.held)
