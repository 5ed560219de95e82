"""May this be downloaded, for this use, there, now? Pure: terms in, verdict out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dam.core.language import day, noop
from dam.core.language import gettext as _
from dam.rights import territories
from dam.rights.territories import WORLDWIDE


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


# Within a sentence, as people say them.
USE_NAMES = {
    "internal": noop("internal"),
    "web": noop("web"),
    "social": noop("social"),
    "broadcast": noop("broadcast"),
    "paid_advertising": noop("paid advertising"),
    "out_of_home": noop("out of home"),
}

_APPROVAL_REASON = {
    "draft": noop("It hasn't been sent to review."),
    "in_review": noop("Its review is still in progress."),
    "changes_requested": noop("A reviewer requested changes."),
    "rejected": noop("A reviewer rejected it."),
    "withdrawn": noop("Its approval was withdrawn."),
}


def decide(terms: Terms, *, use: Use | None = None, territory: str | None = None, at: datetime) -> Verdict:
    """Say whether the released file may leave at `at`.

    Without a `use` or `territory` the question is whether any release is allowed at all. Dates in the
    reasons are read in the time zone of `at`.
    """
    reasons: list[str] = []
    if terms.trashed:
        reasons.append(_("It's in the trash."))
    if terms.approval != "approved":
        reasons.append(_(_APPROVAL_REASON.get(terms.approval, noop("It isn't approved."))))
    if terms.credentials in ("altered", "invalid"):
        reasons.append(_("Its Content Credentials are invalid: the file may have been altered."))
    if terms.embargo_until is not None and at < terms.embargo_until:
        reasons.append(_("It's under embargo until %(day)s.") % {"day": _day(terms.embargo_until, at)})
    if terms.valid_until is not None and at >= terms.valid_until:
        reasons.append(_("Its clearance ended on %(day)s.") % {"day": _day(terms.valid_until, at)})
    if terms.approval == "approved" and not terms.uses:
        reasons.append(_("It isn't cleared for any use."))
    elif use is not None and use not in terms.uses:
        reasons.append(
            _("It isn't cleared for %(use)s.") % {"use": _(USE_NAMES.get(use, use.replace("_", " ")))}
        )
    if territory is not None and not territories.covers(terms.territories, territory):
        reasons.append(
            _("It isn't cleared for %(territory)s.") % {"territory": territories.name_of(territory)}
        )
    return Verdict(allowed=not reasons, reasons=tuple(reasons))


def _day(moment: datetime, at: datetime) -> str:
    return day(moment.astimezone(at.tzinfo))
