"""Can it be signed at all? Asked before people spend a review on it, and before each approval."""

import logging
from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from dam.catalog.models import Credentials, Rendition, RenditionKind, Version
from dam.core import storage
from dam.core.lazily import lazy
from provenance.manifests import signing, trial_signature
from provenance.manifests.development_ca import AuthorityBroken, Purpose
from provenance.manifests.revocations import RevocationsUnreadable
from provenance.manifests.signers import SignerExpired, SignerNotConfigured, SignerUnfit, SignerUnreadable
from provenance.manifests.trust_anchors import AnchorUnreadable

log = logging.getLogger(__name__)

PREVIEWS = (RenditionKind.PROXY, RenditionKind.PICTURE, RenditionKind.SOUND)

# What is wrong with how signing is set up. Their words name folders of the server: for its log alone.
NOT_SET_UP = (
    AnchorUnreadable,
    AuthorityBroken,
    RevocationsUnreadable,
    SignerNotConfigured,
    SignerUnfit,
    SignerUnreadable,
)

NO_CERTIFICATE = lazy(
    "Releases can't be signed right now: the reviewers' certificate isn't set up. Contact your administrator."
)
NO_FILE = lazy(
    "This file can't hold Content Credentials and can't be converted to a format that can, so it can't be "
    "released. Export it as MP4 and upload that."
)

ALTERED = lazy(
    "The file was changed after it was signed, so it can't be released. "
    "Upload the original or export it again without Content Credentials."
)


def obstacle(version: Version) -> str:
    """Why a release of this version could not be signed, in a sentence for people; empty when it could.

    Signs one pixel with the reviewers' certificate until that has gone well once; reads the master's boxes
    only where it can't be converted.
    """
    if why := certificate_obstacle():
        return why
    if version.credentials in (Credentials.ALTERED, Credentials.INVALID):
        return ALTERED
    if _can_be_converted(version) or _can_carry(version):
        return ""
    return NO_FILE


def obstacles(versions: Collection[Version]) -> dict[UUID, str]:
    """`obstacle` of each of these, by its key: in one query, but for those whose boxes must be read."""
    if why := certificate_obstacle():
        return {version.pk: why for version in versions}
    previewed = set(
        Rendition.objects.filter(version__in=versions, kind__in=PREVIEWS).values_list("version", flat=True)
    )
    found = {}
    for version in versions:
        if version.credentials in (Credentials.ALTERED, Credentials.INVALID):
            found[version.pk] = str(ALTERED)
        else:
            found[version.pk] = "" if version.pk in previewed or _can_carry(version) else str(NO_FILE)
    return found


def certificate_obstacle() -> str:
    """Why nothing at all can be released right now; empty when it can."""
    try:
        trial_signature.prove(Purpose.REVIEWER)
    except SignerExpired as problem:
        return _("Releases can't be signed right now. %(problem)s") % {"problem": problem}
    except NOT_SET_UP as problem:
        log.error("Releases can't be signed: %s", problem)
        return NO_CERTIFICATE
    return ""


def _can_be_converted(version: Version) -> bool:
    """What the preview was made of can be made into a release as well."""
    return version.renditions.filter(kind__in=PREVIEWS).exists()


def _can_carry(version: Version) -> bool:
    try:
        with storage.local_copy(version.storage_key) as master:
            return signing.signable(master) is None
    except FileNotFoundError:
        return False
