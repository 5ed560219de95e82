"""All consents of a version in one list, as files and programs say them: what differs is done, step by step.

Each step is the one that the page does (dam.rights.consents), with its rights, its locks and its event. What
was done is kept so that a bulk edit can take it back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import errors, foreign_text, numbers
from dam.rights import consents, terms
from dam.rights.consents import Said
from dam.rights.models import Consent, ConsentKind, ConsentLink

BETWEEN = " | "
_WITHDRAWN = "withdrawn: "
_KINDS = frozenset(ConsentKind.values)
_EARLIEST, _LATEST = 1900, 9998  # years that every time zone can say


@dataclass(frozen=True)
class Wanted:
    """A consent as it is to be: `key` of one that is there; `withdrawn` is why, None where it stands."""

    said: Said
    key: int | None = None
    withdrawn: str | None = None


@dataclass(frozen=True)
class Known:
    """One that is there. `forgotten`: its personal data was removed."""

    wanted: Wanted
    revision: int
    document: str = ""
    forgotten: bool = False


class NoConsent(errors.Refused):
    """A line, or an entry, that says no consent."""

    code = "bad_consent"


def of_many(keys: Collection[UUID], *, by: Principal) -> dict[UUID, tuple[Known, ...]]:
    """What each of these versions needs, as it was added; nothing for those who may not see it. One query."""
    found: dict[UUID, list[Known]] = {key: [] for key in keys}
    if keys and consents.may_see(by):
        rows = ConsentLink.objects.filter(version__in=keys).select_related("consent").order_by("pk")
        for link in rows:
            found[link.version_id].append(_known(link.consent))
    return {key: tuple(each) for key, each in found.items()}


def of(version: Version, *, by: Principal) -> tuple[Known, ...]:
    return of_many([version.pk], by=by)[version.pk]


def wanted_of(known: Iterable[Known]) -> tuple[Wanted, ...]:
    return tuple(each.wanted for each in known)


def steps(now: Sequence[Known], wanted: Sequence[Wanted]) -> list[tuple[str, Wanted]]:
    """What is to be done: `add`, `change`, `withdraw`, `reinstate` or `remove`, in this order.

    Pure. Raises NoConsent for one that isn't there or stands twice.
    """
    there = {each.wanted.key: each for each in now}
    keys = [each.key for each in wanted if each.key is not None]
    for key in keys:
        if key not in there:
            raise NoConsent(_("This clip has no consent #%(key)s.") % {"key": key})
    if len(set(keys)) != len(keys):
        raise NoConsent(_("The same consent is there twice."))
    done: list[tuple[str, Wanted]] = []
    for each in wanted:
        before = there[each.key].wanted if each.key is not None else None
        if before is None:
            if each.withdrawn is not None:
                raise NoConsent(_("A new consent can't be withdrawn yet."))
            done.append(("add", each))
            continue
        if each.said != before.said:
            if there[each.key].forgotten:
                raise NoConsent(_("The personal data of this was removed."))
            done.append(("change", each))
        if each.withdrawn is not None and before.withdrawn is None:
            done.append(("withdraw", each))
        elif each.withdrawn is None and before.withdrawn is not None:
            done.append(("reinstate", each))
        elif each.withdrawn != before.withdrawn:
            raise NoConsent(_("It was withdrawn already, and its reason stays."))
    for known in now:
        if known.wanted.key not in keys:
            if known.document:
                raise NoConsent(
                    _("Consent #%(key)s has a document. Remove it on the clip's page.")
                    % {"key": known.wanted.key}
                )
            done.append(("remove", known.wanted))
    order = ("add", "change", "withdraw", "reinstate", "remove")
    return sorted(done, key=lambda step: order.index(step[0]))


def merged(
    now: Iterable[Wanted], was: Iterable[Wanted], wanted: Iterable[Wanted]
) -> tuple[Wanted, ...] | None:
    """What a list that was written over `was` wants of `now`: what it doesn't change stays as it is now.

    Pure. None where one has come since, or what it changes has become something else.
    """
    wanted = tuple(wanted)
    there, before = ({each.key: each for each in some} for some in (now, was))
    asked = {each.key: each for each in wanted}
    if there.keys() - before.keys():
        return None
    for key, old in before.items():
        if asked.get(key) != old and there.get(key) not in (old, asked.get(key)):
            return None
    kept_now = (there.get(each.key) if each == before.get(each.key) else each for each in wanted)
    return tuple(each for each in kept_now if each is not None)


def refusal(
    now: Sequence[Known], todo: Sequence[tuple[str, Wanted]], *, counted: bool, held: bool, by: Principal
) -> str:
    """Why these steps can't be done; empty where they can, as far as is known before.

    `counted`: a review counts on the version, or on what was made from it.
    """
    try:
        adding = sum(what == "add" for what, _one in todo) - sum(what == "remove" for what, _one in todo)
        if len(now) + adding > consents.MOST:
            raise consents.too_many()
        for what, each in todo:
            if what in ("add", "change"):
                consents.clean(each.said)
            if what == "withdraw":
                consents.clean_reason(each.withdrawn or "")
            consents.require_step(what, counted=counted, held=held, by=by)
    except errors.Refused as refused:
        return refused.message
    return ""


def apply(
    version: Version,
    todo: Sequence[tuple[str, Wanted]],
    *,
    now: Sequence[Known],
    by: Principal,
    noted: Mapping[str, Any] | None = None,
    shared: bool = False,
) -> list[list[Any]]:
    """Do these steps, in the caller's `trail.recording()`; what `take_back` needs of each.

    `shared`: one of the same words that another clip of the brand has becomes this one's, too.
    Raises ConsentRefused, ConsentChanged, PermissionDenied.
    """
    there = {each.wanted.key: each for each in now}
    done: list[list[Any]] = []
    for what, each in todo:
        key = each.key
        if what == "add":
            added = consents.add(version, each.said, by=by, noted=noted, shared=shared)
            done.append(["added", added.pk, kept(consents.clean(each.said))])
            continue
        assert key is not None
        if what == "change":
            consents.change(version, key, each.said, seen=there[key].revision, by=by, noted=noted)
            done.append(["changed", key, kept(there[key].wanted.said), kept(consents.clean(each.said))])
        elif what == "withdraw":
            withdrawn = consents.withdraw(version, key, reason=each.withdrawn or "", by=by, noted=noted)
            assert withdrawn.withdrawn_at is not None
            done.append(["withdrawn", key, withdrawn.withdrawn_at.isoformat()])
        elif what == "reinstate":
            consents.reinstate(version, key, by=by, noted=noted)
            done.append(["reinstated", key, there[key].wanted.withdrawn])
        else:
            consents.remove(version, key, by=by, noted=noted)
            done.append(["removed", kept(each.said), key, each.withdrawn])
    return done


def moved(done: Iterable[Sequence[Any]]) -> set[int]:
    """The consents that these steps changed for all who share them."""
    return {said[0] for what, *said in done if what in ("changed", "withdrawn", "reinstated")}


def take_back(
    version: Version, done: Sequence[Sequence[Any]], *, by: Principal, noted: Mapping[str, Any]
) -> tuple[int, list[str]]:
    """How many of these steps were undone, the last one first, and why others weren't."""
    count, reasons = 0, []
    for what, *said in reversed(done):
        try:
            _back(version, what, said, by=by, noted=noted)
            count += 1
        except errors.Refused as refused:
            reasons.append(refused.message)
    return count, reasons


