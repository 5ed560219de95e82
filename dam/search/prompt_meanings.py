"""What prompts mean: texts held against texts by the encoder's text side. For workers.

The same inner product means much beside one prompt and little beside another, as with pictures
(dam.search.calibration). So of each prompt, and of what is searched for, is kept what the null queries score
on it: two texts are judged by how far their inner product stands above chance on either side.
"""

from collections.abc import Sequence

import numpy as np
from django.db import transaction
from numpy.typing import NDArray
from pgvector import HalfVector

from dam.catalog.models import Version
from dam.search import null_queries, query_embedding
from dam.search.calibration import LEAST_QUERIES
from dam.search.encoders.base import Encoder, TextEmbedding, Vectors
from dam.search.models import EncoderIndex, PromptMeaning

# Of an encoder that knows too few of the null queries: 0.8 is then likely, 0.91 strong (similar_prompts).
TAKEN_AT_ITS_WORD = (0.594, 0.0625)
LEAST_SPREAD = 0.02
_known: dict[str, Vectors] = {}  # the null queries by the encoder's identity


def write(versions: Sequence[Version], *, encoder: Encoder, index: EncoderIndex) -> None:
    """Put what the prompts of these versions mean in place of what the encoder of this index had read."""
    prompted = [version for version in versions if version.prompt.strip()]
    if not prompted:
        return
    vectors = encoder.encode_sentences([query_embedding.normalised(each.prompt) for each in prompted])
    levels, spreads = _by_chance(vectors, encoder)
    rows = [
        PromptMeaning(
            version=version,
            brand_id=version.brand_id,
            encoder=index,
            level=float(level),
            spread=float(spread),
            vector=HalfVector(vector),
        )
        for version, vector, level, spread in zip(prompted, vectors, levels, spreads, strict=True)
        if vector.any()
    ]
    keys = [version.pk for version in prompted]
    with transaction.atomic():
        # Locked in one order: of two that run at once the second replaces what the first wrote.
        locked = Version.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk")
        there = set(locked.values_list("pk", flat=True))
        PromptMeaning.objects.filter(encoder=index, version_id__in=keys).delete()
        PromptMeaning.objects.bulk_create([row for row in rows if row.version_id in there])


def question(text: str, *, encoder: Encoder) -> TextEmbedding:
    """A text to hold prompts against: `steepness` and `level` turn an inner product into deviations."""
    vectors = encoder.encode_sentences([query_embedding.normalised(text)])
    if not vectors.any():
        return TextEmbedding(vector=None)
    (level,), (spread,) = _by_chance(vectors, encoder)
    vector = tuple(float(value) for value in vectors[0])
    return TextEmbedding(vector=vector, steepness=1 / float(spread), level=float(level))


def answer(text: str, *, encoder: Encoder) -> None:
    """Leave what a text means as a prompt where the askers look."""
    query_embedding.leave(place(text, encoder=encoder.identity), question(text, encoder=encoder))


def place(text: str, *, encoder: str) -> str:
    words = query_embedding.normalised(text)
    return query_embedding.place(words, encoder=encoder, kind=query_embedding.PROMPTS)


def _by_chance(vectors: Vectors, encoder: Encoder) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of what other texts score, for each of these."""
    null = _null(encoder)
    if len(null) < LEAST_QUERIES:
        level, spread = (np.full(len(vectors), value, np.float32) for value in TAKEN_AT_ITS_WORD)
        return level, spread
    scores = vectors @ null.T
    return scores.mean(axis=1), np.maximum(scores.std(axis=1), LEAST_SPREAD)


def _null(encoder: Encoder) -> Vectors:
    """The null queries of which the encoder knows a word: [N, D]."""
    if encoder.identity not in _known:
        vectors = encoder.encode_sentences(list(null_queries.texts()))
        _known[encoder.identity] = vectors[vectors.any(axis=1)]
    return _known[encoder.identity]
