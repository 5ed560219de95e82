"""Values as people read them, and as a search does. Pure but for the names of people, which are handed in."""

from collections.abc import Iterable, Mapping
from datetime import date

from dam.core import language
from dam.core.language import gettext as _
from dam.custom_fields.definitions import YES, Field, Kind, Schema, Written

# Kinds whose values are words that a search finds; a number or a day is asked for by its field.
SEARCHED = frozenset({Kind.TEXT, Kind.CHOICE, Kind.MULTI_CHOICE, Kind.LINK})


def texts(field: Field, value: Written, *, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Each part of a value in the reader's language; `names` are those of people by their numbers."""
    return tuple(_one(field, part, names or {}) for part in value)


def words(known: Schema, values: Mapping[str, Written]) -> Iterable[str]:
    """What a search by words finds the clip by."""
    for field in known.in_use:
        if field.kind in SEARCHED:
            yield from texts(field, values.get(field.key, ()))


def _one(field: Field, part: str, names: Mapping[str, str]) -> str:
    match field.kind:
        case Kind.CHOICE | Kind.MULTI_CHOICE:
            option = field.option(part)
            return option.label if option else part
        case Kind.YES_NO:
            return _("Yes") if part == YES else _("No")
        case Kind.DATE:
            return language.day(date.fromisoformat(part))
        case Kind.NUMBER:
            return language.figure(part)
        case Kind.PERSON:
            return names.get(part, _("Former member"))
        case _:
            return part
