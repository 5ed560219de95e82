"""Free prompts put into the few words that a small model knows. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generation import spelling

Phrase = tuple[str, ...]
Meaning = tuple[str, str]
"""An attribute and its value."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SILENT = frozenset(
    {"a", "an", "the", "of", "on", "in", "at", "by", "to", "and", "with", "is", "are", "it", "its", "that"}
    | {"which", "there", "this", "these", "those", "some", "very", "one", "over", "under", "into", "from"}
    | {"for", "as", "was", "were", "be", "been", "has", "have", "had", "will", "would", "should", "shall"}
    | {"could", "may", "might", "must", "do", "does", "while", "when", "then", "than", "where", "what", "who"}
    | {"whose", "he", "she", "they", "them", "his", "her", "their", "we", "our", "you", "your", "i", "my"}
    | {"me", "but", "or", "so", "if", "just", "also", "such", "like", "about", "onto", "upon", "towards"}
    | {"across", "along", "around", "through", "near", "against", "above", "am", "teh"}
    | {"video", "clip", "shot", "scene", "showing", "shows", "show", "picture", "please"}
)
"""Words that carry nothing a lexicon could know; they are not reported as unknown."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a generator makes of a prompt before it draws anything."""

    canonical: str
    """The prompt in the generator's own words; empty if it knows none of it."""
    recognised: tuple[str, ...]
    unknown: tuple[str, ...]
    """Words that will not change the clip."""
    taken: tuple[tuple[str, str], ...] = ()
    """What is written, and the known words that it was taken for."""
    assumed: tuple[str, ...] = ()
    """The parts of the canonical prompt that nobody asked for."""


