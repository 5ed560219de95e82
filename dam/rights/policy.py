"""May this be downloaded, for this use, there, now? Pure: terms in, verdict out.

A clip may do only what all it was made from may do, and what the licences of the models allow that made any
of it: `meet` draws that together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dam.core.language import day, noop
from dam.core.language import gettext as _
from dam.rights import disclosure, territories
from dam.rights.disclosure import Disclosed, Requirement
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
class Inherited:
    """What all that a version was made from leaves of its terms. None: nothing narrows its own.

    `stopped`: one of them may not be used at all, whatever the day, or the licence of a model isn't cleared.
    """

    stopped: bool = False
    uses: tuple[str, ...] | None = None
    territories: tuple[str, ...] | None = None
    embargo_until: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Terms:
    """What is known of a version when somebody asks to use it."""

    approval: str  # catalog.Approval
    credentials: str  # catalog.Credentials
    uses: tuple[str, ...] = ()
    territories: tuple[str, ...] = (WORLDWIDE,)
    embargo_until: datetime | None = None
    valid_until: datetime | None = None
    consents_until: datetime | None = None  # when the first consent that it needs ended, or will
    trashed: bool = False
    inherited: Inherited | None = None
    disclosed: Disclosed | None = None  # of an AI clip, once somebody was asked


@dataclass(frozen=True)
class Generator:
    """What the licence of a model means for the brand of a version that it, or a source of it, was made with.

    `stops`: it isn't cleared, so nothing may leave. `places`: where it is given; None: everywhere.
    """

    stops: bool = False
    places: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Source:
    """Something that a version was made from, at any remove; `terms` are None where it was deleted.

    `name` is in quotes, or says that whoever asks can't see it; where it isn't `told`, they don't even learn
    why it stops what was made from it. With `made_with` it is a model and no clip.
    """

    name: str
    terms: Terms | None
    told: bool = True
    made_with: Generator | None = None


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


def decide(
    terms: Terms,
    *,
    use: Use | None = None,
    territory: str | None = None,
    at: datetime,
    sources: Sequence[Source] = (),
    labels: Collection[str] | None = None,
) -> Verdict:
    """Say whether the released file may leave at `at`.

    Without a `use` or `territory` the question is whether any release is allowed at all. Dates in the
    reasons are read in the time zone of `at`. `sources`, those behind `terms.inherited`, are named in the
    reasons and decide nothing. `labels` are the keys of those that the file in question shows; None: it is
    not about a file. Where no use or territory is named a file must show what any of them asks for.
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
    if terms.consents_until is not None and at >= terms.consents_until:
        reasons.append(
            _("A consent that it needs ended on %(day)s.") % {"day": _day(terms.consents_until, at)}
        )
    if terms.approval == "approved" and not terms.uses:
        reasons.append(_("It isn't cleared for any use."))
    elif use is not None and use not in terms.uses:
        reasons.append(_("It isn't cleared for %(use)s.") % {"use": _use(use)})
    if territory is not None and not territories.covers(terms.territories, territory):
        reasons.append(
            _("It isn't cleared for %(territory)s.") % {"territory": territories.name_of(territory)}
        )
    if terms.inherited is not None:
        reasons += _inherited(terms, terms.inherited, use=use, territory=territory, at=at, sources=sources)
    if labels is not None and not reasons:
        required = requirements(terms, use=use, territory=territory, at=at)
        reasons += [_unlabelled(each, territory) for each in disclosure.missing(required, labels)]
    return Verdict(allowed=not reasons, reasons=tuple(reasons))


def requirements(
    terms: Terms, *, use: str | None = None, territory: str | None = None, at: datetime
) -> tuple[Requirement, ...]:
    """The rules of disclosure that it falls under for this use, there, with all that it was made from."""
    now = left(terms)
    return disclosure.needed(
        terms.disclosed, uses=now.uses, places=now.territories, use=use, territory=territory, at=at
    )


