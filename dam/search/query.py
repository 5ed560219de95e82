"""The one search box. Pure: what was typed in, what is meant out.

red bottle "summer sale" tag:drinks state:approved,draft duration:>10s created:week cat OR dog -draft
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from dam.core import language
from dam.core.language import gettext as _
from dam.core.text import REPLACEMENT, storable
from dam.search import measures
from dam.search.search_field import Combine, Kind, SearchField

MAX_CHARACTERS = 300
MAX_TOKENS = 24

# As keyboards of the world have them. One character for one, so that places in the text stay.
_QUOTES = dict.fromkeys("“”„‟«»″＂「」『』〝〞〟", '"')
# Full-width letters for names of fields: "ｔａｇ：".
_WIDE = {chr(ord(each) + 0xFEE0): each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
_SIGNS = str.maketrans({**_QUOTES, **_WIDE, "：": ":", "﹕": ":", "，": ",", "、": ",", "｜": "|", "＿": "_"})
_MINUS = "−－–—‐‑﹣-"
_NO_QUOTES = dict.fromkeys(map(ord, [*_QUOTES, '"']))
_VALUE = re.compile(r'(?:"[^"]*"?|[^,"])+')
_OR = ("OR", "|")
# What looks like a field that there isn't; and what is written so and means none.
_NO_FIELD = re.compile(r"([^\W\d_][\w-]+):(?=[^\s:/\\])")
_NO_NAMES = {"urn", "http", "https", "mailto", "sha256"}
_NAMED_IN_HINTS = 12


class ChipKind(StrEnum):
    WORD = "word"
    PHRASE = "phrase"
    EXCLUDED = "excluded"
    FIELD = "field"
    EITHER = "either"


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
class Term:
    """A word, or words in quotes that stand together as they are typed."""

    text: str
    quoted: bool = False

    def __str__(self) -> str:
        return f"“{self.text}”" if self.quoted else self.text


@dataclass(frozen=True)
class Query:
    """What the search box means; `spoken` is what was said in words, in its order, for the encoder."""

    # Each of these must be there, and of each any one: red (cat OR dog) is ((red,), (cat, dog)).
    terms: tuple[tuple[Term, ...], ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: Filters = field(default_factory=Filters)
    either: tuple[Filters, ...] = ()  # of each, any value of any field: tag:a OR by:ada, tag:a,b
    spoken: str = ""
    chips: tuple[Chip, ...] = ()
    problems: tuple[str, ...] = ()  # sentences for the page: what could not be used, and why
    hints: tuple[str, ...] = ()  # likewise: what is used as text, and was maybe meant as a filter
    unusable: bool = False  # something was typed, and none of it can be searched for: that finds nothing
    text: str = ""  # the same search, written in one way

    @property
    def words(self) -> tuple[str, ...]:
        """The words that must be there, outside of quotes and OR."""
        return tuple(group[0].text for group in self.terms if len(group) == 1 and not group[0].quoted)

    @property
    def phrases(self) -> tuple[str, ...]:
        return tuple(group[0].text for group in self.terms if len(group) == 1 and group[0].quoted)

    @property
    def has_words(self) -> bool:
        return bool(self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms or self.excluded or self.filters or self.either)


@dataclass(frozen=True)
class _Part:
    """One thing typed between spaces: a term, a field with its values, or what can't be used."""

    text: str  # as it may be typed again
    term: Term | None = None
    field: SearchField | None = None
    values: tuple[str, ...] = ()
    minus: bool = False
    problem: str = ""
    hint: str = ""  # on a term: it is used, but maybe not as it was meant
    linked: bool = False  # OR stands before it


def tidy(text: str) -> str:
    """The text of the box with single spaces, each letter written in one way, as names and tags are kept.

    What the database can't hold parts words, too.
    """
    return unicodedata.normalize("NFC", " ".join(storable(text).replace(REPLACEMENT, " ").split()))


