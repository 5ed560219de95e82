"""May this leave the house, for this use, there, now? Pure: terms in, verdict out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
WORLDWIDE = "worldwide"


class Use(StrEnum):
    """Where a clip is meant to be seen."""

    INTERNAL = "internal"
    WEB = "web"
    SOCIAL = "social"
    BROADCAST = "broadcast"
    PAID_ADVERTISING = "paid_advertising"
    OUT_OF_HOME = "out_of_home"


@dataclass(frozen=True)
class Terms:
    """What is known of a version when somebody asks to use it."""

    approval: str  # catalog.Approval
    credentials: str  # catalog.Credentials
    processing: str  # catalog.Processing
    uses: tuple[str, ...] = ()
    territories: tuple[str, ...] = (WORLDWIDE,)
    embargo_until: datetime | None = None
    valid_until: datetime | None = None
    trashed: bool = False


@dataclass(frozen=True)
class Verdict:
    """The answer; `reasons` are sentences for the page, empty when allowed."""

    allowed: bool
    reasons: tuple[str, ...] = ()


_APPROVAL_REASON = {
    "draft": "It has not been submitted for review.",
    "in_review": "Its review is still open.",
    "changes_requested": "A reviewer asked for changes.",
    "rejected": "A reviewer rejected it.",
    "withdrawn": "Its approval was withdrawn.",
}


def decide(terms: Terms, *, use: Use | None = None, territory: str | None = None, at: datetime) -> Verdict:
    """Say whether the released file may leave at `at`.

    Without a `use` or `territory` the question is whether any release is allowed at all.
    """
    reasons: list[str] = []
    if terms.trashed:
        reasons.append("It is in the trash.")
    if terms.approval != "approved":
        reasons.append(_APPROVAL_REASON.get(terms.approval, "It is not approved."))
    if terms.credentials in ("altered", "invalid"):
        reasons.append("Its credentials do not hold: the file may have been changed.")
    if terms.embargo_until is not None and at < terms.embargo_until:
        reasons.append(f"It is under embargo until {terms.embargo_until:%-d %B %Y}.")
    if terms.valid_until is not None and at >= terms.valid_until:
        reasons.append(f"Its clearance ended on {terms.valid_until:%-d %B %Y}.")
    if use is not None and use not in terms.uses:
        reasons.append(f"It is not cleared for {use.replace('_', ' ')}.")
    if territory is not None and not _covers(terms.territories, territory):
        reasons.append(f"It is not cleared for {territory}.")
    return Verdict(allowed=not reasons, reasons=tuple(reasons))


def _covers(territories: tuple[str, ...], wanted: str) -> bool:
    return WORLDWIDE in territories or wanted in territories or ("EU" in territories and wanted in EU)
