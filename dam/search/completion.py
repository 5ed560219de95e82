"""What a half-typed field takes: fields that begin like it, and behind the colon its values.

Names of people and models are offered by dam.search.suggestions, as tags are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.collections import audience
from dam.core import sorting
from dam.search import fields, names
from dam.search.query import with_aliases
from dam.search.search_field import NO, YES, Kind, SearchField

MOST = 10
NAMES = ("by", "model")
LEAST_BEGUN = 2  # letters, before a field is offered


@dataclass(frozen=True)
class Completion:
    """`text` takes the place of what is half typed; with a colon at its end there is more to type."""

    text: str
    label: str


def complete(last: str, *, principal: Principal) -> tuple[Completion, ...]:
    """For the unfinished word at the end of the box: "sta", "-state:", "state:approved,dr"."""
    minus, plain = ("-", last[1:]) if last.startswith("-") else ("", last)
    name, colon, typed = plain.partition(":")
    known = fields.of(principal)
    if not colon:
        begun = name.lower()
        return tuple(
            Completion(f"{minus}{field.name}:", f"{minus}{field.name}: {_taken(field)}")
            for field in known.values()
            if field.is_typed
            and len(begun) >= LEAST_BEGUN
            and (field.name.startswith(begun) or _titled(field, begun))
        )
    field = with_aliases(known).get(name.lower())
    if field is None or not field.is_typed:
        return ()
    *before, begun = typed.split(",")
    head = f"{minus}{field.name}:" + "".join(f"{each}," for each in before)
    return tuple(
        Completion(head + _quoted(value), label)
        for value, label in _values(field, begun.strip('"').lower(), principal)
        if value not in before
    )[:MOST]


def _taken(field: SearchField) -> str:
    return field.says_what_it_takes.removeprefix(_("one of: "))


def _titled(field: SearchField, begun: str) -> bool:
    """Whether its name for people begins like this: "length" for duration."""
    return field.title.lower().startswith(begun)


def _values(field: SearchField, begun: str, principal: Principal) -> Sequence[tuple[str, str]]:
    offered = [*field.choices, *((each.strip('"'), each.strip('"')) for each in field.examples)]
    if field.kind is Kind.FLAG:
        offered = [(YES, dict(field.choices)[YES]), (NO, dict(field.choices)[NO])]
    elif field.name in NAMES:
        return ()
    elif field.in_collections:
        offered = [(name, name) for name in _collections(begun, principal)]
    begin = [
        (value, label)
        for value, label in dict(offered).items()
        if value.startswith(begun.replace(" ", "_")) or label.lower().startswith(begun)
    ]
    if field.own and field.kind is Kind.CHOICE and not principal.can(Capability.VIEW_UNRELEASED):
        # What a brand is to call its next launch is no news for those who see what is out.
        seen = names.options(field.own, [value for value, _label in begin], principal=principal)
        begin = [(value, label) for value, label in begin if value in seen]
    return begin


def _collections(begun: str, principal: Principal) -> list[str]:
    named = audience.visible(principal).filter(name__istartswith=begun)
    return list(named.order_by(sorting.alphabetical("name"), "pk").values_list("name", flat=True)[:MOST])


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value or "," in value else value
