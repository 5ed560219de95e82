"""Why a clip answers a search by words: where they stand in its texts, cut to what fits on a card. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from dam.search import languages, normalising
from dam.search.normalising import Token
from dam.search.query import Query
from dam.search.results import Part, Passage, Piece
from dam.search.writing import Script

LONGEST = 110  # characters of a passage
BEFORE = 30  # of them before the first word that matches
MOST = 3


@dataclass(frozen=True)
class Said:
    """A line that is said or written in a clip, with its time."""

    part: Part
    text: str
    start_ms: int
    end_ms: int


def of(texts: Iterable[tuple[Part, str]], said: Iterable[Said], query: Query) -> tuple[Passage, ...]:
    """The passages in which words of the search stand; a title is left out, as it is read anyway."""
    wanted = [token for term in terms(query) for token in normalising.tokens(term)]
    passages = [Passage(part, pieces) for part, text in texts if (pieces := marked(text, wanted)) is not None]
    timed = [
        Passage(line.part, pieces, start_ms=line.start_ms, end_ms=line.end_ms)
        for line in said
        if (pieces := marked(line.text, wanted)) is not None
    ]
    return (*timed, *passages)


def beginning(text: str) -> tuple[Piece, ...]:
    """As much of a text as fits, where no word of it matches."""
    text = " ".join(text.split())
    return (Piece(text),) if len(text) <= LONGEST else (Piece(text[:LONGEST].rstrip()), Piece("…"))


def terms(query: Query) -> Iterator[str]:
    """Every word and phrase that may match."""
    return (term.text for group in query.terms for term in group)


def marked(text: str, wanted: Sequence[Token]) -> tuple[Piece, ...] | None:
    """The text around the first word that matches, with all that do; None where none does."""
    spans = [span for token in normalising.tokens(text) for span in _spans(token, wanted)]
    if not spans:
        return None
    start = _word_start(text, max(0, spans[0][0] - BEFORE))
    end = min(len(text), start + LONGEST)
    pieces = [Piece("…")] if start else []
    place = start
    for first, last in spans:
        if first >= end:
            break
        if first > place:
            pieces.append(Piece(text[place:first]))
        pieces.append(Piece(text[max(first, place) : last], matched=True))
        place = last
    if place < end:
        pieces.append(Piece(text[place:end]))
    if end < len(text):
        pieces.append(Piece("…"))
    return tuple(pieces)


def _word_start(text: str, place: int) -> int:
    """The beginning of the first whole word from there on."""
    if place == 0 or text[place - 1].isspace():
        return place
    space = text.find(" ", place, place + BEFORE)
    return place if space < 0 else space + 1


def _spans(token: Token, wanted: Sequence[Token]) -> list[tuple[int, int]]:
    for want in wanted:
        if want.is_run and token.is_run:
            forms, letters = [each.form for each in want.letters], token.letters
            for at in range(len(letters) - len(forms) + 1):
                part = letters[at : at + len(forms)]
                if [each.form for each in part] == forms:
                    return [(part[0].start, part[-1].end)]
        elif not want.is_run and not token.is_run and _alike(token, want):
            return [(token.start, token.end)]
    return []


def _alike(token: Token, want: Token) -> bool:
    if any(form.startswith(begun) for form in token.forms for begun in want.forms):
        return True
    return _have_one_stem(token.plain, want.plain, want.script)


@lru_cache(maxsize=20_000)  # the clips of a page have many words in common
def _have_one_stem(word: str, wanted: str, script: Script) -> bool:
    return any(
        set(languages.stems(word, language=language))
        & set(languages.stems(wanted, language=language, asked=True))
        for language in languages.of(script)
    )
