"""What single code points are, beyond what Python's tables know: they are of one release of Unicode. Pure."""

import unicodedata
from bisect import bisect_right

VIRAMA = 9  # the combining class of what joins two Indic letters
# Control characters, marks of format and direction, halves of surrogates, private letters, separators of
# lines and paragraphs. What is unassigned is a letter or an emoji of a later Unicode than Python's.
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters and marks by category that show nothing all the same.
INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Marks of format that are seen: signs that stand over or under the numbers behind them.
_VISIBLE = frozenset("\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd") | set(
    map(chr, range(0x600, 0x606))
)
# Unassigned, and never to be shown: Unicode's Default_Ignorable_Code_Point.
_NEVER_SHOWN = ((0x2065, 0x2065), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF))
_NO_CHARACTERS = (0xFDD0, 0xFDEF)  # besides the last two of each plane

# Scripts in which a joiner changes the form of the letters beside it, by the first word of their letters'
# names: those whose letters take the form of their place in a word,
_CURSIVE = {
    *("ARABIC", "SYRIAC", "MONGOLIAN", "NKO", "ADLAM", "MANDAIC", "MANICHAEAN", "SOGDIAN", "PHAGS-PA"),
    *("HANIFI", "CHORASMIAN", "PSALTER", "OLD UYGHUR"),
}
# and those in which a virama joins them.
_INDIC = {
    *("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM"),
    *("SINHALA", "KHMER", "MYANMAR", "TIBETAN", "BALINESE", "JAVANESE", "SUNDANESE", "GRANTHA", "NEWA"),
    *("BRAHMI", "KAITHI", "CHAKMA", "SHARADA", "KHUDAWADI", "TIRHUTA", "SIDDHAM", "MODI", "TAKRI", "DOGRA"),
    *("BHAIKSUKI", "NANDINAGARI", "SAURASHTRA", "MEETEI", "TAI", "REJANG", "LEPCHA", "KHOJKI", "KHAROSHTHI"),
    *("GUNJALA", "MASARAM", "MAHAJANI", "SOYOMBO", "ZANABAZAR", "DIVES", "MULTANI", "SYLOTI", "LIMBU"),
    *("KAWI", "TULU-TIGALARI"),
}
JOINING = _CURSIVE | _INDIC
# Where these stand, whatever release of Unicode Python knows.
_LATER = ((0x11380, 0x113FF, "TULU-TIGALARI"), (0x11F00, 0x11F5F, "KAWI"))
_HIEROGLYPHS = ((0x13000, 0x1342F), (0x13440, 0x13455), (0x13460, 0x143FF))
QUADRATS = frozenset(map(chr, range(0x13430, 0x13440)))  # which put hieroglyphs beside and over one another

# Unicode's Extended_Pictographic: what may be a part of an emoji, today or later.
_PICTOGRAPHIC = (
    *((0xA9, 0xA9), (0xAE, 0xAE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122), (0x2139, 0x2139)),
    *((0x2194, 0x2199), (0x21A9, 0x21AA), (0x231A, 0x231B), (0x2328, 0x2328), (0x2388, 0x2388)),
    *((0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x24C2, 0x24C2), (0x25AA, 0x25AB)),
    *((0x25B6, 0x25B6), (0x25C0, 0x25C0), (0x25FB, 0x25FE), (0x2600, 0x2605), (0x2607, 0x2612)),
    *((0x2614, 0x2685), (0x2690, 0x2705), (0x2708, 0x2712), (0x2714, 0x2714), (0x2716, 0x2716)),
    *((0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728), (0x2733, 0x2734), (0x2744, 0x2744)),
    *((0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757)),
    *((0x2763, 0x2767), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF)),
    *((0x2934, 0x2935), (0x2B05, 0x2B07), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55)),
    *((0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3297), (0x3299, 0x3299), (0x1F000, 0x1F0FF)),
    *((0x1F10D, 0x1F10F), (0x1F12F, 0x1F12F), (0x1F16C, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E)),
    *((0x1F191, 0x1F19A), (0x1F1AD, 0x1F1E5), (0x1F201, 0x1F20F), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F)),
    *((0x1F232, 0x1F23A), (0x1F23C, 0x1F23F), (0x1F249, 0x1F3FA), (0x1F400, 0x1F53D), (0x1F546, 0x1F64F)),
    *((0x1F680, 0x1F6FF), (0x1F774, 0x1F77F), (0x1F7D5, 0x1F7FF), (0x1F80C, 0x1F80F), (0x1F848, 0x1F84F)),
    *((0x1F85A, 0x1F85F), (0x1F888, 0x1F88F), (0x1F8AE, 0x1F8FF), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945)),
    *((0x1F947, 0x1FAFF), (0x1FC00, 0x1FFFD)),
)
_BEGINNINGS = [first for first, _ in _PICTOGRAPHIC]


def is_hidden(letter: str) -> bool:
    """Whether nobody sees it, or nobody can know what they see."""
    category = unicodedata.category(letter)
    if category == "Cn":
        return is_no_character(letter) or _is_in(letter, _NEVER_SHOWN)
    return category in _HIDDEN and letter not in _VISIBLE


def is_no_character(letter: str) -> bool:
    """Whether Unicode promises that it never will be one."""
    return ord(letter) & 0xFFFE == 0xFFFE or _is_in(letter, (_NO_CHARACTERS,))


def is_unassigned(letter: str) -> bool:
    """Whether it is a letter, a mark or an emoji of a later Unicode, as far as Python can know."""
    return unicodedata.category(letter) == "Cn" and not is_hidden(letter)


def is_pictographic(letter: str) -> bool:
    place = bisect_right(_BEGINNINGS, ord(letter)) - 1
    return place >= 0 and ord(letter) <= _PICTOGRAPHIC[place][1]


def is_hieroglyph(letter: str) -> bool:
    return _is_in(letter, _HIEROGLYPHS)


def script(letter: str) -> str:
    """Its script as Unicode's names begin: "DEVANAGARI", "OLD UYGHUR"."""
    words = unicodedata.name(letter, "").split()
    if not words:
        return next((name for first, last, name in _LATER if first <= ord(letter) <= last), "")
    return " ".join(words[:2]) if words[0] == "OLD" else words[0]


def _is_in(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(letter) <= last for first, last in ranges)
