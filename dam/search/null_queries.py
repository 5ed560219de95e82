"""Queries for this and that, which say what a picture scores by chance (calibration), by each encoder.

A worker has the encoder, and writes their vectors down once; the web process reads them.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from dam.search.calibration import LEAST_QUERIES, Queries
from dam.search.encoders.base import Encoder
from dam.search.models import NullQueries

FILE = Path(__file__).parent / "encoders" / "null_queries.txt"
_known: dict[str, Queries] = {}


@lru_cache(maxsize=1)
def texts() -> tuple[str, ...]:
    return tuple(line for line in FILE.read_text(encoding="utf-8").splitlines() if line)


@lru_cache(maxsize=1)
def revision() -> str:
    return hashlib.sha256("\n".join(texts()).encode()).hexdigest()[:8]


def prepare(encoder: Encoder) -> None:
    """Write down what the queries mean to this encoder, unless that is done. Takes seconds."""
    if NullQueries.objects.filter(encoder=encoder.identity, revision=revision()).exists():
        return
    vectors = encode(encoder)
    NullQueries.objects.update_or_create(
        encoder=encoder.identity,
        defaults={
            "revision": revision(),
            "count": len(vectors),
            "vectors": vectors.astype(np.float32).tobytes(),
        },
    )


def encode(encoder: Encoder) -> Queries:
    """What the queries mean to an encoder, those alone of which it knows every word."""
    rows = []
    for text in texts():
        meaning = encoder.understand(text)
        if meaning.vector is not None and not meaning.unknown_words:
            vector = meaning.steepness * np.array(meaning.vector)
            rows.append([*vector, -meaning.steepness * meaning.level])
    return np.array(rows, np.float32) if rows else np.empty((0, encoder.dimensions + 1), np.float32)


def of(encoder: str) -> Queries | None:
    """The queries as the encoder with this identity understands them; None where they are too few, or no
    worker has written them yet."""
    if encoder not in _known:
        row = NullQueries.objects.filter(encoder=encoder, revision=revision()).first()
        if row is None:
            return None
        _known.clear()  # one at a time
        width = len(row.vectors) // 4 // row.count if row.count else 0
        _known[encoder] = np.frombuffer(row.vectors, np.float32).reshape(row.count, width)
    queries = _known[encoder]
    return queries if len(queries) >= LEAST_QUERIES else None
