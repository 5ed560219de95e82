"""Which bytes may leave the house, for whom, now. Pure but for reading a version's terms."""

from datetime import datetime

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import RenditionKind, Version
from dam.rights import policy, terms
from dam.rights.policy import Verdict

MASTER = "master"
# What is shown on the page itself, to whoever may see the version.
SHOWN = (RenditionKind.POSTER.value, RenditionKind.SPRITE.value, RenditionKind.PROXY.value)
KINDS = (*SHOWN, MASTER, RenditionKind.RELEASE.value)
ALLOWED = Verdict(allowed=True)


def may_download(principal: Principal, version: Version, *, at: datetime) -> Verdict:
    """Whether the released file may be downloaded. Reads `version.rights` and `version.asset`."""
    return may_fetch(principal, version, RenditionKind.RELEASE.value, at=at)


def may_fetch(principal: Principal, version: Version, kind: str, *, at: datetime) -> Verdict:
    """Whether a principal that may see the version may have this file of it now.

    A master is working material of those who make and clear it; a released file leaves the house, so the
    rights policy decides on it each time.
    """
    if kind in SHOWN:
        return ALLOWED
    if kind == MASTER:
        return _granted(principal, Capability.DOWNLOAD_MASTER)
    granted = _granted(principal, Capability.DOWNLOAD_RELEASE)
    return policy.decide(terms.of(version), at=at) if granted.allowed else granted


def _granted(principal: Principal, capability: Capability) -> Verdict:
    if principal.can(capability):
        return ALLOWED
    return Verdict(allowed=False, reasons=(principal.refusal(capability),))
