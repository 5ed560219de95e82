"""Finding events in a brand's log: by person, verb, clip, day and words of the target. Each has its index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dam.accounts.models import Brand
from dam.audit.models import Event, SealedName

SYSTEM, GUESTS = "system", "guests"
NOBODY = "0"  # nobody's number
# A moment is written down as its transaction begins, the place in the chain as it ends: so far apart at most.
SLACK = 10_000
AT_ONCE = 1000
MOST_NAMES = 200


@dataclass(frozen=True)
class Wanted:
    """What is looked for; what is empty narrows nothing. `person` is a user's number, SYSTEM or GUESTS."""

    verbs: tuple[str, ...] = ()
    person: str = ""
    asset_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None  # included
    words: str = ""

    def __bool__(self) -> bool:
        return self != Wanted()


def find(brand: Brand, wanted: Wanted) -> QuerySet[Event]:
    """The brand's events that are wanted, the newest first."""
    events = Event.objects.filter(brand=brand)
    if wanted.verbs:
        events = events.filter(verb__in=wanted.verbs)
    if wanted.person == SYSTEM:
        events = events.filter(actor_ref="system")
    elif wanted.person == GUESTS:
        events = events.filter(actor_ref__startswith="guest:")
    elif wanted.person:
        events = events.filter(actor_id=int(wanted.person))
    if wanted.asset_id is not None:
        events = events.filter(asset_id=wanted.asset_id)
    if wanted.words:
        found = Q(target__icontains=wanted.words)
        here = Event.objects.filter(brand=brand, about_label=OuterRef("pk"))
        people = SealedName.objects.filter(Exists(here), name__icontains=wanted.words)  # whom it was done to
        if named := list(people.values_list("pk", flat=True)[:MOST_NAMES]):
            found |= Q(about_label_id__in=named)
        events = events.filter(found)
    return _between(events, brand, wanted.since, wanted.until).order_by("-sequence")


def in_order(events: QuerySet[Event], *, up_to: int) -> Iterator[list[Event]]:
    """All of them by their number, some at once: so many are in memory, however long the log is."""
    last = 0
    while True:
        page = list(events.filter(sequence__gt=last, sequence__lte=up_to).order_by("sequence")[:AT_ONCE])
        if page:
            yield page
        if len(page) < AT_ONCE:
            return
        last = page[-1].sequence


def verbs_of(prefixes: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Of the known verbs those that begin so. Pure."""
    begins = tuple(prefixes)
    return tuple(verb for verb in known if verb.startswith(begins))


def _between(
    events: QuerySet[Event], brand: Brand, since: datetime | None, until: datetime | None
) -> QuerySet[Event]:
    """By time, and by number about as far: so the index of numbers is walked there alone."""
    at = Event.objects.filter(brand=brand)
    if since is not None:
        first = at.filter(at__gte=since).order_by("at").first()
        if first is None:
            return events.none()
        events = events.filter(at__gte=since, sequence__gte=first.sequence - SLACK)
    if until is not None:
        last = at.filter(at__lte=until).order_by("-at").first()
        if last is None:
            return events.none()
        events = events.filter(at__lte=until, sequence__lte=last.sequence + SLACK)
    return events
