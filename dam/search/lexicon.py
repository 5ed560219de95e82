"""The words that occur in a brand's documents: for beginnings of words and words spelled alike.

Writers never wait for one another here, and so can't lock each other out: what two add at once is in twice
until it is tidied, and a row that somebody else holds is passed over. How often a word was met is kept as a
magnitude, which goes up by one with a chance that halves each time (Morris, CACM 1978): a word that is in
every document is written seldom.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection
from django.db.models import F

from dam.search import spelling, writing
from dam.search.models import LexiconWord

MOST_AT_ONCE = 5000
MOST_COMPLETIONS = 40
MOST_ALIKE = 60
TIDIED_AT_ONCE = 500
_HIGHEST = 40

# Compared by code points, as the index is ordered: what begins so lies between it and the last letter.
_COMPLETIONS = """
    SELECT wanted.word, found.text FROM unnest(%s::text[]) AS wanted (word) CROSS JOIN LATERAL (
        SELECT text FROM dam_lexiconword
        WHERE brand_id = %s AND text ~>=~ word AND text ~<~ (word || U&'\\+10FFFF')
        ORDER BY magnitude DESC, text LIMIT %s
    ) AS found
"""
_ALIKE = """
    SELECT wanted.word, found.text FROM unnest(%s::text[]) AS wanted (word) CROSS JOIN LATERAL (
        SELECT text FROM dam_lexiconword
        WHERE brand_id = %s AND spelled AND (text %% word OR text LIKE '%%' || word || '%%')
        ORDER BY similarity(text, word) DESC, text LIMIT %s
    ) AS found
"""

_TIDY = """
    DELETE FROM dam_lexiconword AS word USING (
        SELECT id, brand_id, text FROM dam_lexiconword WHERE id >= %s ORDER BY id LIMIT %s
    ) AS chosen WHERE word.id = chosen.id AND (
        EXISTS (
            SELECT FROM dam_lexiconword AS other
            WHERE other.brand_id = chosen.brand_id AND other.text = chosen.text AND other.id < chosen.id
        ) OR NOT EXISTS (
            SELECT FROM dam_searchdocument
            WHERE scopes && ARRAY[chosen.brand_id << 30, chosen.brand_id << 30 | 1]
            AND words @@ format('%%L | %%L', chosen.text, '!' || chosen.text)::tsquery
        )
    )
"""


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
    return len(word) > 2 and all(each.isalpha() or writing.is_mark(each) for each in word)


def completions(brand_id: int, beginnings: Sequence[str]) -> dict[str, list[str]]:
    """The words that begin so, the most used first, by beginning; in one query."""
    return _words(_COMPLETIONS, beginnings, [brand_id, MOST_COMPLETIONS])


def alike(brand_id: int, words: Sequence[str]) -> dict[str, list[str]]:
    """Words that are spelled like these or hold them in their middle, the likest first; in two queries."""
    slips = {slip: word for word in words for slip in spelling.slips(word)}
    found: dict[str, set[str]] = defaultdict(set)
    known = LexiconWord.objects.filter(brand=brand_id, text__in=list(slips)).values_list("text", flat=True)
    for text in known:
        found[slips[text]].add(text)
    for word, texts in _words(_ALIKE, words, [brand_id, MOST_ALIKE]).items():
        found[word].update(text for text in texts if word in text or spelling.is_near(word, text))
    return {
        word: sorted(texts - {word}, key=lambda text: (spelling.distance(word, text), text))[
            :MOST_COMPLETIONS
        ]
        for word, texts in found.items()
    }


def _words(sql: str, words: Sequence[str], parameters: Sequence[int]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if words:
        with connection.cursor() as cursor:
            cursor.execute(sql, [list(words), *parameters])
            for word, text in cursor.fetchall():
                if text not in found.setdefault(word, []):
                    found[word].append(text)
    return found


def tidy(*, start: int | None = None) -> int:
    """Forget what is in twice, and of some words those that no shown document has any more; how many went.

    It looks at a few words each time, from a place by chance or `start`: nothing waits for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM dam_lexiconword")
        first = random.randint(0, cursor.fetchone()[0]) if start is None else start
        cursor.execute(_TIDY, [first, TIDIED_AT_ONCE])
        return int(cursor.rowcount)
