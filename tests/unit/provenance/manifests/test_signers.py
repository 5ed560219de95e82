"""Whose key signs, and what is said when it cannot."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import load_pem_x509_certificate

from provenance.manifests import development_ca, signers
from provenance.manifests.development_ca import Purpose
from provenance.manifests.signers import (
    KeyFiles,
    KeySigner,
    SignerExpired,
    SignerNotConfigured,
    SignerUnreadable,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
NONE = KeyFiles("", "")


def signer(tmp_path: Path, *, files: KeyFiles = NONE, at: datetime = AT) -> KeySigner:
    return signers.signer(Purpose.GENERATOR, files=files, development_folder=tmp_path / "development", at=at)


def credential(folder: Path, purpose: Purpose = Purpose.REVIEWER) -> str:
    """A chain and its key in one file, as the CA of another house made it."""
    development_ca.ensure(folder / "other", at=AT)
    return str(folder / "other" / f"{purpose}.pem")


def test_without_configuration_the_development_ca_signs(tmp_path: Path) -> None:
    found = signer(tmp_path)
    assert found.algorithm == "ES256"
    assert "development" in found.name
    assert "PRIVATE" not in found.chain_pem
    assert found.chain_pem.count("BEGIN CERTIFICATE") == 2


def test_a_signature_has_coses_form_and_fits_the_certificate(tmp_path: Path) -> None:
    found = signer(tmp_path)
    signature = found.sign(b"claim")
    assert len(signature) == 64
    key = load_pem_x509_certificate(found.chain_pem.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    key.verify(der, b"claim", ec.ECDSA(hashes.SHA256()))


def test_configured_files_are_used_and_no_ca_is_made(tmp_path: Path) -> None:
    path = credential(tmp_path)
    assert signer(tmp_path, files=KeyFiles(path, path)).name == "Reelproof reviewer (development)"
    assert not (tmp_path / "development").exists()


def test_half_a_configuration_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SignerNotConfigured, match="SIGNING_GENERATOR_CHAIN and SIGNING_GENERATOR_KEY"):
        signer(tmp_path, files=KeyFiles("chain.pem", ""))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SignerUnreadable, match="SIGNING_GENERATOR_CHAIN: /nowhere"):
        signer(tmp_path, files=KeyFiles("/nowhere", "/nowhere"))


def test_a_key_of_somebody_else_is_refused(tmp_path: Path) -> None:
    files = KeyFiles(credential(tmp_path, Purpose.GENERATOR), credential(tmp_path, Purpose.REVIEWER))
    with pytest.raises(SignerUnreadable, match="match the key"):
        signer(tmp_path, files=files)


def test_a_file_that_holds_no_key_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("hello")
    with pytest.raises(SignerUnreadable):
        signer(tmp_path, files=KeyFiles(credential(tmp_path), str(text)))


def test_a_key_that_c2pa_does_not_know_is_refused() -> None:
    with pytest.raises(SignerUnreadable, match="key type"):
        signers._method(ec.generate_private_key(ec.SECP256K1()))


@pytest.mark.parametrize("years", [-1, 6])
def test_a_certificate_out_of_its_time_does_not_sign(tmp_path: Path, years: int) -> None:
    path = credential(tmp_path)
    with pytest.raises(SignerExpired, match="valid from 2026-11-21 until 2031-11-21"):
        signer(tmp_path, files=KeyFiles(path, path), at=AT + timedelta(days=365 * years))
