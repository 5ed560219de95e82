"""Free prompts put into the few words that a small model knows. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generation.generators.base import Understanding

Phrase = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SILENT = frozenset(
    {"a", "an", "the", "of", "on", "in", "at", "by", "to", "and", "with", "is", "are", "it", "its", "that"}
    | {"which", "there", "this", "some", "very", "one", "over", "under", "into", "from", "for", "as"}
    | {"video", "clip", "shot", "scene", "showing", "shows", "show", "picture", "please"}
)
"""Words that carry nothing a lexicon could know; they are not reported as unknown."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Attributes in the order in which they are said; each value with its ways to say it, plainest first."""

    attributes: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    fallback: Mapping[str, str]
    """The value an attribute takes where a prompt leaves it out, for those the model cannot do without."""

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Lexicon":
        """Read `{"attributes": {name: {value: [phrase, ...]}}, "fallback": {name: value}}`."""
        attributes = {
            name: {value: tuple(tuple(words(phrase)) for phrase in ways) for value, ways in values.items()}
            for name, values in said["attributes"].items()
        }
        return cls(attributes=attributes, fallback=dict(said["fallback"]))

    def phrases(self) -> dict[Phrase, tuple[str, str]]:
        """Every phrase with the attribute and value it stands for."""
        return {
            phrase: (name, value)
            for name, values in self.attributes.items()
            for value, ways in values.items()
            for phrase in ways
        }


def words(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def understand(prompt: str, lexicon: Lexicon) -> Understanding:
    """Say a prompt again in the lexicon's plainest words.

    Of two phrases that overlap the longer wins, of two values of one attribute the first.
    """
    chosen: dict[str, str] = {}
    recognised, unknown = [], []
    for phrase, meaning in _pieces(words(prompt), lexicon.phrases()):
        said = " ".join(phrase)
        if meaning is None:
            if said not in _SILENT:
                unknown.append(said)
        elif chosen.setdefault(meaning[0], meaning[1]) == meaning[1]:
            recognised.append(said)
        else:
            unknown.append(said)
    if not chosen:
        return Understanding(canonical="", recognised=(), unknown=tuple(dict.fromkeys(unknown)))
    return Understanding(
        canonical=_say({**lexicon.fallback, **chosen}, lexicon),
        recognised=tuple(dict.fromkeys(recognised)),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _pieces(
    said: list[str], phrases: Mapping[Phrase, tuple[str, str]]
) -> Iterator[tuple[Phrase, tuple[str, str] | None]]:
    longest = max(map(len, phrases))
    place = 0
    while place < len(said):
        for length in range(min(longest, len(said) - place), 0, -1):
            phrase = tuple(said[place : place + length])
            if phrase in phrases or length == 1:
                yield phrase, phrases.get(phrase)
                place += length
                break


def _say(values: Mapping[str, str], lexicon: Lexicon) -> str:
    parts = [" ".join(ways[values[name]][0]) for name, ways in lexicon.attributes.items() if name in values]
    return f"{'an' if parts[0][0] in 'aeiou' else 'a'} {' '.join(parts)}"
