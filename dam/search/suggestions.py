"""What the search box offers while somebody types: each in bounded work, and only of what they may see.

A tag, a name or a title is offered when it stands on a clip that the principal sees (dam.search.names).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models.functions import Upper

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.core import sorting
from dam.rights import visibility
from dam.search import completion, fields, names
from dam.search.query import tidy
from dam.search.saved import recent, saved_searches

MOST_OF_A_KIND = 5
LONGEST = 80  # of what is typed; beyond that nothing is offered
TITLES = 60  # that begin like this, of which the seen ones are offered


class Kind(StrEnum):
    RECENT = "recent"
    SAVED = "saved"
    FIELD = "field"
    TAG = "tag"
    PERSON = "person"
    MODEL = "model"
    TITLE = "title"


@dataclass(frozen=True)
class Suggestion:
    """`words` is the text of the box once it is chosen; where `key` names a row, that is opened instead."""

    kind: Kind
    label: str
    words: str = ""
    key: UUID | int | None = None


def suggest(typed: str, *, principal: Principal) -> tuple[Suggestion, ...]:
    """For the text of the box as it stands: the word at its end is taken to be unfinished."""
    whole = tidy(typed)
    if len(whole) > LONGEST:
        return ()
    if not whole:
        return tuple(_recent("", principal))
    before, last = _unfinished(typed)
    return (
        *_recent(whole, principal),
        *_saved(whole, principal),
        *_fields(before, last, principal),
        *_tags(before, last, principal),
        *_people(before, last, principal),
        *_models(before, last, principal),
        *_titles(whole, principal),
    )


def _unfinished(typed: str) -> tuple[str, str]:
    """What stands before the last word, and that word; "" after a space. A quoted beginning is one word."""
    text = typed.lstrip()
    if text.count('"') % 2:
        at = text.rindex('"')
        at = text.rfind(" ", 0, at) + 1
        return tidy(text[:at]), text[at:]
    if text.endswith(" "):
        return tidy(text), ""
    head, _, last = text.rpartition(" ")
    return tidy(head), last


def _recent(whole: str, principal: Principal) -> Iterator[Suggestion]:
    """Those that begin like this; all of them while nothing is typed."""
    mine = recent.of(principal)
    if whole:
        mine = mine.filter(words__istartswith=whole).exclude(words__iexact=whole, filters={})
    rows = list(mine[: MOST_OF_A_KIND if whole else 2 * MOST_OF_A_KIND])
    known = fields.told(rows, by=principal)
    for each in rows:
        yield Suggestion(Kind.RECENT, recent.asked_by(each, known=known).label, key=each.pk, words=each.words)


def _saved(whole: str, principal: Principal) -> Iterator[Suggestion]:
    named = (
        saved_searches.visible(principal)
        .filter(name__icontains=whole)
        .order_by(sorting.alphabetical("name"), "pk")
    )
    for each in named[:MOST_OF_A_KIND]:
        yield Suggestion(Kind.SAVED, each.name, key=each.pk)


def _fields(before: str, last: str, principal: Principal) -> Iterator[Suggestion]:
    """Fields that begin like this, with what they take; after their colon the values that they have."""
    for each in completion.complete(last, principal=principal):
        yield Suggestion(Kind.FIELD, each.label, words=_joined(before, each.text))


def _tags(before: str, last: str, principal: Principal) -> Iterator[Suggestion]:
    head, begun, _named = _value_of("tag", last)
    for name in names.tags(begun, principal=principal):
        yield Suggestion(Kind.TAG, name, words=_joined(before, head + _quoted(name)))


def _people(before: str, last: str, principal: Principal) -> Iterator[Suggestion]:
    head, begun, named = _value_of("by", last)
    if begun or named:
        for name in names.people(begun, principal=principal, newest=named):
            yield Suggestion(Kind.PERSON, name, words=_joined(before, head + _quoted(name)))


def _models(before: str, last: str, principal: Principal) -> Iterator[Suggestion]:
    head, begun, named = _value_of("model", last)
    if begun or named:
        for name in names.models(begun, principal=principal, newest=named):
            yield Suggestion(Kind.MODEL, name, words=_joined(before, head + _quoted(name)))


def _titles(whole: str, principal: Principal) -> Iterator[Suggestion]:
    if ":" in whole or whole.startswith(("-", '"')):
        return
    # What begins so is found by the index alone, and only then asked whether it is seen.
    titled = Asset.objects.filter(brand=principal.brand).annotate(upper=Upper("title"))
    begin = titled.filter(upper__startswith=whole.upper())
    if visibility.shown(principal) == "released":
        begin = begin.filter(released__isnull=False)
    first = list(begin.order_by().values_list("pk", flat=True)[:TITLES])
    seen = visibility.visible_assets(principal).filter(pk__in=first)
    for asset in seen.order_by(Upper("title"), "pk")[:MOST_OF_A_KIND]:
        yield Suggestion(Kind.TITLE, asset.title, key=asset.pk)


def _value_of(name: str, last: str) -> tuple[str, str, bool]:
    """What stands before a value of this field, the value's beginning, and whether the field was named:
    of "-tag:red,su" these are "-tag:red,", "su" and True, of plain "su" they are "tag:", "su" and False."""
    minus, plain = ("-", last[1:]) if last.startswith("-") else ("", last)
    field, colon, value = plain.partition(":")
    if not colon:
        return f"{minus}{name}:", plain.strip('"'), False
    if field.lower() != name:
        return "", "", False
    before, comma, begun = value.rpartition(",")
    if before.count('"') % 2:  # the comma stands within quotes
        before, comma, begun = "", "", value
    return f"{minus}{name}:{before}{comma}", begun.strip('"'), True


def _quoted(value: str) -> str:
    """One value, of a name with quotes in it what stands before them: fields ask for beginnings and parts."""
    plain = value.split('"')[0].strip() or value.replace('"', "")
    return f'"{plain}"' if " " in plain or "," in plain else plain


def _joined(before: str, last: str) -> str:
    return f"{before} {last}".strip()
