"""Text taken apart for search: what is typed and what is stored come out the same. Pure.

"Café", "CAFE" and "ｃａｆｅ" are one word; "Straße" is "strasse", "Müller" is also "mueller". Scripts that
don't part words by spaces come out as runs of letters, to be searched by pairs.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from dam.search import writing
from dam.search.writing import Script

LONGEST = 64  # letters of a word: as many as a SHA-256 has digits
_LONGEST_LETTER = 8  # code points of one letter with its marks; somebody may have heaped them up

_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
# Letters that no decomposition takes apart.
_PLAIN = str.maketrans(
    {
        **dict(zip("øđłħıŧŋðĸəʻ", "odlhitndqe", strict=False)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ĳ": "ij",
        "ŀ": "l",
        "ٱ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ە": "ه",
        "ـ": "",
        "ם": "מ",
        "ן": "נ",
        "ץ": "צ",
        "ף": "פ",
        "ך": "כ",
    }
)
# As people spell them who have no such key.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_NUKTA, _CHANDRABINDU, _ANUSVARA = "\u093c", "\u0901", "\u0902"  # the first two are left out as often as set
_BREVE = "\u0306"  # makes another letter of и and у


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of a run with its marks, and where it stands in the text."""

    form: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a run of letters of an unspaced script, and where it stands in the text."""

    forms: tuple[str, ...]  # folded; a second one where it can be spelt out: ("muller", "mueller")
    plain: str  # in small letters with its accents, for a stemmer
    script: Script
    start: int
    end: int
    letters: tuple[Letter, ...] = ()  # of a run alone
    joined: bool = False  # to the token before by a sign without a space: the second word of "blu-ray"

    @property
    def form(self) -> str:
        return self.forms[0]

    @property
    def is_run(self) -> bool:
        return bool(self.letters)


def tokens(text: str) -> list[Token]:
    """The words and runs of a text, in its order."""
    found = [_ascii(match) for match in _ASCII_WORD.finditer(text)] if text.isascii() else [*_tokens(text)]
    return [_linked(text, found[place - 1], token) if place else token for place, token in enumerate(found)]


def fold(text: str) -> str:
    """A text as its words are compared: for names that are compared whole.

    >>> fold("Crème  Brûlée")
    'creme brulee'
    """
    return " ".join(token.form for token in tokens(text))


def _ascii(match: re.Match[str]) -> Token:
    form = match.group().lower()[:LONGEST]
    script = Script.OTHER if form.isdecimal() else Script.LATIN
    return Token((form,), form, script, match.start(), match.end())


def _linked(text: str, before: Token, token: Token) -> Token:
    between = text[before.end : token.start]
    if before.is_run or token.is_run or len(between) != 1 or between.isspace() or between in ",;:!?…":
        return token
    return Token(token.forms, token.plain, token.script, token.start, token.end, joined=True)


def _tokens(text: str) -> Iterator[Token]:
    word: list[Letter] = []
    is_run = False
    for letter in _letters(text):
        if not letter.form:
            if word:
                yield _token(word, is_run)
            word = []
            continue
        unspaced = writing.script(letter.form[0]) in writing.UNSPACED
        if word and unspaced != is_run:
            yield _token(word, is_run)
            word = []
        is_run = unspaced
        word.append(letter)
    if word:
        yield _token(word, is_run)


def _letters(text: str) -> Iterator[Letter]:
    """Each letter of the text in NFKC and small, with its marks; an empty form where a word ends."""
    place = 0
    while place < len(text):
        end = place + 1
        while end < len(text) and (writing.is_mark(text[end]) or writing.is_hidden(text[end])):
            end += 1
        if not writing.is_hidden(text[place]):
            yield from _written(_composed(text[place:end]), place, end)
        place = end


@lru_cache(maxsize=8192)
def _composed(letter: str) -> str:
    seen = "".join(each for each in letter if not writing.is_hidden(each))
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return "".join(str(unicodedata.decimal(each, each)) for each in composed)


def _written(composed: str, start: int, end: int) -> Iterator[Letter]:
    """One letter, or several: NFKC takes ligatures and squared words apart."""
    form = ""
    for each in composed:
        if form and not writing.is_mark(each):
            yield Letter(form, start, end)
            form = ""
        if not writing.is_written(each):
            yield Letter("", start, end)
        elif len(form) < _LONGEST_LETTER:
            form += each
    if form:
        yield Letter(form, start, end)


def _token(letters: list[Letter], is_run: bool) -> Token:
    plain = "".join(letter.form for letter in letters)
    start, end = letters[0].start, letters[-1].end
    if is_run:
        script = _script_of_run(plain)
        return Token((plain,), plain, script, start, end, letters=tuple(letters))
    form, spelt = folded(plain), folded(plain.translate(_SPELT_OUT))
    if _NUKTA in plain or _CHANDRABINDU in plain:  # as it stands in documents of before these were folded
        spelt = plain[:LONGEST]
    forms = (form, spelt) if spelt != form else (form,)
    script = next((found for each in plain if (found := writing.script(each)) != Script.OTHER), Script.OTHER)
    return Token(forms, plain[:LONGEST], script, start, end)


def _script_of_run(run: str) -> Script:
    scripts = {writing.script(each) for each in run} - {Script.OTHER}
    return Script.KANA if Script.KANA in scripts else writing.script(run[0])


@lru_cache(maxsize=65536)
def folded(plain: str) -> str:
    """A word in small letters without accents, where its script has accents: in others marks are vowels."""
    out: list[str] = []
    base = ""
    for each in unicodedata.normalize("NFD", plain):
        if not writing.is_mark(each):
            base = each
            out.append(each)
        elif each == _CHANDRABINDU:
            out.append(_ANUSVARA)
        elif each != _NUKTA and not _is_accent(each, on=base):
            out.append(each)
    without = unicodedata.normalize("NFC", "".join(out)).translate(_PLAIN)
    return (without or plain)[:LONGEST]


def _is_accent(mark: str, *, on: str) -> bool:
    script = writing.script(on) if on else Script.OTHER
    if script is Script.CYRILLIC:
        return mark != _BREVE
    return script in {Script.LATIN, Script.GREEK, Script.HEBREW, Script.ARABIC}
