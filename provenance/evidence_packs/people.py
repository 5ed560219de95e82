"""How people are called in a pack.

By the names that the brand's people and lawyers know. But who was erased stays a pseudonym, and where the
brand has chosen that signed files call reviewers by one, the pack calls them by the same: whoever holds both
learns no more from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from dam.accounts import pseudonyms
from dam.accounts.models import Brand, ReviewerDisclosure, User
from dam.audit.models import Event
from provenance.review.models import Decision

UNKNOWN = "Unknown"


@dataclass(frozen=True)
class People:
    """`reviewers` are the keys of those who are called by a pseudonym."""

    reviewers: frozenset[int] = frozenset()

    def named(self, user: User | None) -> dict[str, str] | None:
        """{"reference", "name"}: the reference is what the ledger and the activity log call them."""
        if user is None:
            return None
        return {"reference": f"user:{user.pk}", "name": self._name(user.pk, str(user))}

    def of_event(self, event: Event) -> str:
        """Who did what an event tells of."""
        return self._of(event.actor_ref, event.actor_name)

    def about(self, event: Event) -> str:
        """What or whom it was done to."""
        return self._of(event.about_ref, event.subject) if event.about_ref else event.subject

    def by_key(self, keys: Iterable[object]) -> Mapping[int, str]:
        """Names of people by their keys, in one query; of those who are no more, none."""
        wanted = {key for key in keys if isinstance(key, int)}
        return {user.pk: self._name(user.pk, str(user)) for user in User.objects.filter(pk__in=wanted)}

    def _of(self, reference: str, name: str) -> str:
        number = reference.rpartition("user:")[2]
        return self._name(int(number), name) if number.isdecimal() else name or UNKNOWN

    def _name(self, key: int, name: str) -> str:
        return pseudonyms.of_reviewer(key) if key in self.reviewers else name or UNKNOWN


def of_clip(brand: Brand, asset_id: UUID) -> People:
    """Those of a clip: whoever decided on any of its versions counts as a reviewer."""
    if ReviewerDisclosure(brand.reviewer_disclosure) != ReviewerDisclosure.PSEUDONYM:
        return People()
    keys = Decision.objects.filter(review__version__asset=asset_id).values_list("decided_by_id", flat=True)
    return People(frozenset(keys))
