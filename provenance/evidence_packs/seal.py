"""The signature over a pack's index: with the reviewers' key, in a form that `openssl` checks by itself.

The index is JSON and begins with a brace. What the same key signs in a file is CBOR and begins otherwise
(RFC 9052), so neither is ever taken for the other.
"""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from provenance.manifests import signing
from provenance.manifests.development_ca import AuthorityBroken, Purpose
from provenance.manifests.signers import SignerExpired, SignerNotConfigured, SignerUnreadable

NO_SIGNER = (SignerNotConfigured, SignerUnreadable, SignerExpired, AuthorityBroken)


@dataclass(frozen=True)
class Sealing:
    """Who signs, by which of C2PA's algorithms, with the chain of certificates below the root (PEM)."""

    name: str
    algorithm: str
    chain_pem: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as `openssl x509 -fingerprint` writes it."""
        leaf = x509.load_pem_x509_certificate(self.chain_pem.encode())
        return leaf.fingerprint(hashes.SHA256()).hex(":").upper()


@dataclass(frozen=True)
class Unsealed:
    """There is no signer: why."""

    reason: str


def who() -> Sealing | Unsealed:
    try:
        signer = signing.signer(Purpose.REVIEWER)
    except NO_SIGNER as none:
        return Unsealed(str(none))
    return Sealing(signer.name, signer.algorithm, signer.chain_pem)


def sign(content: bytes) -> bytes:
    """The signature: DER for elliptic curves, as `openssl dgst -verify` reads it."""
    signer = signing.signer(Purpose.REVIEWER)
    signature = signer.sign(content)
    if signer.algorithm not in ("ES256", "ES384", "ES512"):
        return signature
    half = len(signature) // 2
    return encode_dss_signature(int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
