"""What a document's index holds of a text. Pure: parts of text in, PostgreSQL's tsvector out, as text.

Each word stands as it is written (folded), and by its stem as "~en.bottl"; of a run each letter and each
pair. What only those who work with drafts may find has a "!" before it. No word is written with either sign.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from dam.search import languages, normalising
from dam.search.normalising import Token
from dam.search.writing import Script

INSIDE = "!"
LAST_PLACE = 16_383  # of a lexeme in a tsvector
MOST_PLACES = 255
MOST_BYTES = 600_000  # of one vector; PostgreSQL takes a megabyte
LONGEST_TEXT = 200_000  # letters of one part that are looked at
MOST_LETTERS = 500_000  # of all parts together: some seconds' work
_GAP = 8  # places between two texts: no phrase reaches over it
_MOST_JOINED = 4  # words that are also found as one: "blu-ray" as "bluray"


@dataclass(frozen=True)
class Text:
    """A text of a document. `weight` is A to D as ts_rank has them; `inside` is for those who see drafts."""

    text: str
    weight: str = "D"
    inside: bool = False


@dataclass(frozen=True)
class Document:
    language: str
    vector: str
    words: frozenset[str]  # what the lexicon is to know


def document(texts: Iterable[Text]) -> Document:
    """The words of one version."""
    parts = [(each, normalising.tokens(text)) for each, text in _looked_at(texts)]
    everything = [token for part, tokens in parts for token in tokens if not part.inside]
    in_all = cache(lambda script: languages.guess_among(script, everything))
    places: dict[str, list[str]] = defaultdict(list)
    known: set[str] = set()
    size, place = 0, 1
    for part, tokens in parts:
        guess = _Guess(tokens, in_all)
        mark = INSIDE if part.inside else ""
        for lexeme, at in _placed(tokens, guess, start=place):
            found = places.get(f"{mark}{lexeme}")
            if found is None:
                size += len(lexeme.encode()) + 8
                if size > MOST_BYTES:
                    break
                found = places[f"{mark}{lexeme}"]
            if len(found) < MOST_PLACES:
                found.append(f"{min(at, LAST_PLACE)}{part.weight}")
        known.update(form for token in tokens if not token.is_run for form in token.forms)
        place += width(tokens) + _GAP
    vector = " ".join(f"'{lexeme}':{','.join(dict.fromkeys(at))}" for lexeme, at in places.items())
    return Document(language=languages.guess(everything), vector=vector, words=frozenset(known))


def _looked_at(texts: Iterable[Text]) -> Iterator[tuple[Text, str]]:
    """As much of each as is looked at; the first ones tell most."""
    left = MOST_LETTERS
    for each in texts:
        if text := each.text[: min(LONGEST_TEXT, left)]:
            yield each, text
        left -= len(text)


def stem_lexemes(word: str, *, language: str, asked: bool = False) -> list[str]:
    """Those of a word of a document, or of one that is `asked` for."""
    found = languages.stems(word, language=language, asked=asked)
    return [f"~{language}.{normalising.folded(each)}" for each in found]


def pairs(token: Token) -> list[tuple[str, int]]:
    """The pairs of letters of a run, and where in it they begin."""
    forms = [letter.form for letter in token.letters]
    return [(one + other, place) for place, (one, other) in enumerate(pairwise(forms))]


def joined(tokens: Sequence[Token], start: int) -> str:
    """The words that are written as one from there on: "bluray" of "blu-ray"; empty where they aren't."""
    end = start + 1
    while end < len(tokens) and tokens[end].joined:
        end += 1
    return "".join(token.form for token in tokens[start:end]) if 1 < end - start <= _MOST_JOINED else ""


def _joined(tokens: Sequence[Token], start: int) -> Iterator[str]:
    """What is found of joined words as one: all of them, and each two: "img2034" of "IMG_2034-final"."""
    if not tokens[start].joined and (whole := joined(tokens, start)):
        yield whole
    if start + 1 < len(tokens) and tokens[start + 1].joined:
        yield tokens[start].form + tokens[start + 1].form


class _Guess:
    """The language of each script in a text, or `in_all` texts where that one says nothing."""

    def __init__(self, tokens: Sequence[Token], in_all: Callable[[Script], str]) -> None:
        self._tokens, self._in_all = tokens, in_all
        self._known: dict[Script, tuple[str, ...]] = {}

    def of(self, script: Script) -> tuple[str, ...]:
        if script not in self._known:
            here = languages.guess_among(script, self._tokens)
            there = here or self._in_all(script)
            both = [there, languages.default(script)] if not here else [here]
            self._known[script] = tuple(dict.fromkeys(filter(languages.has_stemmer, both)))
        return self._known[script]


def _placed(tokens: Sequence[Token], guess: _Guess, *, start: int) -> Iterator[tuple[str, int]]:
    place = start
    for number, token in enumerate(tokens):
        if token.is_run:
            for at, letter in enumerate(token.letters):
                yield letter.form, place + at
            for pair, at in pairs(token):
                yield pair, place + at
        else:
            for form in token.forms:
                yield form, place
            for language in guess.of(token.script):
                for stem in stem_lexemes(token.plain, language=language):
                    yield stem, place
            for whole in _joined(tokens, number):
                yield whole[: normalising.LONGEST], place
        place += width([token])


def width(tokens: Iterable[Token]) -> int:
    """How many places they take."""
    return sum(len(token.letters) or 1 for token in tokens)
