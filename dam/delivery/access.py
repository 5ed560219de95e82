"""Which bytes may leave the house, for whom, now. Pure but for reading a version's terms."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.media import specs
from dam.rights import making, policy, terms
from dam.rights.model_licences import standings
from dam.rights.policy import Use, Verdict

MASTER = "master"
UNLABELLED: frozenset[str] = frozenset()  # what the release itself shows
ALLOWED = Verdict(allowed=True)


def knows(kind: str) -> bool:
    """Whether a version can have such a file."""
    return kind == MASTER or specs.find(kind) is not None


def may_download(
    principal: Principal,
    version: Version,
    *,
    at: datetime,
    use: Use | None = None,
    territory: str | None = None,
    named: bool = False,
    labels: Collection[str] | None = None,
    fresh: bool = False,
) -> Verdict:
    """Whether the version's release may leave now, for that use and there where they are named.

    `labels` are those of disclosure that the file which would leave shows (UNLABELLED of the release itself):
    whoever sends a file names them. Without, it is asked whether any file may leave. Reads `version.rights`,
    `inherited` and `asset`. Which bytes the release is, provenance.releases says.
    `fresh`: what a worker has still to bring to it counts already. Whoever sends many clips asks once whether
    there may be something (standings.unspread).
    `named`: the reasons name what it was made from, as far as the principal sees that; for one version, since
    it is looked up.
    """
    granted = _granted(principal, Capability.DOWNLOAD_RELEASE)
    if not granted.allowed:
        return granted
    known = terms.of(version)
    verdict = policy.decide(known, use=use, territory=territory, at=at, labels=labels)
    if verdict.allowed and (fresh or (labels is not None and standings.unspread(version.brand_id))):
        known = replace(known, inherited=making.fresh(version))  # what is kept may be of a moment ago
        verdict = policy.decide(known, use=use, territory=territory, at=at, labels=labels)
    if verdict.allowed or known.inherited is None or not named:
        return verdict
    sources = making.sources(version, by=principal)
    return policy.decide(known, use=use, territory=territory, at=at, sources=sources, labels=labels)


def may_fetch(principal: Principal, kind: str) -> Verdict:
    """Whether a principal that may see the version may have this file of it now.

    What the page shows goes to whoever sees it. A master is working material of those who make and clear it,
    as are the other files made of it.
    """
    spec = specs.find(kind)
    return ALLOWED if spec is not None and spec.shown else _granted(principal, Capability.DOWNLOAD_MASTER)


def _granted(principal: Principal, capability: Capability) -> Verdict:
    if principal.can(capability):
        return ALLOWED
    return Verdict(allowed=False, reasons=(principal.refusal(capability),))
