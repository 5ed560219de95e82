"""What a match means on the frame that it is found on (calibration), read from the index without a model."""

from collections.abc import Collection
from uuid import UUID

import numpy as np
from pgvector import HalfVector
from pgvector.django import MaxInnerProduct

from dam.search import calibration, null_queries
from dam.search.calibration import Chance
from dam.search.models import Embedding, EncoderIndex, Scope


def of(versions: Collection[UUID], *, encoder: EncoderIndex, vector: tuple[float, ...]) -> dict[UUID, Chance]:
    """For each version, by the frame that fits `vector` best.

    Empty where no worker has written down yet what the null queries mean to the encoder.
    """
    null = null_queries.of(encoder.identity)
    if null is None or not versions:
        return {}
    frames = Embedding.objects.filter(encoder=encoder, scope=Scope.FRAME, version_id__in=versions)
    best = list(
        frames.annotate(behind=MaxInnerProduct("vector", HalfVector(list(vector))))
        .order_by("version_id", "behind")
        .distinct("version_id")
        .values_list("version_id", "vector")
    )
    if not best:
        return {}
    vectors = np.array([vector for _, vector in best], np.float32)
    return dict(zip((version for version, _ in best), calibration.chances(vectors, null), strict=True))
