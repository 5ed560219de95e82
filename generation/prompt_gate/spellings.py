"""Terms found in a prompt however they are written. Pure.

Found are other cases and accents, letters of other scripts that look alike (Unicode's confusables), digits
and signs for letters, letters set apart or masked, invisible characters, and inflected words. What lies
within a longer word isn't found, for a rule against "art" must not stop "party"; only scripts that don't set
words apart are searched through.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data

from dam.search import languages

MASKS = frozenset("*#")
SIGNS = {"@": "a", "$": "s", "!": "i", "|": "l", "+": "t", "€": "e"}
_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", **SIGNS}
_AS_I, _AS_L = str.maketrans({**_DIGITS, "1": "i"}), str.maketrans({**_DIGITS, "1": "l"})
_IN_WORDS = MASKS | SIGNS.keys()
_AROUND = "".join(_IN_WORDS)
_DROPPED = ("Mn", "Me", "Cf")  # accents, and what can't be seen
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # nor these letters
_RUN, _LONG_RUN = re.compile(r"(.)\1+"), re.compile(r"(.)\1\1")
# Scripts that are written without spaces, or with endings set on; as in the names of their letters.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
_MOST_PIECES = 40  # that a word may be taken apart into
_LEAST_MASKED = 4  # letters of a term that is found with some of them masked


@dataclass(frozen=True, slots=True)
class Found:
    """A term's place in the prompt, in characters."""

    term: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Word:
    """`plain` is folded; `seen` is as it looks, by its capitals and by its small letters."""

    plain: str
    seen: tuple[str, str]
    start: int
    end: int
    after_space: bool


class Terms:
    """Terms to look for, made ready once for many prompts.

    Those that are `inflected` are found as the verbs and nouns of these languages (codes of ISO 639) too.
    """

    def __init__(self, terms: Mapping[str, bool], *, of: Sequence[str] = ("en",)) -> None:
        self._languages = tuple(dict.fromkeys(of))
        self._whole: dict[str, list[str]] = {}
        self._cuts: dict[str, tuple[int, ...]] = {}
        self._stems: dict[str, list[str]] = {}
        self._within: dict[str, str] = {}
        for term, inflected in terms.items():
            self._add(term, inflected)
        self._longest = max(map(len, self._whole), default=0)

    def _add(self, term: str, inflected: bool) -> None:
        words = [word.plain for word in _words(term)]
        whole = "".join(words)
        if not whole:
            return
        if any(map(_is_unspaced, whole)):
            self._within[term] = whole
            return
        lengths = [len(word) for word in words]
        self._cuts[term] = tuple(sum(lengths[: place + 1]) for place in range(len(lengths) - 1))
        for form in dict.fromkeys((whole, f"{whole}s", f"{whole}es", _RUN.sub(r"\1", whole))):
            self._whole.setdefault(form, []).append(term)
        if inflected and len(words) == 1:
            for stem in self._stems_of(whole):
                self._stems.setdefault(stem, []).append(term)

    def within(self, text: str) -> list[Found]:
        """Each term once, where it stands first."""
        words = _words(text)
        first: dict[str, Found] = {}
        for found in (*self._as_words(words), *self._unspaced(text)):
            there = first.get(found.term)
            if there is None or found.start < there.start:
                first[found.term] = found
        return sorted(first.values(), key=lambda each: (each.start, each.term))

    def _as_words(self, words: Sequence[_Word]) -> Iterator[Found]:
        for place, word in enumerate(words):
            for reading in _readings(word):
                for term in (*self._named(reading), *self._inflections(reading)):
                    yield Found(term, word.start, word.end)
            yield from self._joined(words[place : place + _MOST_PIECES])
            if MASKS & set(word.plain):
                yield from (Found(term, word.start, word.end) for term in self._masked(word))

    def _named(self, reading: str) -> Iterator[str]:
        yield from self._whole_terms(reading)
        if _LONG_RUN.search(reading):  # "niiike": doubled letters count as one on both sides
            yield from self._whole.get(_RUN.sub(r"\1", reading), ())

    def _whole_terms(self, form: str) -> Iterator[str]:
        return (term for term in self._whole.get(form, ()) if form.startswith(_whole(term)))

    def _joined(self, words: Sequence[_Word]) -> Iterator[Found]:
        """Terms of several words, and words that were taken apart."""
        for kind in range(3):
            joined, cuts, spaces, singles = "", [], False, True
            for count, word in enumerate(words):
                if count:
                    cuts.append(len(joined))
                    spaces = spaces or word.after_space
                piece = (word.plain, *word.seen)[kind].strip(_AROUND)
                joined += piece
                singles = singles and len(piece) == 1
                if len(joined) > self._longest:
                    break
                if not count:
                    continue
                for form in dict.fromkeys((joined, joined.translate(_AS_I), joined.translate(_AS_L))):
                    for term in self._whole_terms(form):
                        # Apart by more than spaces, letter by letter, or as the term itself is.
                        if not spaces or (singles and count > 1) or tuple(cuts) == self._cuts[term]:
                            yield Found(term, words[0].start, word.end)

    def _inflections(self, reading: str) -> Iterator[str]:
        for stem in self._stems_of(reading):
            yield from self._stems.get(stem, ())

    def _stems_of(self, word: str) -> list[str]:
        return [f"{each}:{languages.stem(word, language=each)}" for each in self._languages]

    def _masked(self, word: _Word) -> Iterator[str]:
        for seen in dict.fromkeys((word.plain, *word.seen)):
            letters = "".join("." if letter in MASKS else re.escape(letter) for letter in seen)
            pattern = re.compile(letters)
            shown = sum(letter not in MASKS for letter in seen)
            for form, terms in self._whole.items():
                if len(form) >= _LEAST_MASKED and 2 * shown >= len(form) and pattern.fullmatch(form):
                    yield from (term for term in terms if form.startswith(_whole(term)))

    def _unspaced(self, text: str) -> Iterator[Found]:
        if not self._within:
            return
        letters, places = "", []
        for place, letter in enumerate(text):
            for folded in _folded(letter):
                if folded.isalnum():
                    letters += folded
                    places.append(place)
        for term, whole in self._within.items():
            at = letters.find(whole)
            if at >= 0:
                yield Found(term, places[at], places[at + len(whole) - 1] + 1)


