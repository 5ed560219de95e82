"""What a search means to the encoder, asked of a worker: this process loads no model.

A question has a `place` where its answer is left: of the words of a search, or of whatever else a search is
asked by. The answer is kept for a day; those to words share SLOTS, so that however many are asked they never
fill the server of the queues. Whoever asks first sends the task; everybody waits for the same
answer. Whoever waits holds no database connection, and only so many wait at once: the rest search by text,
and ask again.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from threading import BoundedSemaphore

import kombu.exceptions
import numpy as np
import redis
from django.core.cache import cache

from dam.core import database, tasks, wire
from dam.search.encoders.base import Encoder, TextEmbedding

DAY = 24 * 3600
# Answers to words that are kept at once, of 3 to 6 KB each. Those to pictures have no such bound: the worker
# forgets a picture once it has looked at it.
SLOTS = 20_000
_WORDS = "words"
PROMPTS = "prompts"  # words that prompts are held against (dam.search.similar_prompts)
_IN_SLOTS = (f"meaning:{_WORDS}:", f"meaning:{PROMPTS}:")
# How long one task may be under way before another asker sends it again.
ASKED_SECONDS = 20
PATIENCE_SECONDS = 1.5
# Searches of this process that wait at once: each holds a thread.
WAITERS = 8
# Of a text that is searched for: encoders read some 80 words, and a message is no place for a book.
MOST_CHARACTERS = 2000

_places = BoundedSemaphore(WAITERS)


def ask(text: str, *, encoder: str, patience: float | None = None) -> TextEmbedding | None:
    """The meaning of `text` to the encoder with this identity.

    None if no worker answers in time, or too many wait already.
    """
    words = normalised(text)

    def send() -> None:
        # Later nobody waits for it: a worker that was away must not do all that was asked meanwhile.
        tasks.send("index.embed_text", expires=ASKED_SECONDS, text=words, encoder=encoder)

    return answer_at(place(words, encoder=encoder), send=send, patience=patience)


def answer(text: str, *, encoder: Encoder) -> TextEmbedding:
    """Work the meaning of a text out and leave it where the askers look."""
    words = normalised(text)
    meaning = encoder.understand(words)
    leave(place(words, encoder=encoder.identity), meaning)
    return meaning


def place(question: str, *, encoder: str, kind: str = _WORDS) -> str:
    """Where the answer to a question is left, for one encoder: another one's answer lies elsewhere.

    `question` says all that the answer depends on: the words, or the digest of a picture and its region.
    """
    digest = hashlib.sha256(f"{kind}\0{question}".encode()).hexdigest()[:32]
    return f"meaning:{kind}:{encoder}:{digest}".replace(" ", "_")


def answer_at(
    place: str, *, send: Callable[[], object], patience: float | None = None
) -> TextEmbedding | None:
    """The answer left at `place`; whoever asks first has `send` ask a worker for it. None as for `ask`."""
    try:
        return _answer_at(place, send, PATIENCE_SECONDS if patience is None else patience)
    except (redis.RedisError, kombu.exceptions.OperationalError):
        return None  # the words can be searched without


def leave(place: str, meaning: TextEmbedding) -> None:
    """Keep an answer where the askers look: those who wait, and those who ask within a day."""
    written = _write(meaning)
    cache.set(_slot(place), [place, written], DAY)
    wire.ask(lambda server: _leave(server, place, written))


def normalised(text: str) -> str:
    return " ".join(text.lower().split())[:MOST_CHARACTERS]


def _answer_at(place: str, send: Callable[[], object], patience: float) -> TextEmbedding | None:
    kept, known = cache.get(_slot(place)) or ("", "")
    if kept == place:
        return _read(known)
    if wire.ask(lambda server: server.set(f"{place}:asked", 1, nx=True, ex=ASKED_SECONDS)):
        send()
    if not _places.acquire(blocking=False):
        return None
    try:
        database.release()  # others' pages have it meanwhile
        answer = _wait(f"{place}:answer", patience)
    finally:
        _places.release()
    return None if answer is None else _read(answer)


def _wait(place: str, patience: float) -> bytes | str | None:
    # The answer is moved onto its own list: taken and put back in one step, for others wait too.
    return wire.ask(
        lambda server: server.blmove(place, place, timeout=patience),  # type: ignore[arg-type]
        patience=patience + wire.PATIENCE_SECONDS,
    )


def _leave(server: redis.Redis, place: str, written: str) -> None:
    pipeline = server.pipeline()
    pipeline.delete(f"{place}:answer", f"{place}:asked")
    pipeline.rpush(f"{place}:answer", written)
    pipeline.expire(f"{place}:answer", ASKED_SECONDS)
    pipeline.execute()


def _slot(place: str) -> str:
    """The key in the cache. Of two questions that have the same one, the later answer is kept."""
    if not place.startswith(_IN_SLOTS):
        return place
    return f"meaning-slot:{int(hashlib.sha256(place.encode()).hexdigest(), 16) % SLOTS}"


def _write(meaning: TextEmbedding) -> str:
    payload = asdict(meaning)
    if meaning.vector is not None:  # a quarter of what its digits would take
        payload["vector"] = base64.b64encode(np.array(meaning.vector, "<f4").tobytes()).decode()
    return json.dumps(payload)


def _read(written: str | bytes) -> TextEmbedding:
    payload = json.loads(written)
    if payload["vector"] is not None:
        payload["vector"] = tuple(np.frombuffer(base64.b64decode(payload["vector"]), "<f4").tolist())
    payload["unknown_words"] = tuple(payload["unknown_words"])
    return TextEmbedding(**payload)
