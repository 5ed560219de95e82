"""What a person changes about themselves, told in the log of every brand they work in."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.names import Named
from dam.audit.verbs import Verb


def change(person: User, *, name: str, language: str, time_zone: str) -> None:
    """Another name, language or time zone. A new name is an event: others know the person by it."""
    before = person.name
    with trail.recording():
        person.name, person.language, person.time_zone = name, language, time_zone
        person.save(update_fields=["name", "language", "time_zone"])
        if name != before:
            # Both names, each to be erased with the person's others: nothing of them is in the data.
            tell(person, Verb.MEMBER_RENAMED, about=Named(f"user:{person.pk}", before))


def brands_of(person: User) -> QuerySet[Brand]:
    """Where they work now."""
    return Brand.objects.filter(memberships__user=person, memberships__deactivated_at=None)


def tell(
    person: User,
    verb: Verb,
    *,
    data: Mapping[str, Any] | None = None,
    by: User | None = None,
    about: Named | None = None,
) -> None:
    """An event about the person in each of their brands, by themselves unless `by` says who."""
    brands = brands_of(person).order_by("pk")
    trail.record_many(
        trail.PendingEvent(verb, brand, actor=by or person, data=data or {}, about=about or person)
        for brand in brands
    )
