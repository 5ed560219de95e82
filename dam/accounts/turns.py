"""Whose turn it is on a queue: the brand served longest ago, and in it the person served longest ago.

However much one brand or one person has asked for, everybody else's next piece of work waits for one of
theirs at most. A message in the broker is therefore a turn, and what is done in it is decided here.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, OuterRef, QuerySet, Subquery

from dam.accounts.models import Brand, Turn, User

K = TypeVar("K")
Row = TypeVar("Row", bound=Model)
Who = tuple[int, int]  # brand and person
_Rank = tuple[bool, float, int]  # whether served at all, when, and otherwise who asked first


def in_turn(waiting: Iterable[tuple[K, Who]], *, served: Mapping[Who, datetime]) -> list[K]:
    """What waits, oldest first, in the order in which it is done when nothing else is asked for. Pure.

    `served` is when each of them was last served; whoever is missing never was, and goes first.

    >>> in_turn([("a1", (1, 1)), ("a2", (1, 1)), ("b1", (2, 2))], served={})
    ['a1', 'b1', 'a2']
    """
    lines: dict[int, dict[Who, deque[K]]] = defaultdict(lambda: defaultdict(deque))
    asked: dict[object, int] = {}
    for place, (key, who) in enumerate(waiting):
        lines[who[0]][who].append(key)
        asked.setdefault(who[0], place)
        asked.setdefault(who, place)
    last: dict[int, datetime] = {}
    for (brand, _), at in served.items():
        last[brand] = max(at, last.get(brand, at))
    brands = [(_rank(last.get(brand), asked[brand]), brand) for brand in lines]
    people = {
        brand: [(_rank(served.get(who), asked[who]), who) for who in line] for brand, line in lines.items()
    }
    for heap in (brands, *people.values()):
        heapq.heapify(heap)  # type: ignore[arg-type]
    done: list[K] = []
    while brands:
        _, brand = heapq.heappop(brands)
        _, who = heapq.heappop(people[brand])
        done.append(lines[brand][who].popleft())
        just_now: _Rank = (True, float("inf"), len(done))
        if lines[brand][who]:
            heapq.heappush(people[brand], (just_now, who))
        if people[brand]:
            heapq.heappush(brands, (just_now, brand))
    return done


def served(queue: str, *, brands: Collection[int]) -> dict[Who, datetime]:
    """When the people of these brands were last served on the queue."""
    rows = Turn.objects.filter(queue=queue, brand_id__in=brands)
    return {(brand, user): at for brand, user, at in rows.values_list("brand_id", "user_id", "served_at")}


def order(queue: str, waiting: Iterable[tuple[K, Who]]) -> list[K]:
    """`in_turn`, by who was served on the queue so far."""
    found = list(waiting)
    return in_turn(found, served=served(queue, brands={who[0] for _, who in found}))


def rows(queue: str, waiting: QuerySet[Row]) -> Iterator[Row]:
    """Of rows with `brand` and `user` that wait, in their own order, the first of everybody, in turn.

    For what may be long: where an index has `brand`, `user` and that order, and the rows come in its order,
    one is looked up of each brand, and of each person where their turn has come, however much waits.
    """
    brands = _those_with(waiting, Brand.objects.filter(closed_at=None), "brand")
    for brand in order(queue, [(pk, (pk, 0)) for pk in brands]):
        of_brand = waiting.filter(brand=brand)
        people = _those_with(of_brand, User.objects.all(), "user")
        for user in order(queue, [(pk, (brand, pk)) for pk in people]):
            row = of_brand.filter(user=user).first()
            if row is not None:
                yield row


def _those_with(waiting: QuerySet[Row], everybody: QuerySet[Any], column: str) -> list[int]:
    """The keys of those of whom a row waits.

    Not by EXISTS, which PostgreSQL turns into a join with everything that waits.
    """
    first = waiting.filter(**{column: OuterRef("pk")}).values("pk")[:1]
    found = everybody.annotate(first=Subquery(first)).filter(first__isnull=False)
    return list(found.order_by("pk").values_list("pk", flat=True))


def take(queue: str, who: Who, *, at: datetime) -> None:
    """They are being served: in the transaction that claims the work, as its last row."""
    brand, user = who
    Turn.objects.bulk_create(
        [Turn(queue=queue, brand_id=brand, user_id=user, served_at=at)],
        update_conflicts=True,
        unique_fields=["queue", "brand", "user"],
        update_fields=["served_at"],
    )


def _rank(at: datetime | None, asked: int) -> _Rank:
    return (False, 0.0, asked) if at is None else (True, at.timestamp(), asked)
