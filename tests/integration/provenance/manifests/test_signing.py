"""Real files, really signed: what they say afterwards, and that nothing is left when it fails."""

import sys
from pathlib import Path
from typing import Any

import pytest

from dam.core import outages, storage
from dam.media import runner
from provenance.manifests import development_ca, signing, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signers import KeySigner, SignerNotConfigured
from provenance.manifests.signing import CannotCarry, NotAsSigned
from provenance.manifests.signing_command import KeyServiceAway
from provenance.manifests.trust import DEVELOPMENT_ANCHOR
from provenance.manifests.validation_codes import State
from tests import claim_factory

ORIGINAL_SIGNER = signing.signer


def test_a_generated_clip_says_what_made_it(plain: Path, tmp_path: Path) -> None:
    facts = claim_factory.generated(prompt_disclosure="text")
    report = signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=facts)
    (manifest,) = report.chain
    assert report.state is State.TRUSTED
    assert manifest.ai_generated
    assert manifest.actions[0].agent == "previz-dit 0.1"
    assert manifest.generation["seed"] == 7
    assert manifest.prompt == "a red kite over the sea"
    assert manifest.complete


def test_the_development_ca_is_named_wherever_it_gave_trust(generated: Path) -> None:
    report = verify.check(generated)
    assert report.development
    assert DEVELOPMENT_ANCHOR in report.reasons[0]
    assert "development" in report.chain[0].signer.name


def test_a_hidden_prompt_is_nowhere_in_the_file(generated: Path) -> None:
    assert b"red kite over" not in generated.read_bytes()
    assert verify.check(generated).chain[0].prompt == ""


def test_a_clip_made_of_another_keeps_that_ones_history(generated: Path, plain: Path, tmp_path: Path) -> None:
    facts = claim_factory.generated(mode="extend", sources=(claim_factory.source("source", "parentOf"),))
    report = signing.sign_generated(plain, out=tmp_path / "longer.mp4", facts=facts, sources=[generated])
    longer, source = report.chain
    assert report.state is State.TRUSTED
    assert [action.code for action in longer.actions] == ["c2pa.opened", "c2pa.edited"]
    assert longer.complete
    assert source.generation["seed"] == 7


@pytest.mark.parametrize("relation", ["inputTo", "componentOf"])
def test_what_a_clip_was_made_with_is_in_its_history(
    relation: str, generated: Path, plain: Path, tmp_path: Path
) -> None:
    sources = (claim_factory.source("first", relation), claim_factory.source("last", relation))
    facts = claim_factory.generated(mode="frames", sources=sources)
    report = signing.sign_generated(
        plain, out=tmp_path / "made.mp4", facts=facts, sources=[generated, generated]
    )
    assert report.state is State.TRUSTED
    assert report.active is not None
    assert report.active.ai_generated


def film(path: Path) -> bytes:
    """The content of the mdat box."""
    content = path.read_bytes()
    start = content.index(b"mdat")
    return content[start : start + int.from_bytes(content[start - 4 : start])]


def test_signing_changes_no_frame(plain: Path, generated: Path) -> None:
    assert runner.probe(generated).frame_count == runner.probe(plain).frame_count
    assert film(generated) == film(plain)


def test_a_release_has_the_master_as_parent_and_the_review(generated: Path, tmp_path: Path) -> None:
    out = tmp_path / "release.mp4"
    report = signing.sign_release(generated, out=out, facts=claim_factory.release())
    released, master = verify.check(out).chain
    assert report.state is State.TRUSTED
    assert (released.relation, master.relation) == ("active", "parentOf")
    assert released.review is not None
    assert (released.review.uses, released.review.territories) == (("web", "social"), ("EU",))
    assert master.ai_generated
    assert report.ai_generated


def test_maker_and_approver_sign_with_their_own_certificates(generated: Path, tmp_path: Path) -> None:
    report = signing.sign_release(generated, out=tmp_path / "r.mp4", facts=claim_factory.release())
    assert [m.signer.name for m in report.chain] == [
        "Reelproof reviewer (development)",
        "Reelproof generator (development)",
    ]


@pytest.mark.parametrize("kind", ["plain", "quicktime"])
def test_a_master_without_credentials_becomes_a_parent_too(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    master: Path = request.getfixturevalue(kind)
    report = signing.sign_release(master, out=tmp_path / master.name, facts=claim_factory.release())
    (released,) = report.chain
    assert [action.code for action in released.actions] == ["c2pa.opened", "c2pa.published"]
    assert released.ingredients == ("Master",)
    assert not report.ai_generated


def test_a_webm_master_is_released_as_an_mp4_that_says_so(webm: Path, tmp_path: Path) -> None:
    encoded = tmp_path / "encoded.mp4"
    runner.transcode_release(webm, encoded)
    facts = claim_factory.release(transcoded=True)
    report = signing.sign_release(webm, out=tmp_path / "r.mp4", facts=facts, encoded=encoded)
    assert report.state is State.TRUSTED
    assert "c2pa.transcoded" in [action.code for action in report.chain[0].actions]


def test_a_file_that_cannot_carry_a_manifest_is_refused(webm: Path, tmp_path: Path) -> None:
    assert not signing.can_carry(webm)
    with pytest.raises(CannotCarry, match="this is WebM"):
        signing.sign_release(webm, out=tmp_path / "r.webm", facts=claim_factory.release())


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"signing", "generated.mp4"}