def _readings(word: _Word) -> tuple[str, ...]:
    """As it is written, and as it is meant."""
    readings = [word.plain, *word.seen]
    if any(map(str.isalpha, word.plain)):  # a number is a number
        readings += [each.translate(table) for each in readings[:3] for table in (_AS_I, _AS_L)]
        inside = [each.strip(_AROUND) for each in readings[:3]]
        readings += [*inside, *(each.translate(table) for each in inside for table in (_AS_I, _AS_L))]
    return tuple(dict.fromkeys(readings))


def _words(text: str) -> list[_Word]:
    """The words, with where each stands."""
    words: list[_Word] = []
    run: list[tuple[int, str, str]] = []
    spaced = False  # since the last word
    for place, letter in enumerate([*text, " "]):
        folded = _folded(letter)
        if not folded.strip() and _is_dropped(letter):
            continue  # it can't be seen, so it sets nothing apart
        if any(map(str.isalnum, folded)) or folded in _IN_WORDS:
            run.append((place, letter, folded))
            continue
        if any(any(map(str.isalnum, each)) for _, _, each in run):
            words.append(_word(run, after_space=spaced))
            spaced = False
        spaced = spaced or letter.isspace()
        run = []
    return words


def _word(run: Sequence[tuple[int, str, str]], *, after_space: bool) -> _Word:
    plain = "".join(folded for _, _, folded in run)
    capitals = "".join(_seen(letter) for _, letter, _ in run)
    small = "".join("".join(map(_looks_like, folded)) for _, _, folded in run)
    return _Word(plain, (capitals, small), run[0][0], run[-1][0] + 1, after_space)


def _seen(letter: str) -> str:
    """As a capital looks, which its small letter may not: Greek Ν is N, and ν is v."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", letter) if not _is_dropped(each))
    return "".join(map(_looks_like, bare)).casefold()


def _folded(letter: str) -> str:
    """Without case, accents and other forms of the same letter; empty for what can't be seen."""
    compatible = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", letter).casefold())
    bare = "".join(each for each in compatible if not _is_dropped(each))
    return "".join(filter(str.isalnum, bare)) if letter.isalnum() else bare  # Ŀ is L·


def _is_dropped(letter: str) -> bool:
    return unicodedata.category(letter) in _DROPPED or letter in _BLANK


def _is_unspaced(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_UNSPACED)


@lru_cache(maxsize=4096)
def _looks_like(letter: str) -> str:
    """The Latin letter that it can be taken for, if it is none."""
    if letter.isascii():
        return letter
    for written in (letter, letter.upper()):  # Unicode has Cyrillic К beside K, and к beside no Latin letter
        for alike in confusables_data.get(written, ()):
            if len(alike["c"]) == 1 and alike["c"].isascii() and alike["c"].isalpha():
                return str(alike["c"])
    return letter


@lru_cache(maxsize=4096)
def _whole(term: str) -> str:
    return "".join(word.plain for word in _words(term))
