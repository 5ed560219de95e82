"""Can it be signed at all? Asked before people spend a review on it."""

from dam.catalog.models import RenditionKind, Version
from dam.core import storage
from provenance.manifests import signing
from provenance.manifests.development_ca import AuthorityBroken, Purpose
from provenance.manifests.signers import SignerExpired, SignerNotConfigured, SignerUnreadable

NO_CERTIFICATE = (
    "Releases can't be signed at the moment: the reviewers' certificate is not set up. "
    "Tell your administrator."
)
NO_FILE = (
    "This file can neither hold credentials nor be converted to one that can, so it could never be "
    "released. Export it again as MP4 and upload that."
)


def obstacle(version: Version) -> str:
    """Why a release of this version could not be signed, in a sentence for people; empty when it could.

    Looks at the signer's certificate; reads the master's boxes only where it can't be converted.
    """
    try:
        signing.signer(Purpose.REVIEWER)
    except SignerExpired as problem:
        return f"Releases can't be signed at the moment. {problem}"
    except (AuthorityBroken, SignerNotConfigured, SignerUnreadable):
        return NO_CERTIFICATE
    if _can_be_converted(version) or _can_carry(version):
        return ""
    return NO_FILE


def _can_be_converted(version: Version) -> bool:
    """What the review proxy was made of can be made into a release as well."""
    return version.renditions.filter(kind=RenditionKind.PROXY).exists()


def _can_carry(version: Version) -> bool:
    try:
        with storage.local_copy(version.storage_key) as master:
            return signing.signable(master) is None
    except FileNotFoundError:
        return False
