"""What waits for somebody who leaves, and whose it becomes. It lives above: its keepers are asked by name."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, cast

from django.utils.module_loading import import_string

from dam.accounts.capabilities import Capability
from dam.accounts.models import Group, User
from dam.accounts.principals import Member, Principal

Heir = User | Group
KEEPERS = (
    "provenance.review.handover.REVIEWS",
    "provenance.review.assigning.ASSIGNED",
    "generation.handover.TAKES",
)


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what it is called, what is to be done, and where."""

    title: str
    what: str
    url: str


class Keeper(Protocol):
    """Of one kind of work."""

    def waiting_for(self, member: Member, *, most: int) -> list[Waiting]: ...

    def count(self, member: Member) -> int: ...

    def nobody_elses(self, member: Member, *, keeps: frozenset[Capability]) -> int:
        """How much of it nobody but this member can do, who will have the capabilities in `keeps` alone."""
        ...

    def hand_over(self, member: Member, *, heir: Heir | None, by: Principal | None) -> int:
        """Make it the heir's, as far as they can do it; how many. Raises Refused where they can do none.

        Without an heir it is left to whoever has the role. `by` is None for a directory or a provider.
        """
        ...


def keepers() -> Iterable[Keeper]:
    return (cast(Keeper, import_string(path)) for path in KEEPERS)


def waiting_for(member: Member, *, most: int = 20) -> list[Waiting]:
    return [each for keeper in keepers() for each in keeper.waiting_for(member, most=most)]


def count(member: Member) -> int:
    return sum(keeper.count(member) for keeper in keepers())


def nobody_elses(member: Member, *, keeps: frozenset[Capability] = frozenset()) -> int:
    return sum(keeper.nobody_elses(member, keeps=keeps) for keeper in keepers())


def hand_over(member: Member, *, heir: Heir | None, by: Principal | None) -> int:
    """How much was handed over. Raises Refused where the heir can't do what waits."""
    return sum(keeper.hand_over(member, heir=heir, by=by) for keeper in keepers())