def failing(data: bytes) -> bytes:
    raise OSError("the key service is away")


def with_key(sign: Any) -> Any:
    def signer(purpose: development_ca.Purpose) -> KeySigner:
        found = ORIGINAL_SIGNER(purpose)
        return KeySigner(found.name, found.algorithm, found.chain_pem, sign, found.valid_until)

    return signer


def test_a_signer_that_fails_leaves_nothing_and_says_why(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "signer", with_key(failing))
    with pytest.raises(SigningFailed, match="the key service is away"):
        signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=claim_factory.generated())
    assert left(tmp_path) == set()


def test_a_signature_that_does_not_hold_leaves_nothing(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "signer", with_key(lambda data: bytes(64)))
    with pytest.raises((SigningFailed, NotAsSigned)):
        signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=claim_factory.generated())
    assert left(tmp_path) == set()


def test_a_failure_keeps_what_stood_there_before(
    plain: Path, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = storage.sha256_of(generated)
    monkeypatch.setattr(signing, "signer", with_key(failing))
    with pytest.raises(SigningFailed):
        signing.sign_generated(plain, out=generated, facts=claim_factory.generated())
    assert storage.sha256_of(generated) == before


def test_an_altered_master_is_not_released(generated: Path, tmp_path: Path) -> None:
    content = bytearray(generated.read_bytes())
    content[-100] ^= 1
    generated.write_bytes(content)
    with pytest.raises(NotAsSigned) as refused:
        signing.sign_release(generated, out=tmp_path / "r.mp4", facts=claim_factory.release())
    assert refused.value.report.state is State.ALTERED
    assert left(tmp_path) == set()


def test_a_damaged_file_is_not_signed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\xff" * 500)
    with pytest.raises((SigningFailed, NotAsSigned)):
        signing.sign_generated(broken, out=tmp_path / "out.mp4", facts=claim_factory.generated())
    assert left(tmp_path) == {"broken.mp4"}


def test_half_a_configuration_is_named(plain: Path, tmp_path: Path, settings: Any) -> None:
    settings.SIGNING_GENERATOR_KEY = "key.pem"
    with pytest.raises(SignerNotConfigured):
        signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=claim_factory.generated())


def test_a_command_with_the_key_signs_files_that_verify_as_trusted(
    generated: Path, tmp_path: Path, settings: Any
) -> None:
    _by_command(tmp_path, settings, "sys.stdout.buffer.write(key.sign(data, ec.ECDSA(hashes.SHA256())))")
    report = signing.sign_release(generated, out=tmp_path / "out.mp4", facts=claim_factory.release())
    assert report.state is State.TRUSTED
    assert verify.check(tmp_path / "out.mp4").state is State.TRUSTED


def test_a_key_service_that_is_away_leaves_no_file_and_is_told_as_that(
    plain: Path, generated: Path, tmp_path: Path, settings: Any
) -> None:
    _by_command(tmp_path, settings, "sys.exit('no route to the key service')")
    with pytest.raises(KeyServiceAway, match="no route to the key service"):
        signing.sign_release(generated, out=tmp_path / "out.mp4", facts=claim_factory.release())
    with pytest.raises(KeyServiceAway, match="no route to the key service"):
        signing.sign_generated(plain, out=tmp_path / "out.mp4", facts=claim_factory.generated())
    assert not (tmp_path / "out.mp4").exists()
    assert outages.describe(KeyServiceAway("x")) is not None  # so that work is put back


def _by_command(folder: Path, settings: Any, end: str) -> None:
    """Both sign by a program with the development CA's keys."""
    house = Path(settings.SIGNING_DIR) / "development"
    program = folder / "sign.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\n"
        "from cryptography.hazmat.primitives import hashes, serialization\n"
        "from cryptography.hazmat.primitives.asymmetric import ec\n"
        "key = serialization.load_pem_private_key(Path(sys.argv[1]).read_bytes(), None)\n"
        f"data = sys.stdin.buffer.read()\n{end}\n"
    )
    for purpose in ("GENERATOR", "REVIEWER"):
        path = house / f"{purpose.lower()}.pem"
        setattr(settings, f"SIGNING_{purpose}_CHAIN", str(path))
        setattr(settings, f"SIGNING_{purpose}_COMMAND", f"{sys.executable} {program} {path}")
