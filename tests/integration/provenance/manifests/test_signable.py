"""Whether a file can be signed, asked before a review begins, and what the signing library says then."""

import struct
from pathlib import Path

import pytest

from provenance.manifests import c2pa_io, signing
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory

FREE_BEYOND_THE_END = struct.pack(">I4s", 5008, b"free")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return media_factory.clip(tmp_path / "film.mp4", frames=4)


def sign(path: Path) -> State:
    out = path.with_name("signed.mp4")
    return signing.sign_release(path, out=out, facts=claim_factory.release()).state


def test_a_film_can_be_signed(film: Path) -> None:
    assert signing.signable(film) is None
    assert sign(film) is State.TRUSTED


def test_a_box_past_the_end_is_told_before_signing_fails_on_it(film: Path) -> None:
    film.write_bytes(film.read_bytes() + FREE_BEYOND_THE_END)
    assert "“free” at byte" in (signing.signable(film) or "")
    with pytest.raises(c2pa_io.SigningFailed):
        sign(film)


def test_a_track_longer_than_its_film_is_told_before_signing_fails_on_it(film: Path) -> None:
    data = bytearray(film.read_bytes())
    place = data.index(b"trak") - 4
    data[place : place + 4] = struct.pack(">I", 100_000)
    film.write_bytes(data)
    assert "“trak” at byte" in (signing.signable(film) or "")
    with pytest.raises(c2pa_io.SigningFailed):
        sign(film)


def test_media_data_that_breaks_off_can_still_be_signed(film: Path) -> None:
    data = bytearray(film.read_bytes())
    place = data.index(b"mdat") - 4
    data[place : place + 4] = struct.pack(">I", len(data))
    film.write_bytes(data)
    assert signing.signable(film) is None
    assert sign(film) is State.TRUSTED


@pytest.mark.parametrize(
    ("head", "label"),
    [(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x84webm", "WebM files have"), (b"text", "This kind of file has")],
)
def test_other_kinds_have_no_place(tmp_path: Path, head: bytes, label: str) -> None:
    (tmp_path / "film").write_bytes(head)
    assert (signing.signable(tmp_path / "film") or "").startswith(label)
    assert not signing.can_carry(tmp_path / "film")
