"""What the search box offers while somebody types: each in bounded work, and only of what they may see.

A tag, a name or a title is offered when it stands on a clip that the principal sees: the candidates come from
an index by how they begin, and each is asked of `visible_assets`. Of what lies behind a candidate, SAMPLE
clips are looked at, so that a tag on a million drafts costs a viewer no more than any other. What is not
found among them is left out, and what is hidden always.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import Asset, Tag
from dam.core import sorting
from dam.rights import visibility
from dam.search import completion
from dam.search.query import tidy
from dam.search.saved import recent, saved_searches

MOST_OF_A_KIND = 5
LONGEST = 80  # of what is typed; beyond that nothing is offered
CANDIDATES = 12  # that begin like this, of tags and names
TITLES = 60  # the same, of titles
SAMPLE = 40  # clips behind a candidate that are asked whether they are seen

_Tagging = Asset.tags.through


class Kind(StrEnum):
    RECENT = "recent"
    SAVED = "saved"
    FIELD = "field"
    TAG = "tag"
    PERSON = "person"
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
    for each in mine[: MOST_OF_A_KIND if whole else 2 * MOST_OF_A_KIND]:
        yield Suggestion(Kind.RECENT, recent.asked_by(each).label, key=each.pk, words=each.words)


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
    minus, begun = _value_of("tag", last)
    if not begun:
        return
    # Compared byte by byte, as the index has them: tags are lower case.
    begin = Tag.objects.filter(brand=principal.brand, name__startswith=begun.lower()).order_by("name")
    candidates = list(begin[:CANDIDATES])
    behind = {
        tag.pk: _Tagging.objects.filter(tag=tag).values_list("tag_id", "asset_id") for tag in candidates
    }
    seen = _seen(behind, principal)
    for name in [tag.name for tag in candidates if tag.pk in seen][:MOST_OF_A_KIND]:
        yield Suggestion(Kind.TAG, name, words=_joined(before, f"{minus}tag:{_quoted(name)}"))


def _people(before: str, last: str, principal: Principal) -> Iterator[Suggestion]:
    """Who added a clip that is seen, by the beginning of any of their names."""
    minus, begun = _value_of("by", last)
    if not begun or minus:
        return
    begins = Q(name__istartswith=begun) | Q(name__icontains=f" {begun}")
    here = User.objects.filter(begins, memberships__brand=principal.brand).order_by("name", "pk")
    candidates = list(here[:CANDIDATES])
    assets = Asset.objects.filter(brand=principal.brand).order_by()
    behind = {
        user.pk: assets.filter(created_by=user).values_list("created_by_id", "pk") for user in candidates
    }
    seen = _seen(behind, principal)
    for user in [each for each in candidates if each.pk in seen][:MOST_OF_A_KIND]:
        yield Suggestion(Kind.PERSON, user.name, words=_joined(before, f"by:{_quoted(user.name)}"))


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


def _seen(behind: Mapping[int, QuerySet[Any, tuple[int, UUID]]], principal: Principal) -> set[int]:
    """Of these candidates, those with a visible asset among the first SAMPLE of each. Two queries.

    The ids are fetched first: asked in one, PostgreSQL goes through all assets for each candidate.
    """
    parts = [rows[:SAMPLE] for rows in behind.values()]
    if not parts:
        return set()
    pairs = list(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    assets = visibility.visible_assets(principal).filter(pk__in={asset_id for _, asset_id in pairs})
    visible = set(assets.values_list("pk", flat=True))
    return {candidate for candidate, asset_id in pairs if asset_id in visible}


def _value_of(name: str, last: str) -> tuple[str, str]:
    """A minus before it, and the beginning of a value of this field: "tag:su" or plain "su"."""
    minus, plain = ("-", last[1:]) if last.startswith("-") else ("", last)
    field, colon, value = plain.partition(":")
    if not colon:
        return minus, plain.strip('"')
    return minus, value.strip('"') if field.lower() == name else ""


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def _joined(before: str, last: str) -> str:
    return f"{before} {last}".strip()
