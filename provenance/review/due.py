"""What is due on which day: open reviews, and comments that are assigned to somebody."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber, TruncDate

from dam.accounts.principals import Principal
from dam.core import months
from dam.core.lazily import lazy
from provenance.review import assigning, linking, queue
from provenance.review.models import Comment, Review

NAMED_OF_DAY = 3


class Whose(StrEnum):
    """What waits for somebody, what they sent and wait for themselves, or all that they see."""

    MINE = "mine"
    SENT = "sent"
    ALL = "all"


TITLES: Mapping[Whose, str] = {
    Whose.MINE: lazy("Waiting for you"),
    Whose.SENT: lazy("Sent by you"),
    Whose.ALL: lazy("All reviews"),
}


@dataclass(frozen=True)
class Item:
    """A review by its clip, or a comment by its words, if it has some; `at` is when it is needed."""

    title: str
    at: datetime
    review: UUID | None = None


@dataclass(frozen=True)
class Day:
    """A day that something is due on: how much, and the first of it."""

    day: date
    count: int
    first: Sequence[Item]


def reviews(principal: Principal, whose: Whose) -> QuerySet[Review]:
    """Open ones, the most urgent first."""
    if whose is Whose.MINE:
        return queue.waiting_for(principal)
    return queue.sent_by(principal) if whose is Whose.SENT else queue.open_reviews(principal)


def comments(principal: Principal, whose: Whose) -> QuerySet[Comment]:
    """Unresolved ones that are assigned to them; those of others are nobody's calendar but theirs."""
    rows = assigning.assigned_to(principal)
    return rows if whose is Whose.MINE else rows.none()


def reviews_of(rows: QuerySet[Review], day: date, *, at: datetime) -> QuerySet[Review]:
    """Those that are due on this day, where `at` is."""
    return rows.annotate(needed_at=queue.NEEDED_AT).filter(**_between("needed_at", day, _following(day), at))


def comments_of(rows: QuerySet[Comment], day: date, *, at: datetime) -> QuerySet[Comment]:
    return rows.filter(**_between("due_at", day, _following(day), at))


def month(principal: Principal, whose: Whose, first: date, *, at: datetime) -> list[Day]:
    """The days of the month that begins on `first`, where `at` is, on which something is due.

    One query for reviews and one for comments, each counted and named in the database.
    """
    last = _following(months.days(first)[-1])
    found, counts = defaultdict[date, list[Item]](list), Counter[date]()
    needed = reviews(principal, whose).annotate(needed_at=queue.NEEDED_AT)
    needed = needed.filter(**_between("needed_at", first, last, at))
    reviewed = list(_first_of_days(needed, "needed_at", at, "pk", "version__asset__title"))
    for day, _number, moment, key, title in reviewed:
        found[day].append(Item(title, moment, review=key))
    remarks = comments(principal, whose).filter(**_between("due_at", first, last, at))
    said = list(_first_of_days(remarks, "due_at", at, "body", "version__asset__title"))
    clips = linking.clips((body for _day, _number, _moment, body, _title in said), to=principal)
    for day, _number, moment, body, title in said:
        found[day].append(Item(clips.plain(body) or title, moment))
    for rows in (reviewed, said):  # each row of a day has its number
        counts.update({row[0]: row[1] for row in rows})
    return [
        Day(day, counts[day], sorted(items, key=lambda item: item.at)[:NAMED_OF_DAY])
        for day, items in sorted(found.items())
    ]


def _first_of_days(rows: QuerySet[Any], moment: str, at: datetime, *told: str) -> Iterable[Any]:
    """Of each day the first rows: (day, how many there are, when, *told)."""
    by_day = rows.order_by().annotate(day=TruncDate(moment, tzinfo=at.tzinfo))
    placed = by_day.annotate(
        number=Window(Count("pk"), partition_by="day"),
        place=Window(RowNumber(), partition_by="day", order_by=[F(moment).asc(), F("pk").asc()]),
    )
    found: QuerySet[Any, Any] = placed.filter(place__lte=NAMED_OF_DAY)
    return found.values_list("day", "number", moment, *told)


def _following(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _between(field: str, first: date, until: date, at: datetime) -> dict[str, datetime]:
    return {f"{field}__gte": months.begins(first, at), f"{field}__lt": months.begins(until, at)}
