"""Who signs: key files or a command that are configured, or the development CA where nothing is.

A Signer never hands out its key, so that a key service stands behind the same Protocol (signing_command).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from dam.core import errors
from provenance.manifests import development_ca, signing_command
from provenance.manifests.development_ca import Purpose
from provenance.manifests.signing_command import CURVES


class SignerNotConfigured(errors.Refused):
    """One of chain and key is set and the other is not."""

    code = "signer_not_configured"


class SignerUnreadable(errors.Refused):
    """A key or certificate file is missing, or holds something else."""

    code = "signer_unreadable"


class SignerExpired(errors.Refused):
    """The certificate's time is over, or has not begun."""

    code = "signer_expired"


class SignerUnfit(errors.Refused):
    """The certificate is valid and fits the key, but is not one that content may be signed with."""

    code = "signer_unfit"


class Signer(Protocol):
    """Signs as one identity. `chain_pem` holds the leaf first and everything below the root."""

    @property
    def name(self) -> str: ...

    @property
    def algorithm(self) -> str:
        """A name of C2PA's list: ES256, ES384, ES512, PS256, ED25519."""

    @property
    def chain_pem(self) -> str: ...

    def sign(self, data: bytes) -> bytes:
        """The signature in COSE's form: r and s side by side for elliptic curves."""


@dataclass(frozen=True)
class KeySigner:
    """Signs with a private key held in memory, or by a command that has it."""

    name: str
    algorithm: str
    chain_pem: str
    sign: Callable[[bytes], bytes]
    valid_until: datetime


@dataclass(frozen=True)
class KeyFiles:
    """Paths of PEM files, empty when not configured; `command` signs in the place of a key."""

    chain: str
    key: str
    command: str = ""


def signer(purpose: Purpose, *, files: KeyFiles, development_folder: Path, at: datetime) -> KeySigner:
    """The signer of the configured files or command; without any, the development CA's, made on first use.

    Raises SignerNotConfigured, SignerUnreadable, SignerExpired or authority.AuthorityBroken.
    """
    variable = f"SIGNING_{purpose.upper()}"
    if files.key and files.command:
        raise SignerNotConfigured(f"Set {variable}_KEY or {variable}_COMMAND, not both.")
    if bool(files.chain) != bool(files.key or files.command):
        raise SignerNotConfigured(
            f"Set both {variable}_CHAIN and {variable}_KEY (or {variable}_COMMAND), or neither."
        )
    if files.command:
        loaded = of_command(chain=_text(files.chain, f"{variable}_CHAIN"), command=files.command)
    elif files.key:
        loaded = load(chain=_text(files.chain, f"{variable}_CHAIN"), key=_text(files.key, f"{variable}_KEY"))
    else:
        development_ca.ensure(development_folder, at=at)
        pem = development_ca.credential_pem(development_folder, purpose)
        loaded = load(chain=pem, key=pem)
    return _valid(loaded, at=at)


def load(*, chain: str, key: str) -> KeySigner:
    """Of PEM texts, the leaf of the chain first. Raises SignerUnreadable."""
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
        private = serialization.load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignerUnreadable(f"The signing key or its certificate chain can't be read: {error}") from error
    leaf = certificates[0]
    if _public(leaf) != private.public_key().public_bytes(*_SPKI):
        raise SignerUnreadable("The first certificate in the signing chain doesn't match the key.")
    algorithm, sign = _method(private)
    return KeySigner(
        name=_common_name(leaf),
        algorithm=algorithm,
        chain_pem="".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in certificates),
        sign=sign,
        valid_until=leaf.not_valid_after_utc,
    )


def of_command(*, chain: str, command: str) -> KeySigner:
    """Of a chain as PEM, the leaf first, and the command that has its key. Raises SignerUnreadable."""
    try:
        certificates = x509.load_pem_x509_certificates(chain.encode())
        sign = signing_command.method(command, certificates[0])
        algorithm = signing_command.algorithm_of(certificates[0])
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SignerUnreadable(
            f"The signing command or its certificate chain can't be read: {error}"
        ) from error
    if algorithm is None:
        raise SignerUnreadable(_KEY_TYPE)
    return KeySigner(
        name=_common_name(certificates[0]),
        algorithm=algorithm,
        chain_pem="".join(c.public_bytes(serialization.Encoding.PEM).decode() for c in certificates),
        sign=sign,
        valid_until=certificates[0].not_valid_after_utc,
    )


_KEY_TYPE = "This key type isn't supported. C2PA signs with ES256, ES384, ES512, PS256 or Ed25519."
_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _public(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(*_SPKI)


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _valid(loaded: KeySigner, *, at: datetime) -> KeySigner:
    begins = x509.load_pem_x509_certificate(loaded.chain_pem.encode()).not_valid_before_utc
    if not begins <= at < loaded.valid_until:
        raise SignerExpired(
            f"The certificate of {loaded.name} is valid from {begins:%Y-%m-%d} until "
            f"{loaded.valid_until:%Y-%m-%d}. Install a current certificate to continue signing."
        )
    return loaded


def _method(private: object) -> tuple[str, Callable[[bytes], bytes]]:
    """C2PA's name of the algorithm that goes with a key, and the function that signs with it."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ED25519", private.sign
    if isinstance(private, rsa.RSAPrivateKey):
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
        return "PS256", lambda data: private.sign(data, pss, hashes.SHA256())
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in CURVES:
        algorithm, digest = CURVES[private.curve.name]
        width = (private.curve.key_size + 7) // 8

        def sign(data: bytes) -> bytes:
            r, s = decode_dss_signature(private.sign(data, ec.ECDSA(digest)))
            return r.to_bytes(width) + s.to_bytes(width)

        return algorithm, sign
    raise SignerUnreadable(_KEY_TYPE)


def _text(path: str, variable: str) -> str:
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SignerUnreadable(f"{variable}: {path} can't be read ({error}).") from error
