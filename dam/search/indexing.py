"""The step that makes a version findable by what is seen in it: sampled frames become embeddings."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np
from django.db import transaction
from pgvector import HalfVector

from dam.catalog import versions
from dam.catalog.models import Version
from dam.core import errors
from dam.media import colours
from dam.media.frames import Frame
from dam.media.runner import Told
from dam.search import encoder_indexes, footage, pooling, prompt_meanings
from dam.search.encoders import model_card
from dam.search.encoders.base import Encoder, Vectors
from dam.search.models import Embedding, EncoderIndex
from dam.search.pooling import Looked, Pooled

# Encoders look at 224 to 384 pixels; more would only cost memory.
MAX_SIDE = 448
BATCH = 16


class NothingSeen(errors.Refused):
    """No frame of the version could be decoded."""

    code = "nothing_seen"


def embed(version: Version, *, encoder: Encoder | None = None, told: Told | None = None) -> int:
    """Write the version's embeddings, in place of older ones; how many frames were seen.

    By this encoder, or by those that look at a new version. `told` hears now and then how much is done, 0 to
    1. Raises NothingSeen, media errors, and
    card.NoEncoder where none is installed.
    """
    looking = [encoder] if encoder else encoders()
    frames: list[Looked] = []
    vectors: list[list[Vectors]] = [[] for _ in looking]
    shares = colours.NOTHING
    with footage.of(version, max_side=MAX_SIDE) as found:
        for batch in ahead(found.frames):
            frames += [Looked(frame.index, frame.time_ms, frame.shot) for frame in batch]
            pictures = np.stack([frame.rgb for frame in batch])
            shares = shares + colours.counted(pictures)
            for each, seen in zip(looking, vectors, strict=True):
                seen.append(each.encode_frames(pictures))
            if told is not None:
                told(len(frames) / max(1, len(found.kept)))
    if not frames:
        raise NothingSeen("No frames can be decoded.")
    versions.set_colours(version.pk, colours.named(shares))
    duration_ms = found.shots[-1].end_ms
    for each, seen in zip(looking, vectors, strict=True):
        index = encoder_indexes.opened(each.identity, dimensions=each.dimensions)
        pooled = pooling.pool(frames, np.concatenate(seen), duration_ms=duration_ms, shots=found.shots)
        keep(version, index, pooled)
        prompt_meanings.write([version], encoder=each, index=index)
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
        Version.objects.select_for_update(no_key=True).get(pk=version.pk)
        Embedding.objects.filter(version=version, encoder=index).delete()
        Embedding.objects.bulk_create(rows)


def encoders() -> list[Encoder]:
    """Those that look at a new version: the one that searches ask, and the one installed to follow it."""
    serving = known_as(encoder_indexes.serving()[1].identity)
    following = installed()
    if serving.identity != following.identity:
        return [serving, following]
    from dam.search.encoders import loading

    loading.keep_only(following.identity)
    return [following]


def known_as(identity: str) -> Encoder:
    """The encoder with this identity, if its model is here; else the installed one."""
    from dam.search.encoders import loading

    index = encoder_indexes.find(identity)
    card = encoder_indexes.card_of(index) if index else None
    return installed() if card is None or card == model_card.current() else loading.load(card)


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
