"""Text that comes from outside, made fit to be shown: names in files, in certificates, in manifests. Pure.

What nobody sees can change what everybody reads: marks that turn the reading direction, letters without
width, control characters. They go, but where a script or an emoji needs them to look right.
"""

import re
import unicodedata

LONGEST_LINE = 200
LONGEST_LETTER = 40  # code points that one picture of an emoji, or a letter with its marks, may take
_SKIN = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_FLAG = frozenset(map(chr, range(0x1F1E6, 0x1F200)))  # two of them are a country's
_VIRAMA = 9  # the combining class of what joins two Indic letters
# Control characters, marks of format and direction, halves of surrogates, private and unassigned letters,
# separators of lines and paragraphs.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# Letters and marks by category that show nothing all the same.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
ENDS = " \u200c\u200d\u180e"  # what a text that was cut must not end in
_KEPT = frozenset("\n\t")
_QUOTATION_MARKS = re.compile('["\u00ab\u00bb\u201c-\u201f\u275d\u275e\u276e\u276f\u301d-\u301f\uff02]')
JOINERS = frozenset("\u200c\u200d\u180e")  # the last one Mongolian's own, before a vowel that stands apart
# Scripts in which a joiner changes the form of the letters beside it.
_JOINING = {
    *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA"),
    *("ADLAM", "MANDAIC", "MANICHAEAN", "SOGDIAN", "PHAGS-PA", "HANIFI"),
    *("TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE"),
}
_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
# Of what counts as printable all that needs a look at its neighbours, or shows nothing.
_TO_BE_LOOKED_AT = re.compile(f"[\ufe00-\ufe0f\U000e0100-\U000e01ef{''.join(_INVISIBLE)}]")
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
        letter if _shows(text, place, letter) else mark if unicodedata.category(letter) in _HIDDEN else ""
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
    return text[: end if whole - end < LONGEST_LETTER else whole].rstrip(ENDS) + mark


def _shows(text: str, place: int, letter: str) -> bool:
    if letter.isascii():
        return letter in _KEPT or letter.isprintable()
    before = text[place - 1] if place else ""
    if letter in JOINERS:
        return _joins(text, place)
    if letter in _SELECTORS:  # asks for another picture of the one before it, once
        return before.isprintable() and not before.isspace() and before not in {"", *_INVISIBLE, *_SELECTORS}
    if "\U000e0020" <= letter <= "\U000e007f":
        return before == _BLACK_FLAG or (
            "\U000e0020" <= before <= "\U000e007e" and _BLACK_FLAG in text[max(0, place - 6) : place]
        )
    return letter not in _INVISIBLE and unicodedata.category(letter) not in _HIDDEN


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    letter, before = text[place], text[place - 1]
    if unicodedata.category(letter) in ("Mn", "Mc", "Me") or letter in JOINERS | _SKIN:
        return True
    if before == "\u200d" or "\U000e0020" <= letter <= "\U000e007f":
        return True
    if unicodedata.combining(before) == _VIRAMA and letter.isalpha():
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
    if before < 0 or place + 1 >= len(text):
        return False
    one, other = text[before], text[place + 1]
    if text[place] == "\u200d" and _is_emoji(one) and _is_emoji(other):
        return True
    if text[place] == "\u180e" and _script(one) != "MONGOLIAN":
        return False
    # Persian's sign for the Hijri year is a heh in the form that it has before another letter: "ه\u200d."
    if text[place] == "\u200d" and one == "\u0647" and unicodedata.category(other)[0] in "PN":
        return True
    return _script(one) in _JOINING and _script(one) == _script(other)


def _is_emoji(letter: str) -> bool:
    return letter > "\u2000" and letter not in _INVISIBLE and unicodedata.category(letter) == "So"


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
