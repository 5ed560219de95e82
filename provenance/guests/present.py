"""Who has the room of a version open now: people of the brand, and guests who came by a link."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import leading, presence
from dam.core.presence import Seat
from provenance.guests import gate
from provenance.guests.models import GuestLink

HUES = 6


@dataclass(frozen=True)
class Present:
    key: str
    name: str
    outside: bool
    hue: int  # of their picture, 0 to HUES - 1; the same for everybody who sees them
    leads: bool = False  # whether they show others what they look at

    @property
    def number(self) -> int:
        return int(self.key.partition("-")[2])


def seat(link: GuestLink) -> Seat:
    """The place of a guest; those of members are taken by dam.web.events."""
    return Seat(brand_id=link.brand_id, room=str(link.version_id), person=f"guest-{link.pk}")


def others(version: Version, *, by: Principal, at: datetime) -> list[Present]:
    """Everyone in the room but the one who asks, by name; two queries, however many there are.

    Only those who may still be there: a guest whose link has ended is no longer shown, however long their
    stream takes to end. Raises redis.RedisError when that can't be known.
    """
    keys = presence.people(brand_id=version.brand_id, room=str(version.pk))
    members = _ids(keys, "member")
    guests = _ids(keys, "guest")
    if by.user is not None:
        members.discard(by.user.pk)
    leaders = leading.among(
        [f"member-{each}" for each in members], brand_id=version.brand_id, room=str(version.pk)
    )
    found = [
        Present(
            key := f"member-{each.user.pk}",
            each.name,
            outside=False,
            hue=each.user.pk % HUES,
            leads=key in leaders,
        )
        for each in (principals.members_of(version.brand, among=members) if members else [])
        if each.can(Capability.VIEW_UNRELEASED)
    ]
    links: Iterable[GuestLink] = gate.links().filter(pk__in=guests, version=version) if guests else []
    found += [
        Present(f"guest-{link.pk}", link.name, outside=True, hue=link.pk % HUES)
        for link in links
        if gate.is_open(link, at=at)
    ]
    return sorted(found, key=lambda each: (each.outside, each.name.casefold(), each.key))


def _ids(keys: Iterable[str], kind: str) -> set[int]:
    return {int(number) for each, _, number in (key.partition("-") for key in keys) if each == kind}
