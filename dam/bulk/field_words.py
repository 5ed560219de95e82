"""What a bulk edit does to a brand's own fields, in sentences."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.bulk.changes import Filling
from dam.core import language
from dam.custom_fields import schema, shown
from dam.custom_fields.definitions import EMPTY, Field, Kind, Schema
from dam.custom_fields.values import How

LONGEST = 120  # of a value in a sentence
# Of one clip, by the key of each field: what was there, and what came.
Pair = tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]


def asked(all_of_them: Sequence[Collection[Filling]], *, by: Principal) -> list[tuple[str, ...]]:
    """What each of some edits asks of the fields, in at most one query."""
    known = schema.of(by.brand)
    names = _names(known, ((each.key, each.value) for some in all_of_them for each in some))
    return [tuple(_asked(each, known, names) for each in some) for some in all_of_them]


def _asked(filling: Filling, known: Schema, names: Mapping[str, str]) -> str:
    field = known.get(filling.key)
    said = {"field": field.title if field else filling.key, "value": _said(field, filling.value, names)}
    if not filling.value:
        return _("Clear “%(field)s”") % said
    if filling.how is How.ADD:
        return _("Add to “%(field)s”: %(value)s") % said
    if filling.how is How.REMOVE:
        return _("Remove from “%(field)s”: %(value)s") % said
    return _("Set “%(field)s” to: %(value)s") % said


def differences(pairs: Sequence[Pair], *, by: Principal) -> list[tuple[str, ...]]:
    """What changed of the fields of each of some clips, in at most one query."""
    known = schema.of(by.brand)
    sides = [(side, after) for before, after in pairs for side in (before, after)]
    names = _names(known, ((key, side.get(key, EMPTY)) for side, after in sides for key in after))
    return [
        tuple(
            _("%(field)s: %(before)s → %(after)s")
            % {
                "field": known[key].title,
                "before": _said(known[key], before.get(key, EMPTY), names) or _("empty"),
                "after": _said(known[key], value, names) or _("empty"),
            }
            for key, value in after.items()
            if key in known
        )
        for before, after in pairs
    ]


def _said(field: Field | None, value: Sequence[str], names: Mapping[str, str]) -> str:
    parts = shown.texts(field, tuple(value), names=names) if field else tuple(value)
    whole = language.listed(parts)
    return whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1]}…"


def _names(known: Schema, values: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Those of the people in these values, by their numbers; no query where there are none."""
    people = [value for key, value in values if key in known and known[key].kind is Kind.PERSON]
    keys = {part for value in people for part in value}
    if not keys:
        return {}
    return {str(person.pk): str(person) for person in User.objects.filter(pk__in=keys)}
