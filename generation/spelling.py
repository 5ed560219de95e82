"""Which known word somebody meant who wrote another form of it, or slipped on the keys. Pure."""

from collections.abc import Container, Iterator, Mapping, Sequence

_ENDINGS = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("ied", "y"),
    ("ly", ""), ("ily", "y"), ("est", ""), ("est", "e"), ("iest", "y"),
    ("'s", ""), ("’s", ""),
)  # fmt: skip
_SHORTEST = 4
"""Letters below which one slip makes any word of any other."""


def forms(word: str) -> Iterator[str]:
    """Words that differ from this one by a grammatical ending, likeliest first."""
    stems = [word, *_stems(word)]
    yield from stems[1:]
    for stem in stems:
        yield f"{stem}s"
        yield f"{stem}ing"
        yield f"{stem}{stem[-1]}ing"
        if stem.endswith("e"):
            yield f"{stem[:-1]}ing"


def _stems(word: str) -> Iterator[str]:
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending) + instead
        if word.endswith(ending) and len(stem) >= 3:
            yield stem
            if not instead and stem[-1] == stem[-2]:  # "spinn-ing"
                yield stem[:-1]


def meant(word: str, known: Mapping[str, Sequence[str]], *, real: Container[str]) -> str | None:
    """The one known word that is a slip away: a letter wrong, missing, doubled or swapped with its neighbour.

    `known` is by first letter, which people get right. Words from eight letters on may hold two slips. Forms
    of a word in `real` are meant as they are written.
    """
    if len(word) < _SHORTEST or any(form in real for form in (word, *_stems(word))):
        return None
    most = 2 if len(word) >= 8 else 1
    near: dict[int, list[str]] = {}
    letters = set(word)
    for other in known.get(word[0], ()):
        if len(other) < _SHORTEST or abs(len(word) - len(other)) > most:
            continue
        if len(letters.symmetric_difference(other)) <= 2 * most:  # cheap, and rules out nearly all
            near.setdefault(slips(word, other), []).append(other)
    nearest = min(near, default=most + 1)
    if nearest > most:
        return None
    first, *others = sorted(near[nearest], key=len)
    return first if all(other.startswith(first) for other in others) else None


def slips(one: str, other: str) -> int:
    """Damerau's distance: single letters changed, left out, put in, or swapped with the next."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one):
        older, before, row = before, row, [i + 1]
        for j, b in enumerate(other):
            row.append(min(before[j] + (a != b), before[j + 1] + 1, row[j] + 1))
            if i and j and a == other[j - 1] and b == one[i - 1]:
                row[-1] = min(row[-1], older[j - 1] + 1)
    return row[-1]
