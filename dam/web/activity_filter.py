"""What somebody looks for in the activity log, as its address says it."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from dam.accounts.models import Brand, Membership
from dam.audit import search
from dam.audit.search import Wanted
from dam.audit.verbs import Verb
from dam.core import numbers, sorting
from dam.web import audit_labels, audit_titles, people_choice

LONGEST_ADDRESS = 254


@dataclass(frozen=True)
class Asked:
    """`given` is what the form shows again; `wanted` what it means."""

    wanted: Wanted
    given: dict[str, str]

    @property
    def address(self) -> str:
        """The same again, for links."""
        return urlencode({name: value for name, value in self.given.items() if value})

    @property
    def without_kind(self) -> str:
        return urlencode({name: value for name, value in self.given.items() if value and name != "kind"})


def read(data: QueryDict, *, brand: Brand) -> Asked:
    """Whatever the address says; what means nothing is left out."""
    kind = data.get("kind", "")
    verb = data.get("verb", "")
    person, address = data.get("person", ""), data.get("address", "").strip()[:LONGEST_ADDRESS]
    words = data.get("q", "").strip()
    begin, end = _day(data.get("from", "")), _day(data.get("until", ""))
    asset = None
    with suppress(ValueError):
        asset = UUID(data.get("asset", ""))
    kind = kind if kind in audit_labels.KINDS else ""
    verb = verb if verb in set(Verb) else ""
    person = person if person in (search.SYSTEM, search.GUESTS) or numbers.read(person) is not None else ""
    if address:
        person = _of_address(brand, address)
    verbs = (verb,) if verb else search.verbs_of(audit_labels.KINDS[kind][1], Verb) if kind else ()
    given = {"kind": kind, "verb": verb, "person": person, "q": words, "asset": str(asset or "")}
    given |= {"address": address if person == search.NOBODY else ""}
    given |= {"from": begin.isoformat() if begin else "", "until": end.isoformat() if end else ""}
    since = _moment(begin, time.min) if begin else None
    until = _moment(end, time.max) if end else None
    return Asked(Wanted(verbs, person, asset, since, until, words), given)


def choices(brand: Brand, asked: Asked) -> dict[str, Any]:
    """What the form offers: people who are or were in the brand, and what can have happened."""
    kind, everyone = asked.given["kind"], Membership.everyone.filter(brand=brand)
    listed = people_choice.listed(everyone)
    people = [(str(each.pk), each.name) for each in listed.people]
    chosen = asked.given["person"]
    number = numbers.read(chosen)
    if number is not None and chosen not in dict(people):  # by an address or a link
        people += [(chosen, row.user.name) for row in everyone.filter(user=number).select_related("user")]
    verbs = search.verbs_of(audit_labels.KINDS[kind][1], Verb) if kind else tuple(Verb)
    titles = [(str(verb), audit_titles.title(Verb(verb))) for verb in verbs]
    return {
        "people": people,
        "more_people": listed.more,
        "verbs": sorted(titles, key=lambda each: sorting.key(each[1])),
    }


def _of_address(brand: Brand, address: str) -> str:
    try:
        (user,) = people_choice.named(Membership.everyone.filter(brand=brand), address)
    except (people_choice.NotHere, ValueError):
        return search.NOBODY
    return str(user.pk)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def _moment(day: date, clock: time) -> datetime | None:
    """In the reader's time zone. None for a day so early or late that it has no moment everywhere."""
    if not 1900 <= day.year <= 9000:
        return None
    return datetime.combine(day, clock, tzinfo=timezone.get_current_timezone())
