"""Which threads of a version's comments somebody wants to see. Pure.

A thread is open or resolved, was begun in a stage, and has a drawing, as its first remark says; it is a
person's where they wrote any of it, and is assigned to whom its first remark is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from dam.core import numbers
from provenance.review.models import Comment

OPEN, RESOLVED = "open", "resolved"
OUTSIDE = "outside"  # begun while no review was under way
UNASSIGNED = 0


class Passage(NamedTuple):
    """A review: its stages in order, from when to when it went on, and when each was decided."""

    stages: Sequence[str]
    begun_at: datetime
    closed_at: datetime | None
    decided_at: Sequence[datetime]


@dataclass(frozen=True)
class Thread:
    first: Comment
    answers: Sequence[Comment]
    stage: str

    @property
    def people(self) -> set[int]:
        return {each.author_id for each in (self.first, *self.answers) if each.deleted_at is None}

    def holds(self, comment: Comment) -> bool:
        return comment.pk == self.first.pk or comment.parent_id == self.first.pk

    @property
    def state(self) -> str:
        return OPEN if self.first.resolved_at is None else RESOLVED

    @property
    def assigned(self) -> int:
        return self.first.assigned_to_id or UNASSIGNED

    @property
    def is_drawn(self) -> bool:
        return self.first.drawing is not None and self.first.deleted_at is None


@dataclass(frozen=True)
class Filter:
    """What is wanted; a part that is empty asks for nothing."""

    state: str = ""
    person: int | None = None
    stage: str = ""
    drawn: bool = False
    assigned: int | None = None  # UNASSIGNED asks for what nobody is to see to

    def __bool__(self) -> bool:
        return self != Filter()

    def fits(self, thread: Thread) -> bool:
        return (
            self.state in ("", thread.state)
            and self.stage in ("", thread.stage)
            and (self.person is None or self.person in thread.people)
            and (thread.is_drawn or not self.drawn)
            and (self.assigned is None or self.assigned == thread.assigned)
        )

    def parameters(self) -> dict[str, str]:
        """As the address says it."""
        parts = {
            "comments": self.state,
            "by": str(self.person or ""),
            "stage": self.stage,
            "drawn": "1" if self.drawn else "",
            "for": "" if self.assigned is None else str(self.assigned),
        }
        return {name: value for name, value in parts.items() if value}


NAMES = frozenset({"comments", "by", "stage", "drawn", "for"})


def read(query: Mapping[str, str], *, stages: Iterable[str]) -> Filter:
    """What the address asks for; what nobody can mean asks for nothing.

    >>> read({"comments": "open", "by": "7", "stage": "legal", "drawn": "1"}, stages=["legal"])
    Filter(state='open', person=7, stage='legal', drawn=True, assigned=None)
    >>> read({"comments": "all", "by": "me", "stage": "x", "drawn": "no"}, stages=["legal"])
    Filter(state='', person=None, stage='', drawn=False, assigned=None)
    >>> read({"for": "7"}, stages=[]).assigned, read({"for": "0"}, stages=[]).assigned
    (7, 0)
    """
    state, by, stage = (query.get(name, "") for name in ("comments", "by", "stage"))
    return Filter(
        state=state if state in (OPEN, RESOLVED) else "",
        person=numbers.read(by),
        stage=stage if stage in {*stages, OUTSIDE} else "",
        drawn=query.get("drawn", "") == "1",
        assigned=numbers.read(query.get("for", "")),
    )


def stage_at(moment: datetime, passages: Iterable[Passage]) -> str:
    """The stage that was under way then; OUTSIDE where none was."""
    for passage in passages:
        if passage.begun_at <= moment and (passage.closed_at is None or moment < passage.closed_at):
            decided = sum(each <= moment for each in passage.decided_at)
            return passage.stages[decided] if decided < len(passage.stages) else OUTSIDE
    return OUTSIDE


def counts(threads: Sequence[Thread], wanted: Filter) -> dict[str, Counter[object]]:
    """How many threads each choice would leave, beside what else is chosen."""
    found: dict[str, Counter[object]] = {
        name: Counter() for name in ("state", "person", "stage", "drawn", "assigned")
    }
    for thread in threads:
        if replace(wanted, state="").fits(thread):
            found["state"].update(["", thread.state])
        if replace(wanted, person=None).fits(thread):
            found["person"].update([None, *thread.people])
        if replace(wanted, stage="").fits(thread):
            found["stage"].update(["", thread.stage])
        if replace(wanted, drawn=True).fits(thread):
            found["drawn"].update([True])
        if replace(wanted, assigned=None).fits(thread):
            found["assigned"].update([None, thread.assigned])
    return found
