"""A clip's own fields as its page shows them."""

from collections.abc import Collection
from dataclasses import dataclass

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.custom_fields import schema, shown, values
from dam.custom_fields.definitions import EMPTY, Field, Kind, Written


@dataclass(frozen=True)
class Row:
    """A field and what the clip has in it: what is stored, and the words for it."""

    field: Field
    parts: tuple[tuple[str, str], ...]
    missing: bool  # and asked for before a review

    @property
    def is_link(self) -> bool:
        return self.field.kind is Kind.LINK


def of(asset: Asset, *, principal: Principal) -> tuple[Row, ...]:
    """In the brand's order. Those who don't edit are shown what has a value."""
    known = schema.of(principal.brand)
    has = values.of([asset], known=known)[asset.pk]
    names = names_of(known.in_use, [has])
    missing = known.missing(has)
    rows = []
    for field in known.in_use:
        value = has.get(field.key, EMPTY)
        words = shown.texts(field, value, names=names)
        rows.append(Row(field, tuple(zip(value, words, strict=True)), missing=field in missing))
    edits = principal.can(Capability.EDIT)
    return tuple(row for row in rows if row.parts or edits)


def names_of(fields: Collection[Field], all_values: Collection[dict[str, Written]]) -> dict[str, str]:
    """The names of the people in these values, by their numbers; one query, where there are any."""
    keys = {
        part
        for field in fields
        if field.kind is Kind.PERSON
        for has in all_values
        for part in has.get(field.key, ())
    }
    if not keys:
        return {}
    return {str(person.pk): str(person) for person in User.objects.filter(pk__in=keys)}
