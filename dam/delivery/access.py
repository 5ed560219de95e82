"""Which bytes may leave the house, for whom, now. Pure but for reading a version's terms."""

from datetime import datetime

from dam.accounts import capabilities
from dam.accounts.capabilities import Capability, Role
from dam.catalog.models import RenditionKind, Version
from dam.rights import policy, terms
from dam.rights.policy import Verdict

MASTER = "master"
# What is shown on the page itself, to whoever may see the version.
SHOWN = (RenditionKind.POSTER.value, RenditionKind.SPRITE.value, RenditionKind.PROXY.value)
KINDS = (*SHOWN, MASTER, RenditionKind.RELEASE.value)
ALLOWED = Verdict(allowed=True)


def may_download(role: Role, version: Version, *, at: datetime) -> Verdict:
    """Whether the released file may be downloaded. Reads `version.rights` and `version.asset`."""
    return may_fetch(role, version, RenditionKind.RELEASE.value, at=at)


def may_fetch(role: Role, version: Version, kind: str, *, at: datetime) -> Verdict:
    """Whether a person of this role, who may see the version, may have this file of it now.

    A master is working material of those who make and clear it; a released file leaves the house, so the
    rights policy decides on it each time.
    """
    if kind in SHOWN:
        return ALLOWED
    if kind == MASTER:
        return _granted(role, Capability.DOWNLOAD_MASTER)
    granted = _granted(role, Capability.DOWNLOAD_RELEASE)
    return policy.decide(terms.of(version), at=at) if granted.allowed else granted


def _granted(role: Role, capability: Capability) -> Verdict:
    if capabilities.granted(role, capability):
        return ALLOWED
    words = capability.value.replace("_", " ")
    return Verdict(allowed=False, reasons=(f"Your role does not include this: {words}.",))