def _back(
    version: Version, what: str, said: Sequence[Any], *, by: Principal, noted: Mapping[str, Any]
) -> None:
    if what == "removed":
        words, key, withdrawn = said
        consents.put_back(version, key, read_kept(words), withdrawn=withdrawn, by=by, noted=noted)
        return
    key = said[0]
    if what == "added":
        words = read_kept(said[1]) if len(said) > 1 else None  # None of edits that didn't keep them
        consents.remove(version, key, if_still=partial(_as_added, words), by=by, noted=noted)
    elif what == "withdrawn":
        at = datetime.fromisoformat(said[1]) if len(said) > 1 else None
        consents.reinstate(version, key, if_still=partial(_withdrawn_at, at), by=by, noted=noted)
    elif what == "reinstated":
        consents.withdraw(version, key, reason=said[1], by=by, noted=noted)
    else:
        now = next((each for each in of(version, by=by) if each.wanted.key == key), None)
        if now is None or now.wanted.said != read_kept(said[2]):
            raise consents.changed_since()
        consents.change(version, key, read_kept(said[1]), seen=now.revision, by=by, noted=noted)


def _as_added(words: Said | None, consent: Consent) -> bool:
    now = _known(consent)
    untouched = now.wanted.withdrawn is None and not now.document
    return untouched and words in (None, now.wanted.said)


def _withdrawn_at(at: datetime | None, consent: Consent) -> bool:
    """Whether it is that very withdrawal: it may have stood again meanwhile, and been withdrawn anew."""
    return consent.withdrawn_at is not None and consent.withdrawn_at == at


def kept(said: Said) -> list[str | None]:
    return [said.kind, said.name, said.covers, terms.written(said.until)]


def read_kept(words: Sequence[str | None]) -> Said:
    kind, name, covers, until = words
    return Said(kind or "", name or "", covers or "", datetime.fromisoformat(until) if until else None)


def steps_name(done: Iterable[Sequence[Any]], name: str, key: int) -> bool:
    """Whether what was done, as `take_back` has it, is about this consent or says this name."""
    parts = (part for _what, *said in done for part in said)
    return any(part == key or (isinstance(part, list) and part[1] == name != "") for part in parts)


def lines_name(text: str, name: str, key: int) -> bool:
    """Whether lines, as people typed them, are about this consent or say this name."""
    for parts in map(_parts, text.splitlines()):
        if parts[0].startswith("#") and numbers.read(parts[0][1:], digits=12) == key:
            return True
        if name and name in (foreign_text.line(part) for part in parts):
            return True
    return False


