"""How people are called in a pack.

By the names that the brand's people and lawyers know. But who was erased stays a pseudonym, and where the
brand has chosen that signed files call reviewers by one, the pack calls them by the same: whoever holds both
learns no more from it. Addresses are left out, of guests as of members: a pack is handed out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dam.accounts import pseudonyms
from dam.accounts.models import Brand, ReviewerDisclosure, User
from dam.audit.models import Event
from provenance.guests.models import GuestLink
from provenance.review.models import Decision

UNKNOWN = "Unknown"
LEFT_OUT = "(address left out)"
GUEST = "guest_link:"
ADDRESS = re.compile(r"[^\s@()<>\[\]{},;:\"']+@[^\s@()<>\[\]{},;:\"']+")
ENCLOSED = re.compile(rf"\s*[(<]\s*{ADDRESS.pattern}\s*[)>]")


@dataclass(frozen=True)
class People:
    """`reviewers` are the keys of those who are called by a pseudonym, `guests` names by keys of links."""

    reviewers: frozenset[int] = frozenset()
    guests: Mapping[int, str] = field(default_factory=dict)

    def named(self, user: User | None) -> dict[str, str] | None:
        """{"reference", "name"}: the reference is what the ledger and the activity log call them."""
        if user is None:
            return None
        return {"reference": f"user:{user.pk}", "name": self._name(user.pk, str(user))}

    def guest(self, link: int, name: str) -> dict[str, str]:
        """The same of somebody outside, by the link they were sent."""
        return {
            "reference": f"{GUEST}{link}",
            "name": _bare(self.guests.get(link) or name) or f"Guest {link}",
        }

    def of_event(self, event: Event) -> str:
        """Who did what an event tells of."""
        return self._of(event.actor_ref, event.actor_name)

    def about(self, event: Event) -> str:
        """What or whom it was done to."""
        if event.about_ref:
            return self._of(event.about_ref, event.subject)
        return str(without_addresses(event.subject))

    def by_key(self, keys: Iterable[object]) -> Mapping[int, str]:
        """Names of people by their keys, in one query; of those who are no more, none."""
        wanted = {key for key in keys if isinstance(key, int)}
        return {user.pk: self._name(user.pk, str(user)) for user in User.objects.filter(pk__in=wanted)}

    def _of(self, reference: str, name: str) -> str:
        link = reference.rpartition(GUEST)[2]
        if reference.startswith(GUEST) and link.isdecimal():
            return self.guest(int(link), name)["name"]
        number = reference.rpartition("user:")[2]
        return self._name(int(number), name) if number.isdecimal() else _bare(name) or UNKNOWN

    def _name(self, key: int, name: str) -> str:
        return pseudonyms.of_reviewer(key) if key in self.reviewers else _bare(name) or f"Account {key}"


def of_clip(brand: Brand, asset_id: UUID) -> People:
    """Those of a clip: whoever decided on any of its versions counts as a reviewer."""
    links = GuestLink.objects.filter(version__asset=asset_id)
    guests = dict(links.values_list("pk", "name"))
    if ReviewerDisclosure(brand.reviewer_disclosure) != ReviewerDisclosure.PSEUDONYM:
        return People(guests=guests)
    rows = Decision.objects.filter(review__version__asset=asset_id)
    pairs = rows.values_list("decided_by_id", "for_person_id")
    return People(frozenset(key for pair in pairs for key in pair if key), guests)


def without_addresses(said: Any) -> Any:
    """What an event says, with no mail address in it."""
    if isinstance(said, str):
        return ADDRESS.sub(LEFT_OUT, said)
    if isinstance(said, list):
        return [without_addresses(each) for each in said]
    if isinstance(said, dict):
        return {without_addresses(key): without_addresses(each) for key, each in said.items()}
    return said


def _bare(name: str) -> str:
    """A name without the address behind it, or in its place."""
    return ADDRESS.sub("", ENCLOSED.sub("", name)).strip()
