"""Text that comes from outside, made fit to be shown: names in files, in certificates, in manifests. Pure.

What nobody sees can change what everybody reads: marks that turn the reading direction, letters without
width, control characters. They go, but where a script or an emoji needs them to look right.
"""

import re
import unicodedata

LONGEST_LINE = 200
# Control characters, marks of format and direction, halves of surrogates, private and unassigned letters,
# separators of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters and marks by category that show nothing all the same.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
ENDS = " \u200c\u200d"  # what a text that was cut must not end in
_KEPT = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d")
# Scripts in which a joiner changes the form of the letters beside it.
_JOINING = {
    *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA"),
    *("TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE"),
}
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_BLACK_FLAG = "\U0001f3f4"  # the flags of England, Scotland and Wales are spelt after it


def neutral(text: str, *, mark: str = "") -> str:
    """The text without what nobody sees, of which each leaves a `mark`; lines stay lines.

    >>> neutral("invoice\u202egpj.exe")
    'invoicegpj.exe'
    """
    text = text.encode("utf-8", "replace").decode()
    return "".join(
        letter if _shows(text, place, letter) else mark if unicodedata.category(letter) in _HIDDEN else ""
        for place, letter in enumerate(text)
    )


def line(text: str, *, longest: int = LONGEST_LINE, mark: str = "") -> str:
    """The same in one line, which is cut where it is longer.

    >>> line("OpenAI\u200b\\n  Media")
    'OpenAI Media'
    """
    words = " ".join(neutral(re.sub(r"\s", " ", text), mark=mark).split())
    return words if len(words) <= longest else words[: longest - 1].rstrip(ENDS) + "…"


def _shows(text: str, place: int, letter: str) -> bool:
    if letter.isascii():
        return letter in _KEPT or letter.isprintable()
    before = text[place - 1] if place else ""
    if letter in _JOINERS:
        return _joins(text, place)
    if letter in _SELECTORS:  # asks for another picture of the one before it, once
        return before.isprintable() and not before.isspace() and before not in {"", *_INVISIBLE, *_SELECTORS}
    if "\U000e0020" <= letter <= "\U000e007f":
        return before == _BLACK_FLAG or (
            "\U000e0020" <= before <= "\U000e007e" and _BLACK_FLAG in text[max(0, place - 6) : place]
        )
    return letter not in _INVISIBLE and unicodedata.category(letter) not in _HIDDEN


def _joins(text: str, place: int) -> bool:
    """Whether the joiner stands between two letters of a script that knows it, or two emoji."""
    before = place - 1
    while before >= 0 and (unicodedata.category(text[before]) in ("Mn", "Mc", "Sk")):
        before -= 1
    if before < 0 or place + 1 >= len(text):
        return False
    one, other = text[before], text[place + 1]
    if text[place] == "\u200d" and _is_emoji(one) and _is_emoji(other):
        return True
    return _script(one) in _JOINING and _script(one) == _script(other)


def _is_emoji(letter: str) -> bool:
    return letter > "\u2000" and letter not in _INVISIBLE and unicodedata.category(letter) == "So"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
