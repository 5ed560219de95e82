"""What ends next, and what ended: approved clips by the end of their clearance, as far as somebody sees them.

The end is the earliest of a clip's own and of all that it was made from (RightsEnd), read in the order of one
index: a page of a million clips costs what one of a hundred does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value

from dam.accounts.principals import Principal
from dam.catalog.models import Approval, Asset
from dam.core import months
from dam.core.lazily import lazy
from dam.rights import cleared, visibility
from dam.rights.models import RightsEnd

PAGE = 50
CHUNK = 500
MOST_OF_DAY = 100  # clips of one day that the calendar counts
NAMED_OF_DAY = 3  # and names


class Window(StrEnum):
    """Which ends are listed: of the days to come, those nearer than that; or those of the last 30 days."""

    MONTH = "30"
    TWO_MONTHS = "60"
    QUARTER = "90"
    ENDED = "ended"


TITLES: Mapping[Window, str] = {
    Window.MONTH: lazy("In the next 30 days"),
    Window.TWO_MONTHS: lazy("In the next 60 days"),
    Window.QUARTER: lazy("In the next 90 days"),
    Window.ENDED: lazy("Ended in the last 30 days"),
}
ENDED_DAYS = 30


@dataclass(frozen=True)
class Span:
    """Ends from `first` until just before `until`, the last of them first or not."""

    first: datetime
    until: datetime
    backwards: bool = False


@dataclass(frozen=True)
class Wanted:
    """`assets` narrows to some clips."""

    use: str | None = None
    territory: str | None = None
    assets: QuerySet[Asset] | None = None


@dataclass(frozen=True)
class Place:
    """The clip after which a list goes on: its end and its version."""

    ends_at: datetime
    version: UUID

    def __str__(self) -> str:
        return f"{self.ends_at.astimezone(UTC).isoformat()}_{self.version}"


@dataclass(frozen=True)
class Day:
    """A day of the calendar: how many clips end on it, MOST_OF_DAY + 1 for more, and the first of them."""

    day: date
    count: int = 0
    first: tuple[RightsEnd, ...] = ()

    @property
    def more(self) -> bool:
        return self.count > MOST_OF_DAY


def of_window(window: Window, *, at: datetime) -> Span:
    """`at` is now, where the brand is: what is to come reaches to the end of its last day there.

    What ends at this very moment has ended.
    """
    # In UTC: in an hour that clocks say twice, what is added to the second time gives one of the first.
    behind = at.astimezone(UTC) + timedelta(microseconds=1)
    if window is Window.ENDED:
        return Span(at - timedelta(days=ENDED_DAYS), behind, backwards=True)
    last = at.date() + timedelta(days=int(window))
    return Span(behind, months.begins(last + timedelta(days=1), at))


def of_day(day: date, *, at: datetime) -> Span:
    """That day where the brand is."""
    return Span(months.begins(day, at), months.begins(day + timedelta(days=1), at))


def read_place(text: str) -> Place | None:
    """The place that an address names; None for anything else: addresses are cut and edited."""
    moment, _underscore, key = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return Place(at.astimezone(UTC), UUID(key)) if at.tzinfo and 1900 <= at.year < 3000 else None
    except (ValueError, OverflowError):
        return None


def seen(principal: Principal, wanted: Wanted) -> QuerySet[RightsEnd]:
    """The ends of approved clips that they see: of what is released and, for those who see it, of the newest.

    An older version that nobody is shown any more isn't among them.
    """
    current = Q(released=OuterRef("version"))
    if visibility.shown(principal) == "latest":
        current |= Q(latest=OuterRef("version"))
    there = visibility.visible_assets(principal).filter(current, pk=OuterRef("version__asset"))
    rows = RightsEnd.objects.filter(Exists(there), brand=principal.brand, version__approval=Approval.APPROVED)
    if wanted.use is not None or wanted.territory is not None:
        rows = rows.filter(cleared.includes("version", use=wanted.use, territory=wanted.territory))
    return rows if wanted.assets is None else rows.filter(version__asset__in=wanted.assets.values("pk"))


def page(
    rows: QuerySet[RightsEnd], span: Span, *, after: Place | None, size: int = PAGE
) -> tuple[list[RightsEnd], Place | None]:
    """The next ones with their terms, in one query, and the place after which it goes on; None at the end."""
    rows = _within(rows, span)
    if after is not None and span.backwards:
        behind = Q(ends_at__lt=after.ends_at) | Q(ends_at=after.ends_at, version__lt=after.version)
        rows = rows.filter(behind, ends_at__lte=after.ends_at)
    elif after is not None:
        behind = Q(ends_at__gt=after.ends_at) | Q(ends_at=after.ends_at, version__gt=after.version)
        rows = rows.filter(behind, ends_at__gte=after.ends_at)
    order = ("-ends_at", "-version") if span.backwards else ("ends_at", "version")
    told = rows.select_related("version__asset", "version__brand", "version__rights", "version__inherited")
    found = list(told.order_by(*order)[: size + 1])
    shown = found[:size]
    return shown, Place(shown[-1].ends_at, shown[-1].version_id) if len(found) > size else None


def every(rows: QuerySet[RightsEnd], span: Span) -> Iterator[list[RightsEnd]]:
    """All of them, some hundred at a time; so many are held in memory."""
    after: Place | None = None
    while True:
        found, after = page(rows, span, after=after, size=CHUNK)
        if found:
            yield found
        if after is None:
            return


def month(rows: QuerySet[RightsEnd], first: date, *, at: datetime) -> list[Day]:
    """Each day of the month that begins on `first`, where `at` is, in two queries.

    Of each day some are read, from the index: a million clips may end on the last of a year.
    """
    days = months.days(first)
    spans = [of_day(day, at=at) for day in days]
    parts = [
        _within(rows, span)
        .order_by("ends_at", "version")
        .annotate(number=Value(number, IntegerField()))
        .values_list("number", "version")[: MOST_OF_DAY + 1]
        for number, span in enumerate(spans)
    ]
    found: list[list[UUID]] = [[] for _day in days]
    for number, version in parts[0].union(*parts[1:], all=True):
        found[number].append(version)
    named = [key for keys in found for key in keys[:NAMED_OF_DAY]]
    known = RightsEnd.objects.select_related("version__asset").in_bulk(named)
    return [
        Day(day, len(keys), tuple(known[key] for key in keys[:NAMED_OF_DAY] if key in known))
        for day, keys in zip(days, found, strict=True)
    ]


def _within(rows: QuerySet[RightsEnd], span: Span) -> QuerySet[RightsEnd]:
    return rows.filter(ends_at__gte=span.first, ends_at__lt=span.until)
