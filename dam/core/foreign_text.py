"""Text that comes from outside, made fit to be shown: names in files, in certificates, in manifests. Pure.

What nobody sees can change what everybody reads: marks that turn the reading direction, letters without
width, control characters. They go, but where a script or an emoji needs them to look right.
"""

import re
import unicodedata

from dam.core import code_points
from dam.core.code_points import INVISIBLE

LONGEST_LINE = 200
LONGEST_LETTER = 40  # code points that one picture of an emoji, or a letter with its marks, may take
_SKIN = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG = frozenset(map(chr, range(0x1F1E6, 0x1F200)))  # two of them are a country's
_ENDS = (" ", "\u200c", "\u200d", "\u180e")  # what a text that was cut must not end in
_KEPT = frozenset("\n\t")
_QUOTATION_MARKS = re.compile('["\u00ab\u00bb\u201c-\u201f\u275d\u275e\u276e\u276f\u301d-\u301f\uff02]')
JOINERS = frozenset("\u200c\u200d\u180e")  # the last one Mongolian's own, before a vowel that stands apart
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
_MONGOLIAN_SELECTORS = frozenset("\u180b\u180c\u180d\u180f")
_UNSEEN = INVISIBLE | _SELECTORS | _MONGOLIAN_SELECTORS
_QUADRATS = "".join(code_points.QUADRATS)
# Of what counts as printable all that needs a look at its neighbours, or shows nothing.
_TO_BE_LOOKED_AT = re.compile(f"[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef{''.join(INVISIBLE)}]")
_BLACK_FLAG = "\U0001f3f4"  # the flags of England, Scotland and Wales are spelt after it


def neutral(text: str, *, mark: str = "") -> str:
    """The text without what nobody sees, of which each leaves a `mark`; lines stay lines.

    >>> neutral("invoice\u202egpj.exe")
    'invoicegpj.exe'
    """
    if text.isprintable() and not _TO_BE_LOOKED_AT.search(text):
        return text  # at once: texts from outside may be long, and letter by letter takes its time
    text = text.encode("utf-8", "replace").decode()
    return "".join(
        letter if _shows(text, place, letter) else mark if code_points.is_hidden(letter) else ""
        for place, letter in enumerate(text)
    )


def line(text: str, *, longest: int = LONGEST_LINE, mark: str = "") -> str:
    """The same in one line, which is cut where it is longer.

    >>> line("OpenAI\u200b\\n  Media")
    'OpenAI Media'
    """
    words = " ".join(neutral(re.sub(r"\s", " ", text), mark=mark).split())
    return cut(words, longest)


def quoted(text: str) -> str:
    """The text between quotation marks, which none of its own can end.

    >>> quoted("Acme”. Verified by “us")
    "“Acme'. Verified by 'us”"
    """
    return f"“{_QUOTATION_MARKS.sub(chr(39), text)}”"


def cut(text: str, longest: int, *, mark: str = "…") -> str:
    """At most so many characters, `mark` included; no letter loses its accents, no emoji its parts.

    >>> cut("a long name", 6)
    'a lon…'
    """
    if len(text) <= longest:
        return text
    end = whole = max(0, longest - len(mark))
    while end and _belongs_to_the_one_before(text, end):
        end -= 1
    # Somebody may have heaped up marks without end; then they are cut.
    return _ended(text[: end if whole - end < LONGEST_LETTER else whole]) + mark


def _ended(text: str) -> str:
    """Without what a text that was cut must not end in."""
    while text.endswith(_ENDS) and not (text.endswith("\u200d") and _joins(text, len(text) - 1)):
        text = text[:-1]
    return text


def is_of_emoji(letter: str) -> bool:
    """Whether it may be a part of an emoji, joiners and selectors aside."""
    return (
        code_points.is_pictographic(letter)
        or letter in _SKIN | _FLAG
        or "\U000e0020" <= letter <= "\U000e007f"
    )


def _shows(text: str, place: int, letter: str) -> bool:
    if letter.isascii():
        return letter in _KEPT or letter.isprintable()
    before = text[place - 1] if place else ""
    if letter in JOINERS:
        return _joins(text, place)
    if letter in _MONGOLIAN_SELECTORS:
        return bool(before) and before not in _UNSEEN and code_points.script(before) == "MONGOLIAN"
    if letter in code_points.QUADRATS:
        return _is_among_hieroglyphs(text, place)
    if letter in _SELECTORS:  # asks for another picture of the one before it, once
        return _is_seen(before)
    if "\U000e0020" <= letter <= "\U000e007f":
        return before == _BLACK_FLAG or (
            "\U000e0020" <= before <= "\U000e007e" and _BLACK_FLAG in text[max(0, place - 6) : place]
        )
    return letter not in INVISIBLE and not code_points.is_hidden(letter)


def _is_seen(letter: str) -> bool:
    """Whether this, or nothing, is something whose picture may be chosen."""
    if not letter or letter in _UNSEEN or letter.isspace():
        return False
    return letter.isprintable() or code_points.is_unassigned(letter)


def _is_among_hieroglyphs(text: str, place: int) -> bool:
    """Whether one stands before or behind it, with others of its kind alone between."""
    bare = (
        text[max(0, place - 8) : place].rstrip(_QUADRATS)[-1:],
        text[place : place + 8].lstrip(_QUADRATS)[:1],
    )
    return any(each and code_points.is_hieroglyph(each) for each in bare)


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    letter, before = text[place], text[place - 1]
    if unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in JOINERS | _SKIN:
        return True
    if before == "\u200d" and unicodedata.category(letter)[0] not in "PZ":
        return True
    if "\U000e0020" <= letter <= "\U000e007f":
        return True
    if unicodedata.combining(before) == code_points.VIRAMA and letter.isalpha():
        return True
    flags = 0
    while letter in _FLAG and flags < place and text[place - 1 - flags] in _FLAG:
        flags += 1
    return flags % 2 == 1


def _joins(text: str, place: int) -> bool:
    """Whether the joiner stands between two letters of a script that knows it, or two emoji."""
    before = place - 1
    while before >= 0 and (unicodedata.category(text[before]) in ("Mn", "Mc", "Sk")):
        before -= 1
    if before < 0:
        return False
    one, other, zwj = text[before], text[place + 1 : place + 2], text[place] == "\u200d"
    script = code_points.script(one)
    if zwj and script in code_points.JOINING:
        # Half a letter, a chillu, a khanda ta: after a virama it shows, at the end of a word as well.
        last = text[place - 1]
        if unicodedata.combining(last) == code_points.VIRAMA and code_points.script(last) == script:
            return True
        # Persian's sign for the Hijri year is a heh in the form that it has before another: "ه\u200d."
        if one == "\u0647" and (not other or unicodedata.category(other)[0] in "PNZ"):
            return True
    if not other:
        return False
    if zwj and code_points.is_pictographic(one) and code_points.is_pictographic(other):
        return True
    if text[place] == "\u180e" and script != "MONGOLIAN":
        return False
    return script in code_points.JOINING and script == code_points.script(other)
