"""A clip's own fields as its page shows them."""

from collections.abc import Collection
from dataclasses import dataclass

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.custom_fields import clip_kinds, schema, shown, values
from dam.custom_fields.definitions import EMPTY, Field, Kind, Schema, Written
from dam.custom_fields.values import Values


@dataclass(frozen=True)
class Row:
    """A field and what the clip has in it: what is stored, and the words for it."""

    field: Field
    parts: tuple[tuple[str, str], ...]
    missing: bool  # and asked for before a review
    only_for: str = ""  # a note: it isn't for clips of this kind, and the clip kept what it has

    @property
    def is_link(self) -> bool:
        return self.field.kind is Kind.LINK


def of(asset: Asset, *, principal: Principal) -> tuple[Row, ...]:
    """In the brand's order: the fields that the clip is asked, and others in which it has something.

    Those who don't edit are shown what has a value.
    """
    known = schema.of(principal.brand)
    asked = clip_kinds.asked_of(asset, known)
    has = values.of([asset], known=known)[asset.pk]
    names = names_of(known.in_use, [has])
    missing = asked.missing(has)
    rows = []
    for field in in_sight(known, asked, has):
        value = has.get(field.key, EMPTY)
        words = shown.texts(field, value, names=names)
        parts = tuple(zip(value, words, strict=True))
        only_for = "" if field.key in asked else clip_kinds.note(field)
        rows.append(Row(field, parts, missing=field in missing, only_for=only_for))
    edits = principal.can(Capability.EDIT)
    return tuple(row for row in rows if row.parts or edits)


def in_sight(known: Schema, asked: Schema, has: Values) -> tuple[Field, ...]:
    """The fields in use that a clip is asked, and those of other kinds of clip in which it has something."""
    return tuple(each for each in known.in_use if each.key in asked or has.get(each.key))


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
