"""A command of the operator's signs in the place of a key; it is believed if its signature holds."""

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from provenance.manifests import development_ca, signers, signing_command
from provenance.manifests.development_ca import Purpose
from provenance.manifests.signers import KeyFiles, KeySigner, SignerNotConfigured, SignerUnreadable
from provenance.manifests.signing_command import KeyServiceAway, NotItsSignature

AT = datetime(2026, 11, 22, tzinfo=UTC)
PROGRAM = """
import sys
from pathlib import Path
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
key = serialization.load_pem_private_key(Path(sys.argv[1]).read_bytes(), None)
data = sys.stdin.buffer.read()
if isinstance(key, ed25519.Ed25519PrivateKey):
    answer = key.sign(data)
elif isinstance(key, rsa.RSAPrivateKey):
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    answer = key.sign(data, pss, hashes.SHA256())
else:
    digest = {256: hashes.SHA256(), 384: hashes.SHA384(), 521: hashes.SHA512()}[key.curve.key_size]
    answer = key.sign(data, ec.ECDSA(digest))
sys.stdout.buffer.write(answer)
"""


def certificate(folder: Path, key: PrivateKeyTypes) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Reviewer in an HSM")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    made = made.public_key(key.public_key())  # type: ignore[arg-type]
    made = made.not_valid_before(AT - timedelta(days=1)).not_valid_after(AT + timedelta(days=90))
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    pem = made.sign(key, digest).public_bytes(serialization.Encoding.PEM)  # type: ignore[arg-type]
    (folder / "chain.pem").write_bytes(pem)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return str(folder / "chain.pem")


def signer(folder: Path, command: str, *, chain: str) -> KeySigner:
    files = KeyFiles(chain, "", command)
    return signers.signer(Purpose.REVIEWER, files=files, development_folder=folder / "none", at=AT)


def program(folder: Path, text: str = PROGRAM) -> str:
    path = folder / "a program.py"
    path.write_text(text)
    return f"{sys.executable} '{path}' {folder / 'key.pem'}"


KEYS: dict[str, PrivateKeyTypes] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "ED25519": ed25519.Ed25519PrivateKey.generate(),
    "PS256": rsa.generate_private_key(65537, 2048),
}


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_the_command_answers_is_the_signature_in_coses_form(tmp_path: Path, algorithm: str) -> None:
    found = signer(tmp_path, program(tmp_path), chain=certificate(tmp_path, KEYS[algorithm]))
    assert (found.algorithm, found.name) == (algorithm, "Reviewer in an HSM")
    lengths = {"ES256": 64, "ES384": 96, "ES512": 132, "ED25519": 64, "PS256": 256}
    assert len(found.sign(b"claim")) == lengths[algorithm]


def test_a_signature_of_another_key_or_of_something_else_is_not_believed(tmp_path: Path) -> None:
    chain = certificate(tmp_path, KEYS["ES256"])
    (tmp_path / "other").mkdir()
    certificate(tmp_path / "other", ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "key.pem").write_bytes((tmp_path / "other" / "key.pem").read_bytes())
    with pytest.raises(NotItsSignature):
        signer(tmp_path, program(tmp_path), chain=chain).sign(b"claim")
    with pytest.raises(NotItsSignature):
        signer(tmp_path, program(tmp_path, "print('hello')"), chain=chain).sign(b"claim")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import sys; sys.exit('the token is locked')", "the token is locked"),
        ("pass", "status 0"),
        ("import time; time.sleep(9)", "within 1 seconds"),
    ],
)
def test_a_command_that_fails_is_away_with_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setattr(signing_command, "SECONDS", 1 if "sleep" in text else 20)
    chain = certificate(tmp_path, KEYS["ES256"])
    with pytest.raises(KeyServiceAway, match=said):
        signer(tmp_path, program(tmp_path, text), chain=chain).sign(b"claim")


def test_what_a_command_started_ends_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that waits for a program of its own, as for one that asks a key service."""
    monkeypatch.setattr(signing_command, "SECONDS", 1)
    child = tmp_path / "child"
    script = tmp_path / "sign.sh"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {child}\nwait\n")
    script.chmod(0o700)
    chain = certificate(tmp_path, KEYS["ES256"])
    with pytest.raises(KeyServiceAway, match="within 1 seconds"):
        signer(tmp_path, str(script), chain=chain).sign(b"claim")
    status = Path("/proc", child.read_text().strip(), "stat")
    end = time.monotonic() + 10
    while status.exists() and " Z " not in status.read_text() and time.monotonic() < end:
        time.sleep(0.05)
    assert not status.exists() or " Z " in status.read_text()


def test_one_that_is_not_there_is_away(tmp_path: Path) -> None:
    chain = certificate(tmp_path, KEYS["ES256"])
    with pytest.raises(KeyServiceAway, match="can't be run"):
        signer(tmp_path, "/nowhere/sign", chain=chain).sign(b"claim")


def test_a_key_and_a_command_or_a_command_alone_are_errors(tmp_path: Path) -> None:
    development_ca.ensure(tmp_path / "other", at=AT)
    pem = str(tmp_path / "other" / "reviewer.pem")
    for files in (KeyFiles(pem, pem, "sign"), KeyFiles("", "", "sign")):
        with pytest.raises(SignerNotConfigured, match="SIGNING_REVIEWER_COMMAND"):
            signers.signer(Purpose.REVIEWER, files=files, development_folder=tmp_path / "none", at=AT)
    with pytest.raises(SignerUnreadable):
        signer(tmp_path, "sign 'unended", chain=pem)
    with pytest.raises(SignerUnreadable):
        signer(tmp_path, " ", chain=pem)
