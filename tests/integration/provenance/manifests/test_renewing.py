"""A released file whose certificates run out soon gets an authority's word, in an update manifest."""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from provenance.manifests import development_ca, signing, timestamps, verify
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from tests import claim_factory, media_factory, rubric, sound_factory, timestamp_authority
from tests.timestamp_authority import Authority

pytestmark = pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl")


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    timestamps.breaker.worked()
    yield
    timestamps.breaker.worked()


@pytest.fixture
def authority(tmp_path: Path, settings: Any) -> Iterator[Authority]:
    with timestamp_authority.running(tmp_path / "authority") as running:
        settings.TIMESTAMP_ANCHORS = [str(running.root)]
        yield running


def released(plain: Path, folder: Path) -> Path:
    """A release of a clip that a model made: two signatures, both without a timestamp."""
    clip, out = (folder / f"{name}{plain.suffix}" for name in ("clip", "release"))
    signing.sign_generated(plain, out=clip, facts=claim_factory.generated())
    signing.sign_release(clip, out=out, facts=claim_factory.release())
    return out


def renewed(release: Path, authority: Authority, settings: Any) -> tuple[Path, Report]:
    settings.TIMESTAMP_URL = authority.url
    folder = release.parent / "exported"
    folder.mkdir()
    assert verify.export(release, folder)
    tokens = {
        each["manifest"]: timestamps.of(hashlib.sha256(base64.b64decode(each["signature"])).digest()).token
        for each in json.loads((folder / "signatures.json").read_text())
    }
    assert len(tokens) == 2
    out = release.with_name(f"renewed{release.suffix}")
    return out, signing.sign_renewal(release, out=out, title="Red kite", tokens=tokens)


def test_it_stays_trusted_after_its_certificates_ran_out(
    plain: Path, tmp_path: Path, authority: Authority, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(development_ca, "LEAF_DAYS", 12 / 86400)
    monkeypatch.setattr(development_ca, "RENEW_WHEN_DAYS_LEFT", -1)
    began = time.monotonic()
    release = released(plain, tmp_path)
    monkeypatch.undo()  # a new leaf is made from now on
    out, report = renewed(release, authority, settings)
    assert report.state is State.TRUSTED
    time.sleep(max(0.0, 14 - (time.monotonic() - began)))
    assert verify.check(release).state is State.INVALID
    after = verify.check(out)
    assert (after.state, after.codes) == (State.TRUSTED, ())
    assert after.review is not None
    assert [each.relation for each in after.chain] == ["active", "parentOf", "parentOf"]


def test_another_validator_trusts_it_too(
    plain: Path, tmp_path: Path, authority: Authority, settings: Any
) -> None:
    out, report = renewed(released(plain, tmp_path), authority, settings)
    assert report.active is not None
    assert report.active.time_stamp
    answer = verify.second_opinion(out)
    assert answer is not None
    assert answer["report"]["validation_results"]["failure"] == []
    assert answer["report"]["validation_state"] in ("Valid", "Trusted")


def test_its_pictures_stay_bound(plain: Path, tmp_path: Path, authority: Authority, settings: Any) -> None:
    out, _report = renewed(released(plain, tmp_path), authority, settings)
    content = bytearray(out.read_bytes())
    content[content.index(b"mdat") + 40] ^= 1
    out.write_bytes(content)
    assert verify.check(out).state is State.ALTERED


@pytest.mark.parametrize("kind", ["png", "jpg", "avif", "m4a", "mov"])
def test_other_kinds_with_a_place_for_it_are_renewed_too(
    kind: str, tmp_path: Path, authority: Authority, settings: Any
) -> None:
    plain = tmp_path / f"plain.{kind}"
    if kind == "mov":
        media_factory.movie(plain)
    elif kind in ("wav", "m4a", "mp3"):
        sound_factory.tone(plain)
    else:
        Image.new("RGB", (64, 64), "teal").save(plain)
    _out, report = renewed(released(plain, tmp_path), authority, settings)
    assert report.state is State.TRUSTED


def test_kinds_whose_sizes_the_hash_is_over_are_not(tmp_path: Path) -> None:
    plain = tmp_path / "plain.webp"
    Image.new("RGB", (64, 64), "teal").save(plain)
    with pytest.raises(signing.CannotCarry):
        signing.sign_renewal(plain, out=tmp_path / "out.webp", title="x", tokens={"urn:c2pa:1": b"1"})


def test_it_keeps_the_rules_of_the_rubric(
    plain: Path, tmp_path: Path, authority: Authority, settings: Any
) -> None:
    out, _report = renewed(released(plain, tmp_path), authority, settings)
    assert rubric.broken(out) == []
