"""What the words of a search mean to the encoder, asked of a worker: this process loads no model.

The answer is kept for a day. Whoever asks first sends the task; everybody waits for the same answer. Whoever
waits holds no database connection, and only so many wait at once: the rest search by text, and ask again.
"""

import hashlib
import json
from dataclasses import asdict
from threading import BoundedSemaphore

import kombu.exceptions
import redis
from django.core.cache import cache

from dam.core import database, tasks, wire
from dam.search.encoders.base import Encoder, TextEmbedding

DAY = 24 * 3600
# How long one task may be under way before another asker sends it again.
ASKED_SECONDS = 20
PATIENCE_SECONDS = 1.5
# Searches of this process that wait at once: each holds a thread.
WAITERS = 8

_places = BoundedSemaphore(WAITERS)


def ask(text: str, *, encoder: str, patience: float = PATIENCE_SECONDS) -> TextEmbedding | None:
    """The meaning of `text` to the encoder with this identity.

    None if no worker answers in time, or too many wait already.
    """
    try:
        return _ask(text, encoder, patience)
    except (redis.RedisError, kombu.exceptions.OperationalError):
        return None  # the words can be searched without


def _ask(text: str, encoder: str, patience: float) -> TextEmbedding | None:
    key = _key(text, encoder)
    known = cache.get(key)
    if known is not None:
        return _read(known)
    if wire.ask(lambda server: server.set(f"{key}:asked", 1, nx=True, ex=ASKED_SECONDS)):
        # Later nobody waits for it: a worker that was away must not do all that was asked meanwhile.
        tasks.send("index.embed_text", expires=ASKED_SECONDS, text=normalised(text), encoder=encoder)
    if not _places.acquire(blocking=False):
        return None
    try:
        database.release()  # others' pages have it meanwhile
        answer = _wait(f"{key}:answer", patience)
    finally:
        _places.release()
    return None if answer is None else _read(answer)


def _wait(place: str, patience: float) -> bytes | str | None:
    # The answer is moved onto its own list: taken and put back in one step, for others wait too.
    return wire.ask(
        lambda server: server.blmove(place, place, timeout=patience),  # type: ignore[arg-type]
        patience=patience + wire.PATIENCE_SECONDS,
    )


def answer(text: str, *, encoder: Encoder) -> TextEmbedding:
    """Work the meaning out and leave it where the askers look."""
    meaning = encoder.understand(normalised(text))
    written = json.dumps(asdict(meaning))
    key = _key(text, encoder.identity)
    cache.set(key, written, DAY)
    wire.ask(lambda server: _leave(server, key, written))
    return meaning


def _leave(server: redis.Redis, key: str, written: str) -> None:
    pipeline = server.pipeline()
    pipeline.delete(f"{key}:answer", f"{key}:asked")
    pipeline.rpush(f"{key}:answer", written)
    pipeline.expire(f"{key}:answer", ASKED_SECONDS)
    pipeline.execute()


def normalised(text: str) -> str:
    return " ".join(text.lower().split())


def _key(text: str, encoder: str) -> str:
    digest = hashlib.sha256(normalised(text).encode()).hexdigest()[:32]
    return f"meaning:{encoder}:{digest}".replace(" ", "_")


def _read(written: str | bytes) -> TextEmbedding:
    payload = json.loads(written)
    vector = payload.pop("vector")
    payload["unknown_words"] = tuple(payload["unknown_words"])
    return TextEmbedding(vector=None if vector is None else tuple(vector), **payload)