def parse(text: str, *, fields: Mapping[str, SearchField]) -> Query:
    """Read the text of the search box. Never fails: what it can't use it reports in `problems`."""
    tidied = tidy(text)
    used = _cut(tidied)
    parts, left_out = _parts(used, fields)
    problems = []
    if left_out or (used != tidied and " " in used):
        first = _("Only the first %(parts)s words were used: a search has at most %(max_tokens)s words") % {
            "parts": len(parts),
            "max_tokens": MAX_TOKENS,
        }
        problems.append(
            _("%(used)s and %(max_characters)s characters.")
            % {"used": first, "max_characters": MAX_CHARACTERS}
        )
    elif used != tidied:
        problems.append(
            _("Only the first %(characters)s characters were used: a search has no more.")
            % {"characters": MAX_CHARACTERS}
        )
    problems += [part.problem for part in parts if part.problem]
    groups = []
    for group in _groups(parts):
        usable = [part for part in group if not part.problem]
        if len(usable) > 1 and (mixed := _mixed(usable)):
            problems.append(mixed)
            groups += [[part] for part in usable]
        elif usable:
            groups.append(usable)
    if tidied and not groups and not problems:
        problems.append(
            _("There is nothing to search for in “%(tidied)s”. Type a word or a filter.")
            % {"tidied": tidied[:40]}
        )
    return Query(
        terms=tuple(
            tuple(part.term for part in group if part.term)
            for group in groups
            if group[0].term and not group[0].minus
        ),
        excluded=tuple(part.term for group in groups for part in group if part.term and part.minus),
        filters=_filters(groups),
        either=_either(groups),
        spoken=" ".join(part.term.text for each in groups for part in each if part.term and not part.minus),
        chips=tuple(_chip(group, parts) for group in groups),
        problems=tuple(dict.fromkeys(problems)),
        hints=tuple(dict.fromkeys(part.hint for part in parts if part.hint)),
        unusable=bool(tidied) and not groups,
        text=_joined(parts),
    )


def to_text(query: Query) -> str:
    """The search as it may be typed: the same signs for all, and no more than is understood or reported."""
    return query.text


def _cut(text: str) -> str:
    """As much as may be used: whole words, or of a single run its beginning."""
    if len(text) <= MAX_CHARACTERS:
        return text
    return text[: MAX_CHARACTERS + 1].rpartition(" ")[0] or text[:MAX_CHARACTERS]


def with_aliases(fields: Mapping[str, SearchField]) -> dict[str, SearchField]:
    """By whatever a name may be typed as; a field that is called so itself comes first."""
    aliases = {alias: field for field in fields.values() for alias in field.aliases}
    return {**aliases, **fields}


def _parts(text: str, fields: Mapping[str, SearchField]) -> tuple[list[_Part], bool]:
    """What was typed, and whether there was more than may be used."""
    known, fields = fields, with_aliases(fields)
    names = "|".join(sorted(map(re.escape, fields), key=len, reverse=True)) or r"(?!)"
    token = re.compile(
        rf'(?P<minus>[{_MINUS}]+)?(?:(?P<field>(?ai:{names})):(?P<values>(?:"[^"]*(?:"|$)|[^\s"])*)'
        r'|"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>[^\s"]+))'
    )
    parts: list[_Part] = []
    linked = False
    for match in token.finditer(text.translate(_SIGNS)):
        if match["bare"] in _OR and not match["minus"]:
            linked = bool(parts)
            continue
        part = _field_part(match, text, fields) if match["field"] else _term_part(match, text, known)
        if part is None:
            continue
        if len(parts) == MAX_TOKENS:
            return parts, True
        parts.append(replace(part, linked=linked))
        linked = False
    return parts, False


def _term_part(match: re.Match[str], text: str, fields: Mapping[str, SearchField]) -> _Part | None:
    """None where nothing is left that could stand in a text."""
    group = "quoted" if match["quoted"] is not None else "bare"
    # As typed, for a sign that was read in another way may belong to a word.
    value = text[slice(*match.span(group))].strip() if match[group] is not None else ""
    if not re.search(r"\w", value):
        return None
    minus = "-" if match["minus"] else ""
    quoted = group == "quoted"
    return _Part(
        text=f'{minus}"{value}"' if quoted else f"{minus}{value}",
        term=Term(value, quoted=quoted),
        minus=bool(minus),
        hint="" if quoted else _hint(match, fields),
    )


def _hint(match: re.Match[str], fields: Mapping[str, SearchField]) -> str:
    """A sentence on a word that looks like a field, where there is none of that name; mostly empty."""
    named = _NO_FIELD.match(match.string, match.start("bare"))
    if named is None or not fields or named[1].lower() in _NO_NAMES:
        return ""
    there = [f"{field.name}:" for field in fields.values() if field.is_typed][:_NAMED_IN_HINTS]
    return _(
        "There is no filter “%(name)s:”, so it was searched for as text. Filters include %(filters)s."
    ) % {
        "name": named[1],
        "filters": ", ".join(there),
    }


