"""How a summary says things: terms, moments, counts. In the language that is active."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dam.catalog.models import Credentials, DeclaredOrigin, Origin
from dam.core.language import listed, number
from dam.web import usage_status
from provenance.releases.known import Standing
from provenance.releases.models import LABELS
from provenance.releases.states import ReleaseStatus
from provenance.review.states import DecisionKind

Facts = Mapping[str, Any]
THE_FILE, SIGNATURE_OF = "the released file", "the signature of manifest"  # as timestamps.json calls them
LONGEST = 600  # characters of what somebody wrote; the files beside it have all


def standing(value: str) -> tuple[str, str]:
    """(tone, words)"""
    words = {
        Standing.CLEARED: ("ok", _("Cleared for use within its terms")),
        Standing.WITHDRAWN: ("bad", _("Withdrawn: it must not be used")),
        Standing.SUPERSEDED: ("warn", _("Replaced by a later release")),
        Standing.REMOVED: ("bad", _("Removed from the library: it must not be used")),
        Standing.EMBARGO: ("warn", _("Under embargo: it must not be used yet")),
        Standing.ENDED: ("bad", _("Its clearance has ended: it must not be used")),
        Standing.STOPPED: ("bad", _("Something it was made from may not be used: it must not be used")),
    }
    return words[Standing(value)]


def asides(status: Facts, release: Facts) -> Iterator[str]:
    """What goes with it in the banner."""
    if release["ended_at"]:
        yield _("It ended on %(day)s.") % {"day": day(release["ended_at"])}
    if release["state"] != "ready" and release["reason"]:
        yield short(release["reason"])
    if status["open_recalls"]:
        yield _("Copies of it were recalled.")


def verdict(verdict: Facts) -> str:
    if verdict["state"] == "trusted" and verdict["development"]:
        return str(Credentials.TEST.label)
    return str(Credentials(verdict["state"]).label)


def second(second: Facts) -> str:
    if "report" not in second:
        return str(second["problem"])
    return f"{second['report'].get('validation_state', '–')} ({second['version']})"


def approvals(reviews: Sequence[Facts]) -> list[Facts]:
    own = [each for each in reviews if each["of_this_release"]]
    decisions = [each for review in own for each in review["decisions"]]
    return [each for each in decisions if each["decision"] == DecisionKind.APPROVE]


def approvers(reviews: Sequence[Facts]) -> str:
    """Those of the review that led to this release."""
    names = [each["by"]["name"] for each in approvals(reviews) if each["by"]]
    return listed(names) if names else _("None recorded.")


def stamps(facts: Facts) -> str:
    """When the release was there first, by an authority. What it was made from has timestamps of its own."""
    manifests = facts["credentials"]["verdict"]["manifests"]  # the newest first
    own = {THE_FILE, *(f"{SIGNATURE_OF} {each['label']}" for each in manifests[:1])}
    times = sorted(each["at"] for each in facts["timestamps"] if each.get("at") and each["of"] in own)
    if not times:
        return _("No timestamp of an authority")
    return _("%(moment)s, by an authority") % {"moment": moment(times[0])}


def stamped(stamp: Facts) -> str:
    """What a timestamp is of."""
    if "ledger" in stamp:
        return _("The ledger up to entry %(number)s") % {"number": number(stamp["ledger"])}
    return _("The released file") if stamp["of"] == THE_FILE else str(stamp["of"])


def origin(version: Facts) -> str:
    declared = version["declared_origin"]
    said = str(Origin(version["origin"]).label)
    return f"{said} ({DeclaredOrigin(declared).label})" if declared else said


def terms(row: Facts) -> str:
    until = row.get("valid_until")
    return usage_status.clearance(
        uses=tuple(row["uses"]),
        places=tuple(row["territories"]),
        valid_until=datetime.fromisoformat(until) if until else None,
        at=datetime.now(UTC),
    )


def left_by(left: Facts | None) -> str:
    if left is None:
        return _("Nothing narrows it")
    if left["stopped"]:
        return _("Stopped: something it was made from may not be used")
    if left["uses"] is None and left["territories"] is None:
        return (
            terms({**left, "uses": (), "territories": ()}) if left["valid_until"] else _("Nothing narrows it")
        )
    return terms({**left, "uses": left["uses"] or (), "territories": left["territories"] or ()})


def consent_end(each: Facts) -> str:
    if each["withdrawn_at"]:
        return _("Withdrawn on %(day)s") % {"day": day(each["withdrawn_at"])}
    return day(each["until"]) if each["until"] else _("No end")


def reading(said: Facts) -> str:
    verdict = _("Cleared") if said["cleared"] else _("Not cleared")
    ended = _("withdrawn on %(day)s") % {"day": day(said["ended_at"])} if said["ended_at"] else ""
    return " · ".join(filter(None, (verdict, by_whom(said["at"], said["by"]), ended, short(said["note"]))))


def models_in_short(models: Sequence[Facts]) -> str:
    return listed([each["name"] for each in models]) if models else _("None recorded.")


def labels_in_short(facts: Facts) -> str:
    if facts["clip"]["version"]["origin"] == Origin.GENERATED:
        return _("Its Content Credentials say so, whatever label it carries.")
    return _("See the answers about disclosure.")


def counted_decisions(count: int) -> str:
    said = ngettext("%(count)s decision, in the ledger", "%(count)s decisions, in the ledger", count)
    return said % {"count": number(count)}


def counted_inputs(count: int) -> str:
    if not count:
        return _("None recorded.")
    said = ngettext("%(count)s clip, with its rights", "%(count)s clips, with their rights", count)
    return said % {"count": number(count)}


def counted_people(count: int) -> str:
    said = ngettext("What %(count)s person did, and when", "What %(count)s people did, and when", count)
    return said % {"count": number(count)}


def counted_recalls(count: int) -> str:
    if not count:
        return _("No")
    return ngettext("Yes, %(count)s time", "Yes, %(count)s times", count) % {"count": number(count)}


def release_state(release: Facts) -> str:
    return _(LABELS[ReleaseStatus(release["state"])])


def by_whom(at: str | None, person: Facts | None) -> str:
    if person is None:
        return moment(at)
    return _("%(moment)s by %(person)s") % {"moment": moment(at), "person": person["name"]}


def moment(at: str | None) -> str:
    """In UTC: who reads it may be anywhere."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return f"{date_format(moment, 'DATE_FORMAT')}, {moment:%H:%M} UTC"


def day(at: str | None) -> str:
    return date_format(datetime.fromisoformat(at).astimezone(UTC), "DATE_FORMAT") if at else "–"


def span(first: str, last: str) -> str:
    days = list(dict.fromkeys((day(first), day(last))))
    return " – ".join(days)


def short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST]}…"
