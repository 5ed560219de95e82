"""May this be downloaded, for this use, there, now? Pure: terms in, verdict out.

A clip may do only what all it was made from may do, and what the licences of the models allow that made any
of it: `meet` draws that together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
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


class Cause(StrEnum):
    """What a reason is about; dam.rights.way_to_yes says what helps against each."""

    TRASHED = "trashed"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NOT_APPROVED = "not_approved"
    ALTERED = "altered"
    EMBARGO = "embargo"
    ENDED = "ended"
    CONSENT_ENDED = "consent_ended"
    NO_USE = "no_use"
    USE = "use"
    TERRITORY = "territory"
    SOURCE_STOPPED = "source_stopped"
    SOURCE_EMBARGO = "source_embargo"
    SOURCE_ENDED = "source_ended"
    SOURCE_CONSENT = "source_consent"
    SOURCE_USE = "source_use"
    SOURCE_TERRITORY = "source_territory"
    MODEL_LICENCE = "model_licence"
    MODEL_TERRITORY = "model_territory"
    LABEL = "label"


@dataclass(frozen=True)
class Verdict:
    """The answer; `reasons` are sentences for the page, empty when allowed, `causes` what they are about."""

    allowed: bool
    reasons: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = field(default=(), compare=False)


_Said = tuple[Cause, str]


@dataclass(frozen=True)
class _Asked:
    """The question. Moments are compared in UTC: two of one zone would be by their clocks, folds and all."""

    use: Use | None
    territory: str | None
    at: datetime
    now: datetime

    def before(self, moment: datetime | None) -> bool:
        return moment is not None and _instant(self.at) < _instant(moment)

    def after(self, moment: datetime | None) -> bool:
        return moment is not None and _instant(self.at) >= _instant(moment)

    def ended(self, moment: datetime | None) -> bool:
        return moment is not None and _instant(self.now) >= _instant(moment)

    def day(self, moment: datetime | None) -> str:
        return day(moment.astimezone(self.at.tzinfo)) if moment is not None else ""


def _instant(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


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
    now: datetime | None = None,
    sources: Sequence[Source] = (),
    labels: Collection[str] | None = None,
) -> Verdict:
    """Say whether the released file may leave at `at`.

    Without a `use` or `territory` the question is whether any release is allowed at all. Dates in the
    reasons are read in the time zone of `at`; what ends after `now` is said to end yet. `sources`, those
    behind `terms.inherited`, are named in the reasons and decide nothing. `labels` are the keys of those that
    the file in question shows; None: it is not about a file. Where no use or territory is named a file must
    show what any of them asks for.
    """
    asked = _Asked(use=use, territory=territory, at=at, now=now or at)
    said: list[_Said] = []
    if terms.trashed:
        said.append((Cause.TRASHED, _("It's in the trash.")))
    if terms.approval != "approved":
        why = _APPROVAL_REASON.get(terms.approval, noop("It isn't approved."))
        known = terms.approval in _APPROVAL_REASON
        said.append((Cause(terms.approval) if known else Cause.NOT_APPROVED, _(why)))
    if terms.credentials in ("altered", "invalid"):
        altered = _("Its Content Credentials are invalid: the file may have been altered.")
        said.append((Cause.ALTERED, altered))
    if asked.before(terms.embargo_until):
        early = _("It's under embargo until %(day)s.") % {"day": asked.day(terms.embargo_until)}
        said.append((Cause.EMBARGO, early))
    if asked.after(terms.valid_until):
        over = _("Its clearance ended on %(day)s.")
        late = over if asked.ended(terms.valid_until) else _("Its clearance ends on %(day)s.")
        said.append((Cause.ENDED, late % {"day": asked.day(terms.valid_until)}))
    if asked.after(terms.consents_until):
        over = _("A consent that it needs ended on %(day)s.")
        late = over if asked.ended(terms.consents_until) else _("A consent that it needs ends on %(day)s.")
        said.append((Cause.CONSENT_ENDED, late % {"day": asked.day(terms.consents_until)}))
    if terms.approval == "approved" and not terms.uses:
        said.append((Cause.NO_USE, _("It isn't cleared for any use.")))
    elif use is not None and use not in terms.uses:
        said.append((Cause.USE, _("It isn't cleared for %(use)s.") % {"use": _use(use)}))
    if territory is not None and not territories.covers(terms.territories, territory):
        named = {"territory": territories.name_of(territory)}
        said.append((Cause.TERRITORY, _("It isn't cleared for %(territory)s.") % named))
    if terms.inherited is not None:
        said += _inherited(terms, terms.inherited, asked, sources=sources)
    if labels is not None and not said:
        required = requirements(terms, use=use, territory=territory, at=at)
        missing = disclosure.missing(required, labels)
        said += [(Cause.LABEL, _unlabelled(each, territory)) for each in missing]
    return Verdict(
        allowed=not said,
        reasons=tuple(words for _cause, words in said),
        causes=tuple(dict.fromkeys(cause for cause, _words in said)),
    )


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
        embargo_until=max(
            (each.embargo_until for each in known if each.embargo_until), default=None, key=_instant
        ),
        valid_until=min((end for each in known if (end := own_end(each))), default=None, key=_instant),
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
        embargo_until=max(embargoes, default=None, key=_instant),
        valid_until=min(ends, default=None, key=_instant),
    )


def own_end(terms: Terms) -> datetime | None:
    """When it ends by itself: its clearance, or the first of the consents that it needs."""
    ends = [each for each in (terms.valid_until, terms.consents_until) if each is not None]
    return min(ends, default=None, key=_instant)


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
    early = source.embargo_until is not None and _instant(at) < _instant(source.embargo_until)
    end = own_end(source)
    late = end is not None and _instant(at) >= _instant(end)
    return stops(source) or early or late


def _inherited(
    terms: Terms, inherited: Inherited, asked: _Asked, *, sources: Sequence[Source]
) -> list[_Said]:
    """Why what it was made from stops it; what stops it by itself was said already."""
    use, territory = asked.use, asked.territory
    approved = terms.approval == "approved"
    about = asked if approved else replace(asked, use=None)
    named = [reason for each in sources for reason in _of_source(each, about)]
    said: list[_Said] = []
    if inherited.stopped:
        stopped = _("It's made from a clip, or with a model, that can't be used.")
        said.append((Cause.SOURCE_STOPPED, stopped))
    if asked.before(inherited.embargo_until):
        early = _("It's made from a clip that is under embargo until %(day)s.")
        said.append((Cause.SOURCE_EMBARGO, early % {"day": asked.day(inherited.embargo_until)}))
    if asked.after(inherited.valid_until):
        over = _("It's made from a clip whose clearance ended on %(day)s.")
        ahead = _("It's made from a clip whose clearance ends on %(day)s.")
        late = over if asked.ended(inherited.valid_until) else ahead
        said.append((Cause.SOURCE_ENDED, late % {"day": asked.day(inherited.valid_until)}))
    left = inherited.uses
    if left is not None and approved and terms.uses:
        if not left:
            none = _("There's no use for which all that it's made from is cleared.")
            said.append((Cause.SOURCE_USE, none))
        elif use is not None and use in terms.uses and use not in left:
            other = _("It's made from a clip that isn't cleared for %(use)s.") % {"use": _use(use)}
            said.append((Cause.SOURCE_USE, other))
    places = inherited.territories
    if places is not None:
        if not places:
            nowhere = _("There's no country for which all that it's made from is cleared.")
            said.append((Cause.SOURCE_TERRITORY, nowhere))
        elif (
            territory is not None
            and territories.covers(terms.territories, territory)
            and not territories.covers(places, territory)
        ):
            elsewhere = _("It's made from a clip, or with a model, that isn't cleared for %(territory)s.")
            told = {"territory": territories.name_of(territory)}
            said.append((Cause.SOURCE_TERRITORY, elsewhere % told))
    return list(dict.fromkeys(named)) or said if said else []


def _of_source(source: Source, asked: _Asked) -> list[_Said]:
    if source.made_with is not None:
        return _of_generator(source.name, source.made_with, territory=asked.territory)
    terms, clip = source.terms, {"clip": source.name}
    if terms is None:
        return [(Cause.SOURCE_STOPPED, _("It's made from a clip that was deleted."))]
    stopped = []
    if terms.trashed:
        stopped.append(_("It's made from %(clip)s, which is in the trash.") % clip)
    if terms.approval == "rejected":
        stopped.append(_("It's made from %(clip)s, which a reviewer rejected.") % clip)
    elif terms.approval == "withdrawn" or (terms.approval != "approved" and terms.uses):
        stopped.append(_("It's made from %(clip)s, whose approval was withdrawn.") % clip)
    if terms.credentials in ("altered", "invalid"):
        stopped.append(_("It's made from %(clip)s, whose Content Credentials are invalid.") % clip)
    said: list[_Said] = [(Cause.SOURCE_STOPPED, words) for words in stopped]
    if asked.before(terms.embargo_until):
        early = _("It's made from %(clip)s, which is under embargo until %(day)s.")
        said.append((Cause.SOURCE_EMBARGO, early % {**clip, "day": asked.day(terms.embargo_until)}))
    if asked.after(terms.valid_until):
        over = _("It's made from %(clip)s, whose clearance ended on %(day)s.")
        ahead = _("It's made from %(clip)s, whose clearance ends on %(day)s.")
        late = over if asked.ended(terms.valid_until) else ahead
        said.append((Cause.SOURCE_ENDED, late % {**clip, "day": asked.day(terms.valid_until)}))
    if asked.after(terms.consents_until):
        over = _("It's made from %(clip)s, which needs a consent that ended on %(day)s.")
        ahead = _("It's made from %(clip)s, which needs a consent that ends on %(day)s.")
        late = over if asked.ended(terms.consents_until) else ahead
        said.append((Cause.SOURCE_CONSENT, late % {**clip, "day": asked.day(terms.consents_until)}))
    if terms.approval == "approved":
        said += _of_clearance(source.name, terms, asked)
    if said and not source.told:
        return [(Cause.SOURCE_STOPPED, _("It's made from a clip that can't be used now."))]
    return said


def _of_generator(name: str, made_with: Generator, *, territory: str | None) -> list[_Said]:
    if made_with.stops:
        told = _(
            "It's made with %(model)s, whose licence isn't cleared for this brand. An installation "
            "administrator can record that it is."
        )
        return [(Cause.MODEL_LICENCE, told % {"model": name})]
    if territory is None or made_with.places is None or territories.covers(made_with.places, territory):
        return []
    said = {"model": name, "territory": territories.name_of(territory)}
    left_out = _("It's made with %(model)s, whose licence leaves out %(territory)s.") % said
    return [(Cause.MODEL_TERRITORY, left_out)]


def _of_clearance(name: str, terms: Terms, asked: _Asked) -> list[_Said]:
    clip, said = {"clip": name}, list[_Said]()
    if asked.use is not None and asked.use not in terms.uses:
        words = _("It's made from %(clip)s, which isn't cleared for %(use)s.")
        said.append((Cause.SOURCE_USE, words % {**clip, "use": _use(asked.use)}))
    if asked.territory is not None and not territories.covers(terms.territories, asked.territory):
        words = _("It's made from %(clip)s, which isn't cleared for %(territory)s.")
        told = {**clip, "territory": territories.name_of(asked.territory)}
        said.append((Cause.SOURCE_TERRITORY, words % told))
    return said


def _use(use: str) -> str:
    return _(USE_NAMES.get(use, use.replace("_", " ")))
