"""Which queues have a worker: each says so itself, again and again, and is forgotten soon after it stops."""

import logging
import time
from collections.abc import Iterable

import redis

from dam.core import wire
from dam.core.tasks import QUEUES

log = logging.getLogger(__name__)

SAY_SECONDS = 10.0
FORGOTTEN_SECONDS = 35


def say(queues: Iterable[str]) -> None:
    """Tell that a worker serves these queues now."""
    try:
        wire.ask(lambda server: _keep(server, list(queues)))
    except redis.RedisError:
        log.debug("That this worker lives reached nobody; the next time may.")


def served() -> dict[str, bool] | None:
    """For every queue whether a worker serves it; None where nobody can tell."""
    try:
        found = wire.ask(lambda server: server.mget([_key(queue) for queue in QUEUES]))
    except redis.RedisError:
        return None
    return {queue: kept is not None for queue, kept in zip(QUEUES, found, strict=True)}


class Heartbeat:
    """Says at most every SAY_SECONDS what Celery's heart, which beats more often, makes it say."""

    def __init__(self) -> None:
        self.queues: tuple[str, ...] = ()
        self.said_at: float | None = None

    def beat(self) -> None:
        now = time.monotonic()
        if self.queues and (self.said_at is None or now - self.said_at >= SAY_SECONDS):
            self.said_at = now
            say(self.queues)


def _keep(server: redis.Redis, queues: list[str]) -> None:
    pipeline = server.pipeline()
    for queue in queues:
        pipeline.set(_key(queue), 1, ex=FORGOTTEN_SECONDS)
    pipeline.execute()


def _key(queue: str) -> str:
    return f"reelproof:served:{queue}"
