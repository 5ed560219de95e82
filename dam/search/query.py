"""The one search box. Pure: what was typed in, what is meant out.

red bottle "summer sale" tag:drinks state:approved origin:generated credentials:trusted by:ada -draft
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dam.core.text import REPLACEMENT, storable
from dam.search.search_field import SearchField

MAX_CHARACTERS = 300
MAX_TOKENS = 24

_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')


class ChipKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    EXCLUDED = "excluded"
    FIELD = "field"


@dataclass(frozen=True)
class Chip:
    """One thing that was understood. `without` is the text of the box with this part taken out."""

    kind: ChipKind
    text: str
    without: str
    field: str = ""  # the name of the search field, if it is one
    icon: str = ""


class Filters(Mapping[str, tuple[str, ...]]):
    """What a search narrows by: values by the name of their field, each once. It never changes.

    `Filters(state=["approved"])["state"]`; a field without values has (). Those that are ruled out stand
    under the name with a minus, as typed: `Filters({"-tag": ["old"]})`.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Iterable[str]] | None = None, /, **named: Iterable[str]) -> None:
        each_once = {name: tuple(dict.fromkeys(many)) for name, many in {**(values or {}), **named}.items()}
        self._values = {name: many for name, many in each_once.items() if many}

    def __getitem__(self, name: str) -> tuple[str, ...]:
        return self._values.get(name, ())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Filters({self._values})"

    def merged(self, other: "Filters") -> "Filters":
        return Filters({name: (*self[name], *other[name]) for name in (*self, *other)})

    def without(self, name: str) -> "Filters":
        return Filters({kept: self[kept] for kept in self if kept != name})

    def toggled(self, name: str, value: str) -> "Filters":
        """With one value put in, or taken out if it is there."""
        values = self[name]
        changed = tuple(v for v in values if v != value) if value in values else (*values, value)
        return Filters({**self, name: changed})


@dataclass(frozen=True)
class Query:
    """What the search box means; `spoken` is what was said in words, in its order, for the encoder."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    spoken: str = ""
    chips: tuple[Chip, ...] = ()
    problems: tuple[str, ...] = ()  # sentences for the page: what could not be used, and why

    @property
    def has_words(self) -> bool:
        return bool(self.words or self.phrases)

    def __bool__(self) -> bool:
        return bool(self.has_words or self.excluded or self.filters)


def tidy(text: str) -> str:
    """The text of the box with single spaces. What the database can't hold parts words, too."""
    return " ".join(storable(text).replace(REPLACEMENT, " ").split())


def parse(text: str, *, fields: Mapping[str, SearchField]) -> Query:
    """Read the text of the search box. Never fails: what it can't use it reports in `problems`."""
    tidied = tidy(text)
    found = list(_TOKEN.finditer(tidied[:MAX_CHARACTERS]))
    tokens = found[:MAX_TOKENS]
    query = Query()
    if len(tidied) > MAX_CHARACTERS or len(found) > MAX_TOKENS:
        used = f"Only the first {len(tokens)} words were used: a search has at most {MAX_TOKENS} words"
        query = Query(problems=(f"{used} and {MAX_CHARACTERS} characters.",))
    for place, token in enumerate(tokens):
        without = " ".join(other.group() for at, other in enumerate(tokens) if at != place)
        query = _take(query, token, without, fields)
    return query


def _take(query: Query, token: re.Match[str], without: str, fields: Mapping[str, SearchField]) -> Query:
    name = (token["field"] or "").lower()
    value = (token["quoted"] if token["quoted"] is not None else token["bare"]).strip()
    minus = bool(token["minus"])
    if name in fields:
        problem = _problem(fields[name], value, minus=minus, fields=fields)
        if problem:
            return replace(query, problems=(*query.problems, problem))
        return _narrowed(query, fields[name], value, minus=minus, without=without)
    if name:  # "16:9" or "https:…": a word like any other
        value = f"{token['field']}:{value}"
    if not re.search(r"\w", value):
        return query
    if minus:
        chip = Chip(ChipKind.EXCLUDED, f"not {value}", without)
        return replace(query, excluded=(*query.excluded, value), chips=(*query.chips, chip))
    spoken = f"{query.spoken} {value}".strip()
    if token["quoted"] is not None and " " in value:
        chip = Chip(ChipKind.PHRASE, f"“{value}”", without)
        return replace(query, phrases=(*query.phrases, value), spoken=spoken, chips=(*query.chips, chip))
    chip = Chip(ChipKind.WORD, value, without)
    return replace(query, words=(*query.words, value), spoken=spoken, chips=(*query.chips, chip))


def _problem(search_field: SearchField, value: str, *, minus: bool, fields: Mapping[str, SearchField]) -> str:
    """Why this can't be used; empty if it can."""
    name = search_field.name
    if not value:
        return f"Add a value after “{name}:”."
    if minus and not search_field.excludable:
        *others, last = ("words", *(each.title.lower() for each in fields.values() if each.excludable))
        works_with = f"{', '.join(others)} and {last}" if others else last
        return f"“-{name}:” can't be excluded. A minus works with {works_with}."
    if search_field.read(value) is None:
        choices = ", ".join(stored for stored, _ in search_field.choices)
        return f"“{name}:{value}” isn't a known filter. Use one of: {choices}."
    return ""


def _narrowed(query: Query, search_field: SearchField, typed: str, *, minus: bool, without: str) -> Query:
    value = search_field.read(typed) or typed
    name = f"-{search_field.name}" if minus else search_field.name
    chip = Chip(
        ChipKind.FIELD,
        search_field.chip_text(value, excluded=minus),
        without,
        field=search_field.name,
        icon=search_field.icon,
    )
    filters = query.filters.merged(Filters({name: [value]}))
    return replace(query, filters=filters, chips=(*query.chips, chip))
