"""How a release stands, for people: one sentence as it is now, and the asset's history of releases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dam.catalog.models import Approval, Asset, Version
from dam.core import failures
from dam.core.language import day
from dam.web import times, usage_status
from provenance.manifests import timestamps
from provenance.models import Decision
from provenance.releases.models import Release, ReleaseRenewal, ReleaseTimestamp
from provenance.releases.states import ReleaseStatus

TONES = {
    ReleaseStatus.SIGNING: "info",
    ReleaseStatus.READY: "ok",
    ReleaseStatus.FAILED: "bad",
    ReleaseStatus.WITHDRAWN: "warn",
    ReleaseStatus.SUPERSEDED: "info",
}


@dataclass(frozen=True)
class ReleaseLine:
    """`busy` while a worker signs it; `may_sign_again` when only a person gets it going again."""

    release: Release
    tone: str
    sentence: str
    terms: str
    approved_by: tuple[Decision, ...] = ()
    busy: bool = False
    may_sign_again: bool = False


def status(version: Version, *, at: datetime) -> ReleaseLine | None:
    """The version's newest release; None when it has none."""
    release = Release.objects.filter(version=version).select_related("version__rights").first()
    return line(release, at=at) if release else None


def history(asset: Asset, *, at: datetime) -> list[ReleaseLine]:
    """Every release of the asset, the newest first."""
    rows = Release.objects.filter(asset=asset).select_related("version__rights", "review")
    return [line(each, at=at) for each in rows.prefetch_related("review__decisions__decided_by")]


def line(release: Release, *, at: datetime) -> ReleaseLine:
    """Reads `release.version`, its `rights` and `release.review.decisions` with who decided: select them.

    Of the release that is in use it says the first day of use that stands now; of others, what was approved.
    """
    state, approvals = ReleaseStatus(release.state), tuple(release.review.decisions.all())
    in_use = getattr(release.version, "rights", None) if state == ReleaseStatus.READY else None
    approved_from = approvals[-1].embargo_until if approvals else None
    return ReleaseLine(
        release=release,
        tone="warn" if state == ReleaseStatus.SIGNING and release.reason else TONES[state],
        sentence=_sentence(release, state, at=at),
        terms=usage_status.clearance(
            uses=tuple(release.uses),
            places=tuple(release.territories),
            valid_until=release.valid_until,
            embargo_until=in_use.embargo_until if in_use else approved_from,
            at=at,
        ),
        approved_by=approvals,
        busy=state == ReleaseStatus.SIGNING and _in_hand(release, at=at),
        may_sign_again=state == ReleaseStatus.FAILED and release.version.approval == Approval.APPROVED,
    )


def timestamp(release: Release, report: Mapping[str, Any], *, at: datetime) -> str:
    """What proves when it was signed, or why nothing does; empty where its file says it."""
    manifests = report["manifests"] or [{}]
    if manifests[0].get("time_stamp"):
        return ""
    renewal = ReleaseRenewal.objects.filter(release=release, at__isnull=False).first()
    if renewal is not None:
        return _(
            "Renewed on %(day)s, before its certificate ran out: the file that leaves has a timestamp of "
            "%(authority)s for each of its signatures, and holds beyond their certificates."
        ) % {"authority": renewal.authority, "day": _day(renewal.at, at)}
    kept = ReleaseTimestamp.objects.filter(release=release).first()
    if kept is not None and kept.at:
        return _(
            "A timestamp of %(authority)s proves that this file was there on %(day)s. It's kept with the "
            "release, not in the file."
        ) % {"authority": kept.authority, "day": _day(kept.at, at)}
    if kept is not None and kept.given_up:
        return _("No timestamp. %(problem)s") % {"problem": failures.shown(kept.problem)}
    if timestamps.is_configured():
        problem = failures.shown(kept.problem) if kept is not None else ""
        if not problem:
            return _("No timestamp yet. It's asked for within minutes.")
        return _("No timestamp yet. %(problem)s It's asked for again each hour.") % {"problem": problem}
    ends = times.read((manifests[0].get("signer") or {}).get("valid_until") or "")
    if ends is None:
        return ""
    return _(
        "No timestamp: no authority is set up. The signature holds as long as its certificate, until %(day)s."
    ) % {"day": _day(ends, at)}


def _sentence(release: Release, state: ReleaseStatus, *, at: datetime) -> str:
    match state:
        case ReleaseStatus.SIGNING if _in_hand(release, at=at):
            return _("The release is being signed.")
        case ReleaseStatus.SIGNING if release.reason:
            return _("Signing is paused. %(reason)s Reelproof will try again automatically.") % {
                "reason": failures.shown(release.reason)
            }
        case ReleaseStatus.SIGNING if release.claim:
            return _("Signing was interrupted. It will start again automatically.")
        case ReleaseStatus.SIGNING:
            return _("The release is queued for signing.")
        case ReleaseStatus.READY:
            return _("Released on %(at)s.") % {"at": _day(release.signed_at, at)}
        case ReleaseStatus.FAILED:
            return _("The release couldn't be signed. %(reason)s") % {
                "reason": failures.shown(release.reason)
            }
        case ReleaseStatus.WITHDRAWN:
            withdrawn = _("Withdrawn on %(day)s.") % {"day": _day(release.ended_at, at)}
            return f"{withdrawn} {release.reason}".strip()
        case ReleaseStatus.SUPERSEDED:
            return _("A newer release replaced it on %(at)s.") % {"at": _day(release.ended_at, at)}


def _in_hand(release: Release, *, at: datetime) -> bool:
    return release.claimed_until is not None and release.claimed_until > at


def _day(moment: datetime | None, at: datetime) -> str:
    return day(moment.astimezone(at.tzinfo)) if moment else _("an unknown date")
