"""Certificates that content may be signed with: asking for one, and what is wrong with it. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from provenance.manifests.development_ca import CLAIM_SIGNING, DOCUMENT_SIGNING, key_usage

Kind = TypeVar("Kind", bound=x509.ExtensionType)

LONGEST_PROGRAM = timedelta(days=366)  # of the conformance program's profile
SMALLEST_RSA = 2048
ALLOWED_USES = (CLAIM_SIGNING, DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION)
# A certificate that is for one of these isn't for claims, whatever else it names.
FORBIDDEN_USES = {
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anything",
    ExtendedKeyUsageOID.TIME_STAMPING: "timestamps",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP",
}


@dataclass(frozen=True)
class Requested:
    """A new private key and the request to certify it, both as PEM."""

    key: str
    request: str


@dataclass(frozen=True)
class Described:
    """One certificate in words."""

    name: str
    issuer: str
    serial: str
    begins: datetime
    ends: datetime


def request(*, name: str, organisation: str, country: str) -> Requested:
    """A key on P-256 (ES256) and a request by C2PA's profile for signers of claims.

    `country` has two letters. Raises ValueError for names that a certificate can't hold.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country.upper()),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    asked = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING, DOCUMENT_SIGNING]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Requested(key=private.decode(), request=asked.public_bytes(pem).decode())


def described(certificate: x509.Certificate) -> Described:
    return Described(
        name=_called(certificate.subject),
        issuer=_called(certificate.issuer),
        serial=f"{certificate.serial_number:x}",
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
    )


def faults(chain: Sequence[x509.Certificate], *, at: datetime) -> Iterator[str]:
    """Why this chain, the leaf first, can't sign content; nothing where it can. A sentence each."""
    for certificate in chain:
        if not certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc:
            told = described(certificate)
            yield f"{told.name} is valid from {told.begins:%Y-%m-%d} until {told.ends:%Y-%m-%d} alone."
    for lower, upper in pairwise(chain):
        if not _is_issued_by(lower, upper):
            yield (
                f"{_called(upper.subject)} didn't issue {_called(lower.subject)}. "
                "The leaf comes first, each authority after the one that it issued."
            )
    leaf = chain[0]
    if leaf.subject == leaf.issuer:
        yield "The certificate is self-signed, so no other installation trusts it."
    yield from _faults_of_key(leaf)
    yield from _faults_of_use(leaf)


def remarks(chain: Sequence[x509.Certificate]) -> Iterator[str]:
    """What stops nothing, and should be known."""
    leaf = chain[0]
    if leaf.not_valid_after_utc - leaf.not_valid_before_utc > LONGEST_PROGRAM:
        yield "It's valid for more than 366 days, which the conformance program of C2PA doesn't allow."
    if CLAIM_SIGNING not in _uses(leaf):
        yield "It isn't for signing C2PA claims by name (1.3.6.1.4.1.62558.2.1), which the program asks for."
    if len(chain) == 1:
        yield "It comes without the authority that issued it, which others need to verify it."
    if len(chain) > 1 and chain[-1].subject == chain[-1].issuer:
        yield "The chain ends with its root. Leave that out: files needn't carry it."


def _faults_of_key(leaf: x509.Certificate) -> Iterator[str]:
    key = leaf.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        yield f"Its RSA key has {key.key_size} bits. C2PA asks for {SMALLEST_RSA} at least."


def _faults_of_use(leaf: x509.Certificate) -> Iterator[str]:
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        yield "The first certificate is an authority's. The signer's own must come first."
    usage = _extension(leaf, x509.KeyUsage)
    if usage is None or not usage.digital_signature:
        yield "Its key usage doesn't allow digital signatures."
    uses = _uses(leaf)
    if not any(use in uses for use in ALLOWED_USES):
        yield (
            "Its extended key usage names none of those for content: C2PA claim signing, document signing, "
            "email protection."
        )
    for use, what in FORBIDDEN_USES.items():
        if use in uses:
            yield f"Its extended key usage allows {what}, which a signer of content must not."
    if _extension(leaf, x509.AuthorityKeyIdentifier) is None:
        yield "It has no authority key identifier."


def _uses(certificate: x509.Certificate) -> list[ObjectIdentifier]:
    return list(_extension(certificate, x509.ExtendedKeyUsage) or ())


def _extension(certificate: x509.Certificate, kind: type[Kind]) -> Kind | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _is_issued_by(lower: x509.Certificate, upper: x509.Certificate) -> bool:
    try:
        lower.verify_directly_issued_by(upper)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _called(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()
