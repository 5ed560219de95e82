"""Whatever is done to a signed file, it's never trusted, and reading it takes 10 seconds and 1 GB at most."""

import resource
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID as Use
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.test import override_settings

from provenance.manifests import c2pa_io, claims, development_ca, signers, signing, trust_anchors, verify
from provenance.manifests.development_ca import CLAIM_SIGNING, Purpose, key_usage
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from tests import attacks, claim_factory, forgery, media_factory

SECONDS, BYTES = 10.0, 1024**3  # of a processor; where others are at work it takes longer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacks")


@pytest.fixture(scope="module")
def signing_folder(folder: Path) -> Path:
    return folder / "signing"


@pytest.fixture(autouse=True)
def _own_signing_folder(settings: Any, signing_folder: Path) -> None:
    settings.SIGNING_DIR = signing_folder


@pytest.fixture(scope="module")
def released(folder: Path, signing_folder: Path) -> tuple[bytes, bytes]:
    """A release of a generated clip, and another."""
    with override_settings(SIGNING_DIR=signing_folder):
        made = []
        for number in range(2):
            plain = media_factory.clip(folder / f"plain-{number}.mp4", seed=number)
            clip, out = folder / f"clip-{number}.mp4", folder / f"release-{number}.mp4"
            signing.sign_generated(plain, out=clip, facts=claim_factory.generated())
            signing.sign_release(clip, out=out, facts=claim_factory.release())
            made.append(out.read_bytes())
    return made[0], made[1]


def judged(content: bytes, path: Path) -> Report:
    """The verdict; it came soon, and with little memory."""
    path.write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = verify.check(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    path.unlink()
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < SECONDS
    assert after.ru_maxrss == before.ru_maxrss or after.ru_maxrss * 1024 < BYTES
    return report


def test_untouched_it_is_trusted(released: tuple[bytes, bytes], tmp_path: Path) -> None:
    assert judged(released[0], tmp_path / "file.mp4").state is State.TRUSTED


def test_no_bit_can_be_changed(released: tuple[bytes, bytes], tmp_path: Path) -> None:
    tried = dict(attacks.changed_bits(released[0]))
    states = {name: judged(content, tmp_path / "file.mp4").state for name, content in tried.items()}
    assert len(tried) == 10 * attacks.FLIPS
    assert {name: state for name, state in states.items() if state in (State.TRUSTED, State.VALID)} == {}


def test_nothing_can_be_added_taken_or_put_elsewhere(released: tuple[bytes, bytes], tmp_path: Path) -> None:
    tried = dict(attacks.rearranged(*released))
    states = {name: judged(content, tmp_path / "file.mp4").state for name, content in tried.items()}
    assert {name: state for name, state in states.items() if state in (State.TRUSTED, State.VALID)} == {}
    assert states["stripped"] is State.NONE
    assert states["another's manifest"] is State.ALTERED


@pytest.mark.parametrize(
    ("name", "content"), list(attacks.monsters()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_no_monster_is_trusted_or_takes_long(name: str, content: bytes, tmp_path: Path) -> None:
    assert judged(content, tmp_path / "file.mp4").state in (State.NONE, State.UNREADABLE, State.INVALID)


def test_many_ingredients_end_soon(tmp_path: Path) -> None:
    """2,000, as signing 10,000 takes a minute and a half; those are unreadable after eight seconds."""
    definition = claims.trial().manifest
    definition["ingredients"] = [{"title": "x", "relationship": "componentOf"}] * 2_000
    plain, out = media_factory.clip(tmp_path / "plain.mp4"), tmp_path / "many.mp4"
    _sign(plain, out, definition, signing.signer(Purpose.GENERATOR))
    assert judged(out.read_bytes(), tmp_path / "file.mp4").state in (State.TRUSTED, State.UNREADABLE)


def test_a_stranger_of_the_same_name_is_not_trusted(tmp_path: Path) -> None:
    forged = forgery.release(media_factory.clip(tmp_path / "plain.mp4"), out=tmp_path / "out.mp4")
    assert judged(forged.read_bytes(), tmp_path / "file.mp4").state is State.VALID


def test_a_certificate_that_has_run_out_is_not_trusted(tmp_path: Path) -> None:
    content = (Path(__file__).parent / "data" / "expired.mp4").read_bytes()
    assert judged(content, tmp_path / "file.mp4").state is State.INVALID


WRONG_USES = {
    "servers": [Use.SERVER_AUTH],
    "timestamps": [Use.TIME_STAMPING],
    "programs": [Use.CODE_SIGNING],
}


@pytest.mark.parametrize("what", WRONG_USES)
def test_a_certificate_for_something_else_is_not_trusted(
    what: str, tmp_path: Path, signing_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By our own authority, so that nothing but its use speaks against it."""
    uses = "\n".join(use.dotted_string for use in WRONG_USES[what])
    signer = _signer(WRONG_USES[what], issuing=signing_folder / "development" / "issuing.pem")
    with monkeypatch.context() as loose:
        loose.setattr(c2pa_io, "KEY_USES", f"{c2pa_io.KEY_USES}\n{uses}")
        out = _attempt(tmp_path, signer)
    if out is not None:
        assert judged(out.read_bytes(), tmp_path / "file.mp4").state is State.INVALID


def test_one_that_signed_itself_is_not_trusted(tmp_path: Path) -> None:
    out = _attempt(tmp_path, _signer([CLAIM_SIGNING], issuing=None))
    if out is not None:
        assert judged(out.read_bytes(), tmp_path / "file.mp4").state in (State.VALID, State.INVALID)


def _attempt(folder: Path, signer: signers.KeySigner) -> Path | None:
    """A file signed so; None where the library signs nothing with such a certificate."""
    plain, out = media_factory.clip(folder / "plain.mp4"), folder / "out.mp4"
    try:
        _sign(plain, out, claims.generated(claim_factory.generated()).manifest, signer)
    except c2pa_io.SigningFailed:
        return None
    return out


def _sign(plain: Path, out: Path, definition: dict[str, Any], signer: signers.KeySigner) -> None:
    for assertion in definition["assertions"]:  # without the prompt, which is a file of its own
        for action in assertion["data"].get("actions", ()):
            action.pop("parameters", None)
    c2pa_io._context.cache_clear()
    try:
        c2pa_io.sign(
            definition,
            source=plain,
            out=out,
            content_type="video/mp4",
            edits=False,
            ingredients=[],
            algorithm=signer.algorithm,
            chain_pem=signer.chain_pem,
            sign_bytes=signer.sign,
            anchors=trust_anchors.house(),
        )
    finally:
        c2pa_io._context.cache_clear()


def _signer(uses: list[ObjectIdentifier], *, issuing: Path | None) -> signers.KeySigner:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Somebody")])
    upper, upper_key, chain = name, key, b""
    if issuing is not None:
        development_ca.ensure(issuing.parent, at=datetime.now(UTC))
        chain = issuing.read_bytes()
        upper = x509.load_pem_x509_certificate(chain).subject
        loaded = serialization.load_pem_private_key(chain, password=None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        upper_key = loaded
    now = datetime.now(UTC)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(upper_key.public_key())
    leaf = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(upper)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(known, critical=False)
        .sign(upper_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    above = (
        b"".join(each.public_bytes(pem) for each in x509.load_pem_x509_certificates(chain)) if chain else b""
    )
    return signers.load(chain=(leaf.public_bytes(pem) + above).decode(), key=private.decode())