@dataclass(frozen=True)
class Lexicon:
    """Attributes in the order in which they are said; each value with its ways to say it, plainest first."""

    attributes: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    fallback: Mapping[str, str]
    """The value an attribute takes where a prompt leaves it out, for those that chance should not choose."""
    of_the_place: frozenset[str] = frozenset()
    """Attributes that can be said of a picture without any object in it."""
    empty: Mapping[str, str] = field(default_factory=dict)
    """As `fallback`, for a prompt that names nothing beyond the place."""
    plurals: Mapping[str, str] = field(default_factory=dict)
    """The plural of each shape, said after the counts in `many`."""
    many: frozenset[str] = frozenset()
    neighbours: Mapping[str, Meaning] = field(default_factory=dict)
    """Words that are close in meaning to a value without being said of it."""
    others: frozenset[str] = frozenset()
    """Words that look like a slip or a form of a known one, and are not."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Lexicon":
        """Read `{"attributes": {name: {value: [phrase, ...]}}, "fallback": {name: value}, ...}`."""
        attributes = {
            name: {value: tuple(tuple(words(phrase)) for phrase in ways) for value, ways in values.items()}
            for name, values in data["attributes"].items()
        }
        return cls(
            attributes=attributes,
            fallback=dict(data["fallback"]),
            of_the_place=frozenset(data.get("of_the_place", ())),
            empty=dict(data.get("empty", {})),
            plurals=dict(data.get("plurals", {})),
            many=frozenset(data.get("many", ())),
            neighbours={word: (name, value) for word, (name, value) in data.get("neighbours", {}).items()},
            others=frozenset(data.get("others", ())),
        )

    @cached_property
    def phrases(self) -> dict[Phrase, Meaning]:
        """Every phrase with the attribute and value it stands for."""
        return {
            phrase: (name, value)
            for name, values in self.attributes.items()
            for value, ways in values.items()
            for phrase in ways
        }

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.phrases))

    @cached_property
    def vocabulary(self) -> Mapping[str, Sequence[str]]:
        """Every word of every phrase, by first letter."""
        words_by_letter: dict[str, list[str]] = {}
        for word in sorted({word for phrase in self.phrases for word in phrase} - _SILENT):
            words_by_letter.setdefault(word[0], []).append(word)
        return words_by_letter

    @cached_property
    def known(self) -> frozenset[str]:
        """Words that need no respelling: parts of phrases, and neighbours."""
        return frozenset(self.neighbours).union(*self.vocabulary.values())

    def plainest(self, meaning: Meaning) -> str:
        name, value = meaning
        return " ".join(self.attributes[name][value][0])

    def respelt(self, word: str) -> str:
        """The known word that somebody meant by `word`; else `word` itself."""
        if word in self.known or word in self.others or word in _SILENT:
            return word
        for form in spelling.forms(word):
            if form in self.known:
                return form
        return spelling.meant(word, self.vocabulary, real=self.others) or word

    def near(self, word: str) -> Meaning | None:
        """What a word is close to. Its forms count too: "drifts" is known, but only as a part of phrases."""
        if word in self.others or word in _SILENT:
            return None
        close = (form for form in (word, *spelling.forms(word)) if form in self.neighbours)
        return self.neighbours.get(next(close, ""))


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


@dataclass(frozen=True, slots=True)
class _Piece:
    written: str
    read: str
    meaning: Meaning | None
    guessed: bool
    """Close in meaning only: it gives way to anything that is known."""


def understand(prompt: str, lexicon: Lexicon) -> Understanding:
    """Say a prompt again in the lexicon's plainest words.

    Of two phrases that overlap the longer wins, of two values of one attribute the first.
    """
    pieces = list(_pieces(prompt, lexicon))
    chosen: dict[str, str] = {}
    for piece in sorted(pieces, key=lambda piece: piece.guessed):
        if piece.meaning:
            chosen.setdefault(*piece.meaning)
    if not chosen:
        unknown = tuple(dict.fromkeys(piece.written for piece in pieces))
        return Understanding(canonical="", recognised=(), unknown=unknown)
    sure = {piece.meaning[0] for piece in pieces if piece.meaning and not piece.guessed}
    if _shows_nothing(chosen, sure, lexicon):
        chosen = {name: value for name, value in chosen.items() if name in lexicon.of_the_place}
        values = {**lexicon.empty, **chosen}
    else:
        if chosen.get("count") == lexicon.empty.get("count"):  # "an empty box" is a box
            chosen.pop("count", None)
        values = {**lexicon.fallback, **chosen}
    used = [piece for piece in pieces if piece.meaning and piece.meaning in chosen.items()]
    return Understanding(
        canonical=say(values, lexicon),
        recognised=tuple(dict.fromkeys(piece.written for piece in used if piece.written == piece.read)),
        unknown=tuple(dict.fromkeys(piece.written for piece in pieces if piece not in used)),
        taken=tuple(dict.fromkeys((p.written, p.read) for p in used if p.written != p.read)),
        assumed=tuple(part for name, part in _parts(values, lexicon).items() if name not in chosen),
    )


def _shows_nothing(chosen: Mapping[str, str], sure: set[str], lexicon: Lexicon) -> bool:
    """True of a prompt that names a place alone: "a snowy hill", but not "white, on a hill"."""
    nothing = lexicon.empty.get("count")
    if chosen.get("count", nothing) != nothing or lexicon.of_the_place.isdisjoint(chosen):
        return False
    calls_for_a_thing = {"shape", "motion"} if "count" in chosen else {"shape", "motion", *sure}
    return calls_for_a_thing.isdisjoint(chosen.keys() - lexicon.of_the_place)


def _pieces(prompt: str, lexicon: Lexicon) -> Iterator[_Piece]:
    """The prompt's phrases, and the words between them that are not silent."""
    written = [
        part for word in words(prompt) for part in ([word] if word in lexicon.known else word.split("-"))
    ]
    read = [lexicon.respelt(word) for word in written]
    place = 0
    while place < len(read):
        for length in range(min(lexicon.longest, len(read) - place), 0, -1):
            phrase = tuple(read[place : place + length])
            if meaning := lexicon.phrases.get(phrase):
                phrase_written = " ".join(written[place : place + length])
                yield _Piece(phrase_written, " ".join(phrase), meaning, guessed=False)
                break
        else:
            length = 1
            if meaning := lexicon.near(read[place]):
                yield _Piece(written[place], lexicon.plainest(meaning), meaning, guessed=True)
            elif written[place] not in _SILENT:
                yield _Piece(written[place], written[place], None, guessed=False)
        place += length


def say(values: Mapping[str, str], lexicon: Lexicon) -> str:
    """A prompt in the lexicon's plainest words: "two red balls turning on a table by day, zooming in"."""
    parts = _parts(values, lexicon)
    camera = parts.pop("camera", "")
    sentence = " ".join(parts.values())
    if "count" not in parts:
        sentence = f"{'an' if sentence[0] in 'aeiou' else 'a'} {sentence}"
    return f"{sentence}, {camera}" if camera else sentence


def _parts(values: Mapping[str, str], lexicon: Lexicon) -> dict[str, str]:
    """What is said of each attribute, in order; a count of one is left to the article."""
    parts = {name: lexicon.plainest((name, values[name])) for name in lexicon.attributes if name in values}
    if "shape" in parts and values.get("count") in lexicon.many:
        parts["shape"] = lexicon.plurals.get(values["shape"], parts["shape"])
    if values.get("count") == lexicon.fallback.get("count"):
        parts.pop("count", None)
    return parts
