"""The one search box. Pure: what was typed in, what is meant out.

red bottle "summer sale" tag:drinks state:approved origin:generated credentials:trusted by:ada -draft
"""

import re
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

MAX_CHARACTERS = 300
MAX_TOKENS = 24

# What people type → the value of the column.
STATES = {
    "draft": "draft",
    "review": "in_review",
    "in_review": "in_review",
    "changes": "changes_requested",
    "changes_requested": "changes_requested",
    "rejected": "rejected",
    "approved": "approved",
    "released": "approved",
    "withdrawn": "withdrawn",
}
ORIGINS = {"generated": "generated", "ai": "generated", "uploaded": "uploaded", "upload": "uploaded"}
CREDENTIALS = {
    name: name for name in ("unchecked", "trusted", "valid", "invalid", "altered", "unreadable", "none")
}
_VALUES = {"state": STATES, "origin": ORIGINS, "credentials": CREDENTIALS}
_FIELDS = ("tag", "by", *_VALUES)
_TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))')


class ChipKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    EXCLUDED = "excluded"
    TAG = "tag"
    STATE = "state"
    ORIGIN = "origin"
    CREDENTIALS = "credentials"
    BY = "by"


@dataclass(frozen=True)
class Chip:
    """One thing that was understood. `without` is the text of the box with this part taken out."""

    kind: ChipKind
    text: str
    without: str


@dataclass(frozen=True)
class Filters:
    """What the facets narrow by: any of the values of one field, all of the fields, every tag."""

    states: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    credentials: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    excluded_tags: tuple[str, ...] = ()
    by: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))

    def merged(self, other: "Filters") -> "Filters":
        return Filters(
            **{
                each.name: tuple(dict.fromkeys((*getattr(self, each.name), *getattr(other, each.name))))
                for each in fields(self)
            }
        )


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


def parse(text: str) -> Query:
    """Read the text of the search box. Never fails: what it can't use it reports in `problems`."""
    tokens = list(_TOKEN.finditer(" ".join(text[:MAX_CHARACTERS].split())))[:MAX_TOKENS]
    query = Query()
    for place, token in enumerate(tokens):
        without = " ".join(other.group() for at, other in enumerate(tokens) if at != place)
        query = _take(query, token, without)
    return query


def _take(query: Query, token: re.Match[str], without: str) -> Query:
    field_name = (token["field"] or "").lower()
    value = (token["quoted"] if token["quoted"] is not None else token["bare"]).strip()
    minus = bool(token["minus"])
    if field_name in _FIELDS:
        return _take_field(query, field_name, value, minus=minus, without=without)
    if field_name:  # "16:9" or "https:…": a word like any other
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


def _take_field(query: Query, name: str, value: str, *, minus: bool, without: str) -> Query:
    if not value:
        return replace(query, problems=(*query.problems, f"Nothing stands after “{name}:”."))
    if name == "tag":
        column, label = ("excluded_tags", f"not tagged {value}") if minus else ("tags", value)
        return _filtered(query, column, value, Chip(ChipKind.TAG, label, without))
    if minus:
        problem = f"“-{name}:” is not understood; a minus works with words and tags."
        return replace(query, problems=(*query.problems, problem))
    if name == "by":
        return _filtered(query, "by", value, Chip(ChipKind.BY, f"by {value}", without))
    known = _VALUES[name]
    meant = known.get(value.lower().replace(" ", "_").replace("-", "_"))
    if meant is None:
        choices = ", ".join(dict.fromkeys(known.values()))
        problem = f"“{name}:{value}” is not understood. Use one of: {choices}."
        return replace(query, problems=(*query.problems, problem))
    column = {"state": "states", "origin": "origins", "credentials": "credentials"}[name]
    return _filtered(query, column, meant, Chip(ChipKind(name), meant.replace("_", " "), without))


def _filtered(query: Query, column: str, value: str, chip: Chip) -> Query:
    filters = query.filters.merged(Filters(**{column: (value,)}))
    return replace(query, filters=filters, chips=(*query.chips, chip))
