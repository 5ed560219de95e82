"""A brand's own fields as columns of a CSV file, `field:campaign`: their cells give the same value back."""

from collections.abc import Collection, Mapping
from uuid import UUID

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.custom_fields import values
from dam.custom_fields.definitions import EMPTY, Field, Kind, Schema, Written
from dam.custom_fields.values import Values

PREFIX = "field:"
BETWEEN = ","  # the options of several choices


def name(key: str) -> str:
    return PREFIX + key


def names(known: Schema) -> tuple[str, ...]:
    """The columns that there are, in the brand's order."""
    return tuple(name(field.key) for field in known.in_use)


def cells(chosen: Collection[Asset], *, known: Schema, by: Principal) -> dict[UUID, tuple[str, ...]]:
    """Of each clip a cell for each column; in two queries at most."""
    if not known.in_use:
        return {asset.pk: () for asset in chosen}
    has = values.of(chosen, known=known)
    people = people_in(has.values(), known=known, by=by)
    return {
        key: tuple(cell(field, own.get(field.key, EMPTY), people=people) for field in known.in_use)
        for key, own in has.items()
    }


def cell(field: Field, value: Written, *, people: Mapping[str, str]) -> str:
    """As a file has it. Options stand by their labels, where these are no other's and have no comma."""
    match field.kind:
        case Kind.CHOICE | Kind.MULTI_CHOICE:
            return f"{BETWEEN} ".join(_option(field, key) for key in value)
        case Kind.PERSON:
            return "".join(people.get(part, part) for part in value)
        case _:
            return "".join(value)


def parts(field: Field, text: str) -> list[str]:
    """What a cell holds, as it would be typed."""
    return text.split(BETWEEN) if field.kind is Kind.MULTI_CHOICE else [text]


def people_in(all_values: Collection[Values], *, known: Schema, by: Principal) -> dict[str, str]:
    """What a file calls the people in these values, by their numbers: their addresses, for those who edit."""
    fields = [field.key for field in known.in_use if field.kind is Kind.PERSON]
    keys = {part for has in all_values for key in fields for part in has.get(key, EMPTY)}
    if not keys:
        return {}
    edits = by.can(Capability.EDIT)
    return {
        str(person.pk): person.email if edits else str(person) for person in User.objects.filter(pk__in=keys)
    }


def _option(field: Field, key: str) -> str:
    option = field.option(key)
    if option is None:
        return key
    folded = option.label.casefold()
    same = [each for each in field.options if each.label.casefold() == folded or each.key == option.label]
    return option.label if same == [option] and BETWEEN not in option.label else key