def _field_part(match: re.Match[str], text: str, fields: Mapping[str, SearchField]) -> _Part:
    search_field = fields[match["field"].lower()]
    pieces = _VALUE.finditer(match.string, *match.span("values"))
    typed = [text[slice(*piece.span())].translate(_NO_QUOTES).strip() for piece in pieces]
    typed = [each for each in typed if each]
    if search_field.kind is Kind.NUMBER:
        typed = _decimals(typed, search_field)
    head = f"{'-' if match['minus'] else ''}{search_field.name}:"
    written = head + ",".join(_quoted(each) for each in typed)
    read = {each: search_field.read(each) for each in typed}
    unknown = [each for each, value in read.items() if value is None]
    takes = search_field.says_what_it_takes
    problem = ""
    if not typed:
        problem = _("Add a value after “%(search_field)s:”. It takes %(takes)s.") % {
            "search_field": search_field.name,
            "takes": takes,
        }
    elif unknown:
        problem = search_field.problem_with(unknown[0])
    known = tuple(value for value in read.values() if value is not None)
    return _Part(written, field=search_field, values=known, minus=bool(match["minus"]), problem=problem)


def _decimals(typed: list[str], search_field: SearchField) -> list[str]:
    """Two values that are one number with a comma: "1,5GB"."""
    whole = ",".join(typed)
    point = whole.replace(",", ".")
    offered = point in dict(search_field.choices) and search_field.read(point) is not None
    decimal = measures.has_decimal_comma(whole) and not (search_field.unit and search_field.unit.whole)
    return [point] if len(typed) > 1 and (offered or decimal) else typed


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"[\s,，、]", value) else value


def _groups(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Parts with OR between them stand together."""
    groups: list[list[_Part]] = []
    for part in parts:
        if part.linked and groups:
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _mixed(group: Sequence[_Part]) -> str:
    """Why these can't be alternatives of one another; empty if they can."""
    if any(part.minus for part in group):
        return _("OR can't stand beside a minus: each part was taken for itself.")
    if len({part.term is None for part in group}) > 1:
        return _("OR stands between words or between filters, not between both: all of them were required.")
    return ""


def _is_either(group: Sequence[_Part]) -> bool:
    """Whether it needs more than values side by side under the name of one field."""
    first = group[0]
    if first.field is None or first.minus:
        return False
    many = len(group) > 1 or len(first.values) > 1
    alike = all(part.field is first.field for part in group) and first.field.combine is Combine.ANY
    return many and not alike


def _filters(groups: Sequence[Sequence[_Part]]) -> Filters:
    filters = Filters()
    for group in groups:
        if not _is_either(group):
            for part in group:
                if part.field:
                    name = f"-{part.field.name}" if part.minus else part.field.name
                    filters = filters.merged(Filters({name: part.values}))
    return filters


def _either(groups: Sequence[Sequence[_Part]]) -> tuple[Filters, ...]:
    found = []
    for group in groups:
        if _is_either(group):
            any_of = Filters()
            for part in group:
                if part.field:
                    any_of = any_of.merged(Filters({part.field.name: part.values}))
            found.append(any_of)
    return tuple(found)


def _chip(group: Sequence[_Part], parts: Sequence[_Part]) -> Chip:
    without = _joined([part for part in parts if not any(part is taken for taken in group)])
    first = group[0]
    text = language.either([_said(part) for part in group])
    if first.field:
        return Chip(ChipKind.FIELD, text, without, field=first.field.name, icon=first.field.icon)
    if len(group) > 1:
        return Chip(ChipKind.EITHER, text, without)
    if first.minus:
        return Chip(ChipKind.EXCLUDED, (_("not %(term)s") % {"term": first.term}), without)
    quoted = bool(first.term and first.term.quoted)
    return Chip(ChipKind.PHRASE if quoted else ChipKind.WORD, text, without)


def _said(part: _Part) -> str:
    if part.field is None:
        return str(part.term)
    return language.either([part.field.chip_text(value, excluded=part.minus) for value in part.values])


def _joined(parts: Sequence[_Part]) -> str:
    joined = ""
    for part in parts:
        joined += f"{' OR ' if part.linked else ' '}{part.text}" if joined else part.text
    return joined
