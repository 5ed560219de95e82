"""A sentence that was kept in English, perhaps with names and numbers in it, in the reader's language.

What failed is kept as it was said, filled in. The catalogues have the sentence with its places: the one that
fits says what stood in them, and they are put into its translation. So rows of earlier releases are
translated too, and a sentence that is in no catalogue stays as it is. Words of other systems are in places,
and stay theirs.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dam.core import language, numbers

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LEAST = 8  # characters outside places: less fits anything
MOST_TOGETHER = 4  # sentences in one entry of a catalogue: a text of hundreds is read in proportion
_PLACE = re.compile(r"%\((\w+)\)[sd]|(%%)|\{(\w*)\}")
_ENDS = re.compile(r"(?<=[.!?]) (?=\S)")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")


@dataclass(frozen=True)
class _Sentence:
    """`one` and `many` are what catalogues know it by, the same where it has no plural."""

    pattern: re.Pattern[str]
    pieces: tuple[str, ...]
    one: str
    many: str

    @property
    def weight(self) -> int:
        return sum(map(len, self.pieces))


def said(kept: str) -> str:
    """In the language of now, whole or sentence by sentence."""
    if language.current() == "en":
        return kept
    return _said(language.current(), kept)


@lru_cache(maxsize=2000)
def _said(_language: str, kept: str) -> str:
    parts, told = _ENDS.split(kept), []
    while parts:
        for several in range(min(len(parts), MOST_TOGETHER), 0, -1):  # a sentence of the catalogue can be two
            text = " ".join(parts[:several])
            found = _one(text)
            if found is not None or several == 1:
                told.append(text if found is None else found)
                del parts[:several]
                break
    return " ".join(told)


def _one(text: str) -> str | None:
    if (whole := language.gettext(text)) != text:
        return whole
    fitting = (each for each in _sentences(language.current()) if all(piece in text for piece in each.pieces))
    for sentence in fitting:
        if (match := sentence.pattern.fullmatch(text)) is None:
            continue
        places = {name: _place(value) for name, value in match.groupdict().items()}
        counts = numbers.read_all(match.groups())
        count = counts[0] if counts else 1
        found = language.ngettext(sentence.one, sentence.many, count)
        if sentence.one == sentence.many:
            found = language.gettext(sentence.one)
        return _filled(found, places)
    return None


def _place(value: str) -> str:
    """A number as the language writes it, a sentence of ours said; anything else is a name."""
    if _GROUPED.fullmatch(value):
        return language.number(int(value.replace(",", "")))
    return _said(language.current(), value) if value[-1:] in ".!?" else value


def _filled(sentence: str, places: dict[str, str]) -> str:
    return _PLACE.sub(
        lambda place: "%" if place[2] else places.get(_name(place), place[0]),
        sentence,
    )


def _name(place: re.Match[str]) -> str:
    return place[1] or place[3] or "place"


@lru_cache(maxsize=8)
def _sentences(code: str) -> tuple[_Sentence, ...]:
    """Those with places, the most telling ones first."""
    found = [
        sentence
        for path in sorted((LOCALE / code.partition("-")[0]).glob("LC_MESSAGES/django.mo"))
        for one, many in _messages(path.read_bytes())
        for text in {one, many}
        if (sentence := _compiled(text, one, many)) is not None
    ]
    return tuple(sorted(found, key=lambda each: -each.weight))


def _compiled(text: str, one: str, many: str) -> _Sentence | None:
    pieces: list[str] = []
    pattern, seen, end = "", set[str](), 0
    for place in (*_PLACE.finditer(text), None):
        piece = text[end : place.start() if place else None]
        pattern, pieces = pattern + re.escape(piece), [*pieces, piece]
        if place is None:
            break
        end, name = place.end(), _name(place)
        if place[2]:
            pattern += "%"
        elif name in seen:
            pattern += f"(?P={name})"
        else:
            pattern += f"(?P<{name}>.+?)"
            seen.add(name)
    if not seen or sum(len(piece.strip()) for piece in pieces) < LEAST:
        return None
    return _Sentence(re.compile(pattern), tuple(filter(None, pieces)), one, many)


def _messages(catalogue: bytes) -> Iterator[tuple[str, str]]:
    """What a catalogue in GNU's binary form translates: each sentence for one and for many."""
    order = "<" if catalogue[:4] == b"\xde\x12\x04\x95" else ">"
    count, start = struct.unpack_from(f"{order}2I", catalogue, 8)
    for place in range(count):
        length, offset = struct.unpack_from(f"{order}2I", catalogue, start + 8 * place)
        words = catalogue[offset : offset + length].decode().rpartition("\x04")[2].split("\0")
        if words[0]:
            yield words[0], words[-1]
