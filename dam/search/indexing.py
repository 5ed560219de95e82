"""The step that makes a version findable by what is seen in it: sampled frames become embeddings."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from pgvector import HalfVector

from dam.catalog.models import Version
from dam.core import errors
from dam.media.frames import Frame
from dam.search import encoder_indexes, footage, pooling
from dam.search.encoders.base import Encoder, Vectors
from dam.search.models import Embedding, EncoderIndex
from dam.search.pooling import Looked, Pooled

# Encoders look at 224 to 384 pixels; more would only cost memory.
MAX_SIDE = 448
BATCH = 16


class NothingSeen(errors.Refused):
    """No frame of the version could be decoded."""

    code = "nothing_seen"


def embed(version: Version, *, encoder: Encoder | None = None) -> int:
    """Write the version's embeddings by this encoder, in place of older ones; how many frames it saw.

    Raises NothingSeen, media errors, and card.NoEncoder where none is installed.
    """
    encoder = encoder or installed()
    frames: list[Looked] = []
    vectors: list[Vectors] = []
    with footage.of(version, max_side=MAX_SIDE) as found:
        for batch in ahead(found.frames):
            frames += [Looked(frame.index, frame.time_ms, frame.shot) for frame in batch]
            vectors.append(encoder.encode_frames(np.stack([frame.rgb for frame in batch])))
    if not frames:
        raise NothingSeen("No frames can be decoded.")
    index = encoder_indexes.opened(encoder.identity, dimensions=encoder.dimensions)
    duration_ms = found.shots[-1].end_ms
    pooled = pooling.pool(frames, np.concatenate(vectors), duration_ms=duration_ms, shots=found.shots)
    keep(version, index, pooled)
    return len(frames)


def keep(version: Version, index: EncoderIndex, pooled: Sequence[Pooled]) -> None:
    """Put these in place of what the encoder of this index had seen in the version."""
    rows = [
        Embedding(
            version=version,
            brand_id=version.brand_id,
            encoder=index,
            scope=each.scope,
            shot=each.shot,
            frame=each.frame,
            start_ms=each.start_ms,
            end_ms=each.end_ms,
            vector=HalfVector(each.vector),
        )
        for each in pooled
    ]
    with transaction.atomic():
        # Locked, so that of two that run at once the second replaces what the first wrote.
        Version.objects.select_for_update().get(pk=version.pk)
        Embedding.objects.filter(version=version, encoder=index).delete()
        Embedding.objects.bulk_create(rows)


def behind(*, encoder: str) -> QuerySet[Version]:
    """Latest and released versions that another encoder has looked at and this one has not."""
    embeddings = Embedding.objects.filter(version=OuterRef("pk"))
    shown = Q(latest_of__isnull=False) | Q(released_of__isnull=False)
    versions = Version.objects.filter(shown, asset__trashed_at=None)
    return versions.filter(Exists(embeddings), ~Exists(embeddings.filter(encoder__identity=encoder)))


def installed() -> Encoder:
    """The encoder of settings.ENCODER_MODEL, loaded here: for workers and commands only."""
    from dam.search.encoders import loading  # the web process imports this module, and must not load torch

    return loading.load()


def ahead(frames: Iterator[Frame], *, size: int = BATCH) -> Iterator[list[Frame]]:
    """Frames in batches; the next one is read while the encoder is at work on this one."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(lambda: list(islice(frames, size)))
        while batch := coming.result():
            coming = reader.submit(lambda: list(islice(frames, size)))
            yield batch
