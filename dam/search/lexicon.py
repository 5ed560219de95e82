"""The words that occur in a brand's documents: for beginnings of words and words spelled alike.

Writers never wait for one another here, and so can't lock each other out: what two add at once is in twice
until it is tidied, and a row that somebody else holds is passed over. How often a word was met is kept as a
magnitude, which goes up by one with a chance that halves each time (Morris, CACM 1978): a word that is in
every document is written seldom.
"""

import random
from collections.abc import Collection, Iterable, Mapping

from django.db.models import F

from dam.search.models import LexiconWord

MOST_AT_ONCE = 5000
_HIGHEST = 40


def learn(words: Mapping[int, Collection[str]], *, chance: random.Random | None = None) -> None:
    """Take in the words of documents, by brand."""
    chance = chance or random.Random()
    for brand_id, all_words in words.items():
        ordered = sorted(all_words)
        for start in range(0, len(ordered), MOST_AT_ONCE):
            _learn(brand_id, ordered[start : start + MOST_AT_ONCE], chance)


def _learn(brand_id: int, words: Collection[str], chance: random.Random) -> None:
    known = dict(LexiconWord.objects.filter(brand=brand_id, text__in=words).values_list("text", "magnitude"))
    LexiconWord.objects.bulk_create(
        LexiconWord(brand_id=brand_id, text=word, spelled=_is_spelled(word))
        for word in words
        if word not in known
    )
    _raise(brand_id, [word for word, magnitude in known.items() if _goes_up(magnitude, chance)])


def _goes_up(magnitude: int, chance: random.Random) -> bool:
    return magnitude < _HIGHEST and chance.random() < 0.5**magnitude


def _raise(brand_id: int, words: Iterable[str]) -> None:
    chosen = list(words)
    if not chosen:
        return
    free = LexiconWord.objects.filter(brand=brand_id, text__in=chosen).select_for_update(skip_locked=True)
    keys = list(free.values_list("pk", flat=True))
    LexiconWord.objects.filter(pk__in=keys).update(magnitude=F("magnitude") + 1)


def _is_spelled(word: str) -> bool:
    return len(word) > 2 and word.isalpha()