def told(done: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """What was done, in sentences. They name nobody: who may see that opens the clip."""
    words = {
        "added": _("Consent added"),
        "changed": _("Consent changed"),
        "withdrawn": _("Consent withdrawn"),
        "reinstated": _("Consent stands again"),
        "removed": _("Consent removed"),
    }
    return tuple(words[what] for what, *_said in done)


def foretold(todo: Sequence[tuple[str, Wanted]]) -> tuple[str, ...]:
    """What is to be done, in sentences for those who may see it."""
    words = {
        "add": _("Add consent: %(name)s"),
        "change": _("Change consent: %(name)s"),
        "withdraw": _("Withdraw consent: %(name)s"),
        "reinstate": _("Let consent stand again: %(name)s"),
        "remove": _("Remove consent: %(name)s"),
    }
    return tuple(words[what] % {"name": each.said.name or f"#{each.key}"} for what, each in todo)


def line(wanted: Wanted, *, zone: ZoneInfo) -> str:
    """One as a line of text that `read_line` gives back.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> until = times.end_of_day(date(2027, 5, 3), berlin)
    >>> line(Wanted(Said("model", "Ada | Example", "EU", until), 7), zone=berlin)
    '#7 | model | Ada \\\\| Example | EU | 2027-05-03'
    """
    said = wanted.said
    parts = [said.kind, said.name, said.covers, moment(said.until, zone=zone, ends=True)]
    if wanted.withdrawn is not None:
        parts.append(f"{_WITHDRAWN}{wanted.withdrawn}")
    while not parts[-1]:
        parts.pop()
    numbered = [f"#{wanted.key}"] if wanted.key is not None else []
    return BETWEEN.join([*numbered, *map(_escaped, parts)])


def lines(known: Iterable[Wanted], *, zone: ZoneInfo) -> str:
    return "\n".join(line(each, zone=zone) for each in known)


def read_lines(text: str, *, zone: ZoneInfo) -> tuple[Wanted, ...]:
    """Raises NoConsent."""
    return tuple(read_line(each, zone=zone) for each in text.splitlines() if each.strip())


def read_line(text: str, *, zone: ZoneInfo) -> Wanted:
    """`#7 | model | Ada Example | what it covers | 2027-05-03 | withdrawn: why`. Raises NoConsent."""
    parts = _parts(text)
    key: int | None = None
    if parts[0].startswith("#"):
        key = numbers.read(parts[0][1:], digits=12)
        if key is None:
            raise NoConsent(_("“%(text)s” isn't the number of a consent.") % {"text": parts[0][:40]})
        parts = parts[1:]
    withdrawn: str | None = None
    if len(parts) == 5 and parts[4].startswith(_WITHDRAWN.strip()):
        withdrawn = parts.pop().removeprefix(_WITHDRAWN.strip()).strip()
    if not 1 <= len(parts) <= 4:
        raise NoConsent(
            _("Write a consent as: kind | name | what it covers | last day. One line for each consent.")
        )
    kind, name, covers, until = [*parts, "", "", ""][:4]
    return Wanted(said(kind, name, covers, read_moment(until, zone=zone, ends=True)), key, withdrawn)


def said(kind: str, name: str, covers: str, until: datetime | None) -> Said:
    """Raises NoConsent for a kind that there isn't."""
    if kind not in _KINDS:
        raise NoConsent(
            _("“%(kind)s” isn't a kind of consent. There are: %(kinds)s.")
            % {"kind": kind[:40], "kinds": ", ".join(ConsentKind.values)}
        )
    return Said(kind, name, covers, until)


def moment(at: datetime | None, *, zone: ZoneInfo, ends: bool) -> str:
    """A day, where it ends or begins with that day where the brand is; else the moment with its offset."""
    if at is None:
        return ""
    here = at.astimezone(zone)
    edge = times.end_of_day(here.date(), zone) if ends else times.start_of_day(here.date(), zone)
    return here.date().isoformat() if edge == at else here.isoformat()


def read_moment(text: str, *, zone: ZoneInfo, ends: bool) -> datetime | None:
    """What `moment` wrote, or people typed. Raises NoConsent."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) == len("2027-05-03"):
            day = date.fromisoformat(text)
            if _EARLIEST <= day.year <= _LATEST:
                return times.end_of_day(day, zone) if ends else times.start_of_day(day, zone)
        else:
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None and _EARLIEST <= at.year <= _LATEST:
                return at
    except ValueError:
        pass
    raise NoConsent(_("Write a day as 2027-05-03, or a moment with its offset as 2027-05-03T12:00:00+02:00."))


def _known(consent: Consent) -> Known:
    withdrawn = consent.withdrawn_reason if consent.withdrawn_at is not None else None
    wanted = Wanted(Said(consent.kind, consent.name, consent.covers, consent.until), consent.pk, withdrawn)
    return Known(wanted, consent.revision, consent.filename, consent.forgotten_at is not None)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _parts(text: str) -> list[str]:
    parts, letters = [""], iter(text)
    for letter in letters:
        if letter == "|":
            parts.append("")
        else:
            parts[-1] += next(letters, letter) if letter == "\\" else letter
    return [part.strip() for part in parts]