def _unlabelled(required: Requirement, territory: str | None) -> str:
    assert required.label is not None
    asked = territory is not None and territory != WORLDWIDE
    place = territory if asked and territory is not None else required.rule.place
    said = {
        "place": territories.name_of(place),
        "label": required.label.said(disclosure.language_of(place, required.rule)),
    }
    return (
        _("For use in %(place)s this clip must carry the label “%(label)s”: choose the labelled file.") % said
    )


def meet(own: Terms, sources: Iterable[Terms | None], generators: Iterable[Generator] = ()) -> Inherited:
    """The strictest of a version's own terms and those of all it was made from and with, however far back.

    What was never decided on has no uses or territories that could narrow others: a reviewer approves a cut
    together with its raw takes. Its dates count, and it must not be rejected, withdrawn, altered or in the
    trash. None among the sources was deleted, so that nobody knows its terms: nothing may leave.
    """
    models = list(generators)
    known, stopped = [], any(each.stops for each in models)
    for each in sources:
        if each is None:
            stopped = True
        else:
            known.append(each)
            stopped = stopped or stops(each)
    cleared = [each for each in known if each.approval == "approved"]
    left = set(own.uses).intersection(*(each.uses for each in cleared))
    places = [each.territories for each in cleared]
    places += [each.places for each in models if each.places is not None]
    return Inherited(
        stopped=stopped,
        uses=tuple(sorted(left)) if cleared else None,
        territories=territories.meet([own.territories, *places]) if places else None,
        embargo_until=max((each.embargo_until for each in known if each.embargo_until), default=None),
        valid_until=min((end for each in known if (end := own_end(each))), default=None),
    )


def left(terms: Terms) -> Terms:
    """What it is cleared for with all that it was made from, for people to read: `decide` decides."""
    inherited = terms.inherited
    if inherited is None:
        return replace(terms, valid_until=own_end(terms))
    embargoes = [each for each in (terms.embargo_until, inherited.embargo_until) if each is not None]
    ends = [each for each in (own_end(terms), inherited.valid_until) if each is not None]
    return replace(
        terms,
        # In the order in which they were granted.
        uses=tuple(use for use in terms.uses if inherited.uses is None or use in inherited.uses),
        territories=terms.territories if inherited.territories is None else inherited.territories,
        embargo_until=max(embargoes, default=None),
        valid_until=min(ends, default=None),
    )


def own_end(terms: Terms) -> datetime | None:
    """When it ends by itself: its clearance, or the first of the consents that it needs."""
    return min((each for each in (terms.valid_until, terms.consents_until) if each is not None), default=None)


def stops(source: Terms) -> bool:
    """Whether nothing that was made from it may leave, whatever the day.

    What was approved once and is not any more stops it too, also while it is reviewed again.
    """
    return (
        source.trashed
        or source.approval in ("rejected", "withdrawn")
        or source.credentials in ("altered", "invalid")
        or (source.approval != "approved" and bool(source.uses))
    )


def holds_back(source: Terms, *, at: datetime) -> bool:
    """Whether nothing that was made from it may leave at `at`."""
    early = source.embargo_until is not None and at < source.embargo_until
    end = own_end(source)
    late = end is not None and at >= end
    return stops(source) or early or late


def _inherited(
    terms: Terms,
    inherited: Inherited,
    *,
    use: Use | None,
    territory: str | None,
    at: datetime,
    sources: Sequence[Source],
) -> list[str]:
    """Why what it was made from stops it; what stops it by itself was said already."""
    approved = terms.approval == "approved"
    named = [
        reason
        for each in sources
        for reason in _of_source(each, use=use if approved else None, territory=territory, at=at)
    ]
    reasons = []
    if inherited.stopped:
        reasons.append(_("It's made from a clip, or with a model, that can't be used."))
    if inherited.embargo_until is not None and at < inherited.embargo_until:
        reasons.append(
            _("It's made from a clip that is under embargo until %(day)s.")
            % {"day": _day(inherited.embargo_until, at)}
        )
    if inherited.valid_until is not None and at >= inherited.valid_until:
        reasons.append(
            _("It's made from a clip whose clearance ended on %(day)s.")
            % {"day": _day(inherited.valid_until, at)}
        )
    left = inherited.uses
    if left is not None and approved and terms.uses:
        if not left:
            reasons.append(_("There's no use for which all that it's made from is cleared."))
        elif use is not None and use in terms.uses and use not in left:
            reasons.append(_("It's made from a clip that isn't cleared for %(use)s.") % {"use": _use(use)})
    places = inherited.territories
    if places is not None:
        if not places:
            reasons.append(_("There's no country for which all that it's made from is cleared."))
        elif (
            territory is not None
            and territories.covers(terms.territories, territory)
            and not territories.covers(places, territory)
        ):
            reasons.append(
                _("It's made from a clip, or with a model, that isn't cleared for %(territory)s.")
                % {"territory": territories.name_of(territory)}
            )
    return list(dict.fromkeys(named)) or reasons if reasons else []


