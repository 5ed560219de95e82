"""The development CA: signs where nobody has configured certificates. On no trust list, and says so.

One folder holds it: root.pem (to trust), issuing.pem (certificate and key), and one file with key and
chain for each purpose. The root's key signs once and is not kept.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier

from dam.core import errors
from provenance.manifests.trust import DEVELOPMENT_ORGANISATION

CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")

CA_DAYS = 20 * 365
LEAF_DAYS = 5 * 365
# Without a time-stamp a signature holds only while its certificate does. A leaf signs for a year and
# is valid for five, so that what it signed on its last day still holds for four.
RENEW_WHEN_DAYS_LEFT = 4 * 365
# Clocks of two machines differ.
BACKDATED = timedelta(hours=1)


class Purpose(StrEnum):
    """Never one certificate for both: who made it is not who approved it."""

    GENERATOR = "generator"
    REVIEWER = "reviewer"


COMMON_NAMES = {
    Purpose.GENERATOR: "Reelproof generator (development)",
    Purpose.REVIEWER: "Reelproof reviewer (development)",
}


class AuthorityBroken(errors.Refused):
    """The development CA's files cannot be made or read; the message says which and what to do."""

    code = "authority_broken"


@dataclass(frozen=True)
class _Certified:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def ensure(folder: Path, *, at: datetime) -> None:
    """Make the CA and both leaves unless they are there; renew a leaf near its end.

    Processes that start together agree: the whole CA is made aside and moved into place by one
    rename, and of two only the first succeeds.
    """
    try:
        if not folder.is_dir():
            _make(folder, at=at)
        for purpose in Purpose:
            if _days_left(folder / f"{purpose}.pem", at) < RENEW_WHEN_DAYS_LEFT:
                _renew(folder, purpose, at=at)
    except (OSError, ValueError, IndexError) as error:
        raise AuthorityBroken(
            f"The development CA in {folder} cannot be used ({error}). "
            "Files signed with it keep their chain; move the folder away to have a new CA made."
        ) from error


def root_pem(folder: Path) -> str | None:
    """The root to trust, or None where no development CA has been made."""
    try:
        return (folder / "root.pem").read_text()
    except FileNotFoundError:
        return None


def credential_pem(folder: Path, purpose: Purpose) -> str:
    """Private key, leaf and issuing certificate, one after the other."""
    return (folder / f"{purpose}.pem").read_text()


def _make(folder: Path, *, at: datetime) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))  # mode 0700
    try:
        root = _authority("Root", issuer=None, path_length=1, at=at)
        issuing = _authority("Issuing", issuer=root, path_length=0, at=at)
        _write(aside / "root.pem", _pem(root.certificate))
        _write(aside / "issuing.pem", _key_pem(issuing.key) + _pem(issuing.certificate))
        for purpose in Purpose:
            _write(aside / f"{purpose}.pem", _leaf_pem(purpose, issuing, at=at))
        try:
            aside.rename(folder)
        except OSError:
            if not (folder / "root.pem").is_file():
                raise
            # Another process was first; its CA is the one.
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def replace(folder: Path, purpose: Purpose, *, at: datetime) -> None:
    """Another leaf in the place of one whose key is not to be used any more. Raises AuthorityBroken."""
    try:
        _renew(folder, purpose, at=at)
    except (OSError, ValueError, IndexError) as error:
        raise AuthorityBroken(f"The development CA in {folder} cannot be used ({error}).") from error


def _renew(folder: Path, purpose: Purpose, *, at: datetime) -> None:
    """Two processes may both renew: each writes a whole file, and either will do."""
    pem = (folder / "issuing.pem").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("issuing.pem holds no elliptic curve key")
    issuing = _Certified(key, x509.load_pem_x509_certificates(pem)[0])
    handle, name = tempfile.mkstemp(prefix=".renewing-", dir=folder)
    os.close(handle)
    fresh = Path(name)
    try:
        _write(fresh, _leaf_pem(purpose, issuing, at=at))
        fresh.replace(folder / f"{purpose}.pem")
    finally:
        fresh.unlink(missing_ok=True)


def _authority(name: str, *, issuer: _Certified | None, path_length: int, at: datetime) -> _Certified:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"Reelproof development {name} CA")
    builder = (
        _certificate(key, subject, issuer, days=CA_DAYS, at=at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(key_usage(signs_certificates=True), critical=True)
    )
    return _Certified(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def _leaf_pem(purpose: Purpose, issuing: _Certified, *, at: datetime) -> str:
    """The official profile's extensions, but for the program's own and with a longer life."""
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = (
        _certificate(key, _name(COMMON_NAMES[purpose]), issuing, days=LEAF_DAYS, at=at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
        .sign(issuing.key, hashes.SHA256())
    )
    return _key_pem(key) + _pem(leaf) + _pem(issuing.certificate)


def _certificate(
    key: ec.EllipticCurvePrivateKey, subject: x509.Name, issuer: _Certified | None, *, days: int, at: datetime
) -> x509.CertificateBuilder:
    signer = issuer.key if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - BACKDATED)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )


def key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _days_left(path: Path, at: datetime) -> float:
    leaf = x509.load_pem_x509_certificates(path.read_bytes())[0]
    return (leaf.not_valid_after_utc - at) / timedelta(days=1)


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
