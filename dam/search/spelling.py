"""How far two words are apart in letters. Pure."""

from collections.abc import Iterator

from dam.search import writing
from dam.search.writing import Script

_ALPHABETS = {
    Script.LATIN: "abcdefghijklmnopqrstuvwxyz",
    Script.CYRILLIC: "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ",
    Script.GREEK: "αβγδεζηθικλμνξοπρστυφχψω",
    Script.ARABIC: "ابتثجحخدذرزسشصضطظعغفقكلمنهويء",
    Script.DEVANAGARI: "अआइईउऊऋएऐओऔकखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसहािीुूृेैोौ्ंः",
    Script.TAMIL: "அஆஇஈஉஊஎஏஐஒஓஔகஙசஞடணதநபமயரலவழளறனஜஷஸஹாிீுூெேைொோௌ்",
    Script.HEBREW: "אבגדהוזחטיכלמנסעפצקרשת",
}
_LONGEST = 24  # letters of a word that is looked for misspelt


def slips(word: str) -> Iterator[str]:
    """Every word that one slip away makes of it: a letter left out, doubled, swapped or another."""
    if len(word) > _LONGEST:
        return
    alphabet = _ALPHABETS.get(writing.script(word[0]), "")
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in alphabet:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def is_near(word: str, other: str) -> bool:
    """Whether one may be meant by the other, or its beginning: by one slip, or two in a longer word."""
    slips = 2 if len(word) >= 8 else 1
    ends = {len(other)} if len(word) < 5 else {len(other), len(word), len(word) + 1}
    return any(distance(word, other[:end]) <= slips for end in ends)


def distance(word: str, other: str) -> int:
    """Letters to leave out, put in, replace or swap with their neighbour (Damerau and Levenshtein)."""
    earlier: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(word, 1):
        earlier, before, row = row, earlier, [place]
        for at, its in enumerate(other, 1):
            cost = min(row[-1] + 1, earlier[at] + 1, earlier[at - 1] + (letter != its))
            if min(place, at) > 1 and letter == other[at - 2] and word[place - 2] == its:
                cost = min(cost, before[at - 2] + 1)
            row.append(cost)
    return row[-1]
