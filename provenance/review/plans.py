"""What a template says of the stages of a review. Pure: it is kept as JSON, in templates and reviews."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dam.accounts import times
from provenance.review.policies import STAGES

ALL = 0  # in `needs`: everyone of the group


@dataclass(frozen=True)
class Planned:
    """A stage of a review. People and groups are named by their ids; with neither, its role is asked.

    In a template `field` is the key of a clip's field that names one of them (by_field); in a review that is
    settled, and `named_by` is what the field was called.

    `needs` is how many approvals it takes, ALL for everyone of the group. `days` after it began it is
    overdue, and from then on its deputy, a person or a group, may decide it, too.
    """

    kind: str  # of policies.STAGES: what it takes to decide it, and which checklist it has
    title: str = ""  # empty: as its kind is called
    person: int | None = None
    group: int | None = None
    needs: int = 1
    days: int | None = None
    deputy_person: int | None = None
    deputy_group: int | None = None
    field: str = ""
    named_by: str = ""
    # Which questions of the brand it asks, by their numbers; None: all of its kind.
    questions: tuple[int, ...] | None = None
    statement: str = ""  # what whoever approves it signs besides
    remind: tuple[int, ...] = (1,)  # so many days before it is due
    role: int | None = None  # a role that the brand has made for itself: of those who have it
    again: int = 0  # and, once it is overdue, every so many days; 0: once

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or STAGES[self.kind].title

    @property
    def is_named(self) -> bool:
        """Whether it says who decides it."""
        return self.person is not None or self.group is not None or self.role is not None

    def due_at(self, *, begun: datetime, zone: ZoneInfo) -> datetime | None:
        """The end of its last day where the brand is. None: it has none.

        >>> Planned("legal", days=1).due_at(begun=datetime(2027, 5, 3, 22, 30, tzinfo=ZoneInfo("UTC")),
        ...     zone=ZoneInfo("Europe/Berlin")).isoformat()
        '2027-05-05T23:59:59+02:00'
        """
        if self.days is None:
            return None
        return times.end_of_day(times.today_in(zone, at=begun) + timedelta(days=self.days), zone)


def of(kinds: Sequence[str], plan: Sequence[Mapping[str, Any]]) -> tuple[Planned, ...]:
    """The stages of a review. One without a plan says no more than their kinds.

    >>> [stage.needs for stage in of(["brand", "legal"], [{"kind": "brand"}, {"kind": "legal", "needs": 2}])]
    [1, 2]
    """
    return read(plan) if plan else tuple(Planned(kind) for kind in kinds)


def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Planned, ...]:
    """What a newer program has put there besides is left out."""
    names = {each.name for each in fields(Planned)}
    return tuple(
        Planned(**{name: _tuple(value) for name, value in stage.items() if name in names}) for stage in kept
    )


def written(stages: Iterable[Planned]) -> list[dict[str, Any]]:
    """What later releases can say besides stands there only where it says something."""
    usual = asdict(Planned(""))
    return [
        {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(stage).items()
            if name not in _LATER or value != usual[name]
        }
        for stage in stages
    ]


_LATER = ("role", "questions", "statement", "remind", "again")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def unfilled(wanted: Sequence[tuple[int, frozenset[int]]]) -> int | None:
    """The first of the stages for which no one is left, where nobody decides two; None: all can be decided.

    Of each stage, how many approvals it needs and who could give one.

    >>> unfilled([(1, frozenset({1})), (2, frozenset({1, 2}))])
    1
    >>> unfilled([(1, frozenset({1, 2})), (1, frozenset({1}))])
    """
    given: dict[int, int] = {}  # who gives an approval, and at which stage

    def place(stage: int, tried: set[int]) -> bool:
        """Find somebody for the stage, if need be by finding another for where they had been placed."""
        tried.add(stage)
        people = wanted[stage][1]
        free = next((person for person in people if person not in given), None)
        if free is not None:
            given[free] = stage
            return True
        for person in people:
            if given[person] not in tried and place(given[person], tried):
                given[person] = stage
                return True
        return False

    for stage, (needs, _people) in enumerate(wanted):
        if not all(place(stage, set()) for _approval in range(needs)):
            return stage
    return None
