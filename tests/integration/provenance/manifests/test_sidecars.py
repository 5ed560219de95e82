"""Content Credentials that are stored beside a file: WebM, Matroska and captions have no place for them."""

import hashlib
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from provenance.manifests import signing, verify
from provenance.manifests.claims import CaptionFacts, PresetFacts
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory, rubric, sidecars


@pytest.fixture
def beside(webm: Path, tmp_path: Path) -> Path:
    path = tmp_path / "plain.c2pa"
    path.write_bytes(sidecars.of(webm, "video/webm"))
    return path


def test_a_webm_is_trusted_with_its_sidecar_and_has_none_without(webm: Path, beside: Path) -> None:
    report = verify.check(webm, sidecar=beside)
    assert (report.state, report.development) == (State.TRUSTED, True)
    assert verify.check(webm).state is State.NONE


def test_captions_and_matroska_have_sidecars_too(tmp_path: Path) -> None:
    captions = tmp_path / "captions.srt"
    captions.write_text("1\n00:00:01,000 --> 00:00:02,000\nA red kite\n")
    film = media_factory.movie(tmp_path / "film.mkv")
    for path, kind in ((captions, "application/octet-stream"), (film, "video/x-matroska")):
        beside = tmp_path / f"{path.name}.c2pa"
        beside.write_bytes(sidecars.of(path, kind))
        assert verify.check(path, sidecar=beside).state is State.TRUSTED


def test_with_another_file_it_is_altered(beside: Path, plain: Path) -> None:
    assert verify.check(plain, sidecar=beside).state is State.ALTERED


def test_one_bit_of_the_film_shows(webm: Path, beside: Path, tmp_path: Path) -> None:
    content = webm.read_bytes()
    (tmp_path / "film.webm").write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    assert verify.check(tmp_path / "film.webm", sidecar=beside).state is State.ALTERED


@pytest.mark.parametrize("content", [b"", b"no box", b"\xff\xff\xff\xffjumb" + bytes(100)])
def test_what_is_no_sidecar_is_unreadable(content: bytes, webm: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.c2pa").write_bytes(content)
    assert verify.check(webm, sidecar=tmp_path / "odd.c2pa").state in (State.UNREADABLE, State.NONE)


def test_one_that_is_too_large_is_not_read(webm: Path, beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "LARGEST_SIDECAR", 10)
    assert verify.check(webm, sidecar=beside).state is State.UNREADABLE


def test_it_stands_before_what_the_file_itself_says(generated: Path, tmp_path: Path) -> None:
    (tmp_path / "own.c2pa").write_bytes(b"no box")
    assert verify.check(generated, sidecar=tmp_path / "own.c2pa").state is not State.TRUSTED


def run(*args: Any) -> str:
    out = StringIO()
    call_command("verify", *map(str, args), stdout=out)
    return out.getvalue()


def test_the_command_takes_a_sidecar_for_one_file(webm: Path, beside: Path) -> None:
    assert "trusted (test certificate)" in run(webm, "--sidecar", beside)
    with pytest.raises(CommandError, match="one file"):
        run(webm, webm, "--sidecar", beside)


def test_one_that_lies_beside_a_file_is_found_where_it_has_none_itself(
    webm: Path, beside: Path, generated: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.webm"
    film.write_bytes(webm.read_bytes())
    assert "film.webm: none" in run(film)
    for name in ("film.c2pa", "film.webm.c2pa"):
        (tmp_path / name).write_bytes(beside.read_bytes())
        said = run(film)
        assert "film.webm: trusted (test certificate)" in said
        assert f"Content Credentials read from {name}" in said
    generated.with_name(f"{generated.name}.c2pa").write_bytes(b"no box")
    assert "generated.mp4: trusted" in run(generated)


def test_a_webm_made_of_a_release_is_signed_beside_and_stays_as_it_is(
    webm: Path, generated: Path, tmp_path: Path
) -> None:
    parent, out, before = tmp_path / "release.mp4", tmp_path / "film.webm.c2pa", webm.read_bytes()
    signing.sign_release(generated, out=parent, facts=claim_factory.release())
    facts = PresetFacts(
        title="Red kite", preset="WebM", changes=("c2pa.transcoded",), at=claim_factory.AT, generated_by=None
    )
    report = signing.sign_preset(webm, parent=parent, out=out, facts=facts, beside=True)
    assert (report.state, report.review is not None) == (State.TRUSTED, True)
    assert webm.read_bytes() == before
    again = verify.check(webm, sidecar=out)
    assert (again.state, len(again.chain)) == (State.TRUSTED, 3)
    assert rubric.broken(webm, sidecar=out) == []
    assert verify.check(generated, sidecar=out).state is State.ALTERED


@pytest.mark.parametrize("recognised", [False, True])
@pytest.mark.parametrize("corrected", [False, True])
def test_captions_of_a_release_say_where_they_come_from_and_of_nobody_that_they_approved_them(
    generated: Path, tmp_path: Path, recognised: bool, corrected: bool
) -> None:
    released, words, out = tmp_path / "release.mp4", tmp_path / "words.vtt", tmp_path / "words.vtt.c2pa"
    signing.sign_release(generated, out=released, facts=claim_factory.release())
    words.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\nA red kite\n")
    facts = CaptionFacts(
        title="Red kite",
        language="en",
        recognised=recognised,
        corrected=corrected,
        release_sha256=hashlib.sha256(released.read_bytes()).hexdigest(),
        at=claim_factory.AT,
    )
    report = signing.sign_captions(words, release=released, out=out, facts=facts)
    again = verify.check(words, sidecar=out)
    for each in (report, again):
        assert (each.state, each.review, each.ai_generated) == (State.TRUSTED, None, recognised)
    assert rubric.broken(words, sidecar=out) == []
    words.write_text(words.read_text().replace("red", "bad"))
    assert verify.check(words, sidecar=out).state is State.ALTERED
