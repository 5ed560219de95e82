"""Which letters belong together, in any script. Pure.

Most scripts part their words by spaces or signs. Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese
don't, or glue endings on: there a run of letters is searched letter by letter.
"""

import unicodedata
from enum import StrEnum
from functools import lru_cache


class Script(StrEnum):
    LATIN = "latin"
    GREEK = "greek"
    CYRILLIC = "cyrillic"
    ARMENIAN = "armenian"
    HEBREW = "hebrew"
    ARABIC = "arabic"
    DEVANAGARI = "devanagari"
    TAMIL = "tamil"
    HAN = "han"
    KANA = "kana"
    HANGUL = "hangul"
    THAI = "thai"
    LAO = "lao"
    MYANMAR = "myanmar"
    KHMER = "khmer"
    OTHER = "other"


UNSPACED = {Script.HAN, Script.KANA, Script.HANGUL, Script.THAI, Script.LAO, Script.MYANMAR, Script.KHMER}

_RANGES: tuple[tuple[int, int, Script], ...] = (
    (0x0041, 0x024F, Script.LATIN),
    (0x0250, 0x02AF, Script.LATIN),
    (0x0370, 0x03FF, Script.GREEK),
    (0x0400, 0x052F, Script.CYRILLIC),
    (0x0531, 0x058F, Script.ARMENIAN),
    (0x0591, 0x05FF, Script.HEBREW),
    (0x0600, 0x06FF, Script.ARABIC),
    (0x0750, 0x077F, Script.ARABIC),
    (0x08A0, 0x08FF, Script.ARABIC),
    (0x0900, 0x097F, Script.DEVANAGARI),
    (0x0B80, 0x0BFF, Script.TAMIL),
    (0x0E00, 0x0E7F, Script.THAI),
    (0x0E80, 0x0EFF, Script.LAO),
    (0x1000, 0x109F, Script.MYANMAR),
    (0x1100, 0x11FF, Script.HANGUL),
    (0x1780, 0x17FF, Script.KHMER),
    (0x1E00, 0x1EFF, Script.LATIN),
    (0x1F00, 0x1FFF, Script.GREEK),
    (0x2E80, 0x2FDF, Script.HAN),
    (0x3005, 0x3007, Script.HAN),
    (0x3021, 0x303C, Script.HAN),
    (0x3041, 0x30FF, Script.KANA),
    (0x3100, 0x312F, Script.HAN),
    (0x3130, 0x318F, Script.HANGUL),
    (0x31F0, 0x31FF, Script.KANA),
    (0x3400, 0x4DBF, Script.HAN),
    (0x4E00, 0x9FFF, Script.HAN),
    (0xA960, 0xA97F, Script.HANGUL),
    (0xA9E0, 0xA9FF, Script.MYANMAR),
    (0xAA60, 0xAA7F, Script.MYANMAR),
    (0xAC00, 0xD7FF, Script.HANGUL),
    (0xF900, 0xFAFF, Script.HAN),
    (0x1F200, 0x1F200, Script.KANA),
    (0x20000, 0x3FFFF, Script.HAN),
)


@lru_cache(maxsize=4096)
def script(letter: str) -> Script:
    """The script of a letter that NFKC has been through; OTHER for digits and whatever is rare."""
    code = ord(letter)
    if letter.isdecimal():
        return Script.OTHER
    for first, last, name in _RANGES:
        if first <= code <= last:
            return name
    return Script.OTHER


@lru_cache(maxsize=4096)
def is_written(letter: str) -> bool:
    """Letters, digits and the marks on them: what words are made of."""
    return unicodedata.category(letter)[0] in "LNM"


@lru_cache(maxsize=4096)
def is_hidden(letter: str) -> bool:
    """What nobody sees and no word ends at: joiners, marks of direction, selectors, soft hyphens."""
    return unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f" or letter == "\u034f"


@lru_cache(maxsize=4096)
def is_mark(letter: str) -> bool:
    """What stands on the letter before it, voicing marks and later parts of Hangul included."""
    return (
        unicodedata.category(letter)[0] == "M" or letter in "\uff9e\uff9f" or "\u1160" <= letter <= "\u11ff"
    )
