"""Whose signatures we trust: our own signer's root, and the lists that the operator names."""

from dataclasses import replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from dam.core import errors
from provenance.manifests import development_ca
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.trust import DEVELOPMENT_ANCHOR, STAMPS_ALONE

# C2PA's list of time-stamp authorities, as it was on that day (CC BY 4.0; trust_lists/NOTICE.txt).
BUNDLED = Path(__file__).with_name("trust_lists") / "C2PA-TSA-TRUST-LIST-2026-08-21.pem"


class AnchorUnreadable(errors.Refused):
    """A file of trusted certificates is missing or holds none; the message names it."""

    code = "anchor_unreadable"


def house() -> tuple[Anchor, ...]:
    """The anchors every verification here starts from. Makes no development CA: reading must not write.

    The development CA is trusted only while it signs: once both signers are configured, what it
    signed before reads as "valid, signer unknown".
    """
    return (*_own(), *(from_file(Path(path)) for path in settings.TRUST_ANCHORS), *timestamps())


def timestamps() -> tuple[Anchor, ...]:
    """The authorities whose time-stamps are believed here: the bundled list, and the operator's own files."""
    files = [*([BUNDLED] if settings.TIMESTAMP_LIST else []), *map(Path, settings.TIMESTAMP_ANCHORS)]
    return tuple(_stamps_alone(path) for path in files)


def _stamps_alone(path: Path) -> Anchor:
    anchor = from_file(path)
    return replace(anchor, name=f"{STAMPS_ALONE}{anchor.name}", kinds=("tsa",))


def from_file(path: Path) -> Anchor:
    """All certificates of a PEM file as one anchor, called after the file."""
    try:
        pem = path.read_text()
        x509.load_pem_x509_certificates(pem.encode())
    except (OSError, ValueError) as error:
        raise AnchorUnreadable(f"{path} holds no certificates that can be trusted ({error}).") from error
    return Anchor(name=path.name, pem=pem)


def development_folder() -> Path:
    return Path(settings.SIGNING_DIR) / "development"


def _own() -> list[Anchor]:
    chains = [settings.SIGNING_GENERATOR_CHAIN, settings.SIGNING_REVIEWER_CHAIN]
    own = [_top(Path(chain)) for chain in chains if chain]
    root = development_ca.root_pem(development_folder()) if not all(chains) else None
    return [*dict.fromkeys(own), *([Anchor(DEVELOPMENT_ANCHOR, root)] if root else [])]


def _top(chain: Path) -> Anchor:
    """The last certificate of a configured chain: the root, or the authority just below it."""
    try:
        last = x509.load_pem_x509_certificates(chain.read_bytes())[-1]
    except (OSError, ValueError) as error:
        raise AnchorUnreadable(f"{chain} holds no certificates that can be trusted ({error}).") from error
    return Anchor(
        name=f"Own signer: {last.subject.rfc4514_string()}", pem=last.public_bytes(Encoding.PEM).decode()
    )
