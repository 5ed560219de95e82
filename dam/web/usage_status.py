"""The first line under the player: what is it, may I use it, where, until when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dam.catalog.models import Origin, ReleaseState
from dam.core import language
from dam.core.lazily import lazy
from dam.rights import policy, territories
from dam.rights.policy import Cause, Source, Terms

# Names for people; "web" and "social" are words of their own.
USES = {
    "internal": lazy("internal use"),
    "web": lazy("web"),
    "social": lazy("social media"),
    "broadcast": lazy("broadcast"),
    "paid_advertising": lazy("paid advertising"),
    "out_of_home": lazy("out of home"),
}


# Approved, but there is no signed file: the tone and the answer by catalog.ReleaseState.
_WAITS = ("info", lazy("Not released yet: the file is waiting to be signed."))
_UNSIGNED = {
    "failed": ("bad", lazy("Not released: signing the file failed.")),
    "superseded": ("warn", lazy("Replaced by a newer release.")),
    "withdrawn": ("warn", lazy("Not cleared for use: its release was withdrawn.")),
}


@dataclass(frozen=True)
class UsageStatus:
    """`tone` is ok, warn, bad or info; `answer` and `details` are sentences."""

    what: str
    tone: str
    answer: str
    details: tuple[str, ...]
    causes: tuple[Cause, ...] = ()  # of a no


def of(
    *,
    origin: str,
    terms: Terms,
    at: datetime,
    release: str = ReleaseState.READY,
    sources: Sequence[Source] = (),
) -> UsageStatus:
    """`release` is how the version's newest release stands: without a signed file nothing leaves.

    `sources` are named where they are the reason.

    No use or territory is asked about: the line names all that the clip is cleared for, and whoever
    downloads it for one of them is answered by delivery.
    """
    what = _("Made by AI") if origin == Origin.GENERATED else _("Uploaded clip")
    verdict = policy.decide(terms, at=at, sources=sources)
    if verdict.allowed and release == ReleaseState.READY:
        return UsageStatus(
            what, "ok", (_("Cleared for %(clearance)s.") % {"clearance": _terms(terms, at=at)}), ()
        )
    if verdict.allowed:
        return UsageStatus(
            what,
            *_UNSIGNED.get(release, _WAITS),
            ((_("Approved for %(clearance)s.") % {"clearance": _terms(terms, at=at)}),),
        )
    tone = "info" if terms.approval in ("draft", "in_review") else "warn"
    if terms.approval == "rejected" or terms.credentials in ("altered", "invalid"):
        tone = "bad"
    return UsageStatus(what, tone, _("Not cleared for use."), verdict.reasons, verdict.causes)


def unsigned(release: str) -> str:
    """Why an approved version can't be used though its terms allow it: there is no signed file."""
    return str(_UNSIGNED.get(release, _WAITS)[1])


def warning(*, terms: Terms, at: datetime) -> str:
    """For a card: why an approved clip may not leave after all; empty when it may, or was never approved."""
    if terms.approval != "approved":
        return ""
    return " ".join(policy.decide(terms, at=at).reasons)


def name_uses(uses: tuple[str, ...]) -> str:
    """ "web, social media and broadcast" """
    names = [USES.get(use, use.replace("_", " ")) for use in uses]
    return language.listed([str(name) for name in names])


def name_places(places: tuple[str, ...]) -> str:
    """ "worldwide", "in the EU and Norway"; empty where none is named"""
    where = territories.describe(places)
    return (
        where if not where or places == (territories.WORLDWIDE,) else (_("in %(places)s") % {"places": where})
    )


def clearance(
    *,
    uses: tuple[str, ...],
    places: tuple[str, ...],
    valid_until: datetime | None,
    at: datetime,
    embargo_until: datetime | None = None,
) -> str:
    """ "web and social media, in the EU, from 1 May 2026, until 31 December 2026"

    `embargo_until` is said as long as it is ahead.
    """
    since = ""
    if embargo_until is not None and embargo_until > at:
        since = _("from %(day)s") % {"day": language.day(embargo_until.astimezone(at.tzinfo))}
    until = (
        _("until %(day)s") % {"day": language.day(valid_until.astimezone(at.tzinfo))}
        if valid_until
        else _("with no end date")
    )
    return ", ".join(filter(None, [name_uses(uses), name_places(places), since, until]))


def _terms(terms: Terms, *, at: datetime) -> str:
    left = policy.left(terms)
    return clearance(
        uses=left.uses, places=territories.folded(left.territories), valid_until=left.valid_until, at=at
    )