def _of_source(source: Source, *, use: Use | None, territory: str | None, at: datetime) -> list[str]:
    if source.made_with is not None:
        return _of_generator(source.name, source.made_with, territory=territory)
    terms, clip = source.terms, {"clip": source.name}
    if terms is None:
        deleted = _("It's made from a clip that was deleted.")
        return [deleted]
    reasons = []
    if terms.trashed:
        reasons.append(_("It's made from %(clip)s, which is in the trash.") % clip)
    if terms.approval == "rejected":
        reasons.append(_("It's made from %(clip)s, which a reviewer rejected.") % clip)
    elif terms.approval == "withdrawn" or (terms.approval != "approved" and terms.uses):
        reasons.append(_("It's made from %(clip)s, whose approval was withdrawn.") % clip)
    if terms.credentials in ("altered", "invalid"):
        reasons.append(_("It's made from %(clip)s, whose Content Credentials are invalid.") % clip)
    if terms.embargo_until is not None and at < terms.embargo_until:
        said = {**clip, "day": _day(terms.embargo_until, at)}
        reasons.append(_("It's made from %(clip)s, which is under embargo until %(day)s.") % said)
    if terms.valid_until is not None and at >= terms.valid_until:
        said = {**clip, "day": _day(terms.valid_until, at)}
        reasons.append(_("It's made from %(clip)s, whose clearance ended on %(day)s.") % said)
    if terms.consents_until is not None and at >= terms.consents_until:
        said = {**clip, "day": _day(terms.consents_until, at)}
        reasons.append(_("It's made from %(clip)s, which needs a consent that ended on %(day)s.") % said)
    if terms.approval == "approved":
        reasons += _of_clearance(source.name, terms, use=use, territory=territory)
    if reasons and not source.told:
        unnamed = _("It's made from a clip that can't be used now.")
        return [unnamed]
    return reasons


def _of_generator(name: str, made_with: Generator, *, territory: str | None) -> list[str]:
    if made_with.stops:
        told = _(
            "It's made with %(model)s, whose licence isn't cleared for this brand. An installation "
            "administrator can record that it is."
        )
        return [told % {"model": name}]
    if territory is None or made_with.places is None or territories.covers(made_with.places, territory):
        return []
    said = {"model": name, "territory": territories.name_of(territory)}
    left_out = _("It's made with %(model)s, whose licence leaves out %(territory)s.") % said
    return [left_out]


def _of_clearance(name: str, terms: Terms, *, use: Use | None, territory: str | None) -> list[str]:
    clip, reasons = {"clip": name}, []
    if use is not None and use not in terms.uses:
        said = {**clip, "use": _use(use)}
        reasons.append(_("It's made from %(clip)s, which isn't cleared for %(use)s.") % said)
    if territory is not None and not territories.covers(terms.territories, territory):
        said = {**clip, "territory": territories.name_of(territory)}
        reasons.append(_("It's made from %(clip)s, which isn't cleared for %(territory)s.") % said)
    return reasons


def _use(use: str) -> str:
    return _(USE_NAMES.get(use, use.replace("_", " ")))


def _day(moment: datetime, at: datetime) -> str:
    return day(moment.astimezone(at.tzinfo))
