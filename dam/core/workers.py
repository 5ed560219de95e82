"""Which workers there are, which queues they serve and what they do now.

Each says so itself, again and again, and is forgotten soon after it stops.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis

from dam.core import wire
from dam.core.tasks import QUEUES

log = logging.getLogger(__name__)

SAY_SECONDS = 10.0
FORGOTTEN_SECONDS = 35


@dataclass(frozen=True)
class Doing:
    """A task that a worker is at, since then (seconds since 1970)."""

    task: str
    task_id: str
    since: float


@dataclass(frozen=True)
class Worker:
    """A worker as it last spoke of itself; times are seconds since 1970."""

    name: str
    queues: tuple[str, ...]
    doing: tuple[Doing, ...]
    started_at: float
    said_at: float


def say(queues: Iterable[str], *, worker: Worker | None = None) -> None:
    """Tell that a worker serves these queues now, and what it does."""
    try:
        wire.ask(lambda server: _keep(server, list(queues), worker))
    except redis.RedisError:
        log.debug("That this worker lives reached nobody; the next time may.")


def served() -> dict[str, bool] | None:
    """For every queue whether a worker serves it; None where nobody can tell."""
    try:
        found = wire.ask(lambda server: server.mget([_key(queue) for queue in QUEUES]))
    except redis.RedisError:
        return None
    return {queue: kept is not None for queue, kept in zip(QUEUES, found, strict=True)}


def known() -> list[Worker] | None:
    """Every worker that spoke lately, by name; None where nobody can tell."""
    try:
        found: Any = wire.ask(_all)
    except redis.RedisError:
        return None
    workers = (_read(text) for text in found if text)
    return sorted((worker for worker in workers if worker is not None), key=lambda worker: worker.name)


class Heartbeat:
    """Says at most every SAY_SECONDS what Celery's heart, which beats more often, makes it say."""

    def __init__(self, doing: Callable[[], tuple[Doing, ...]] = tuple) -> None:
        self.queues: tuple[str, ...] = ()
        self.name = ""
        self.said_at: float | None = None
        self.started_at = time.time()
        self._doing = doing

    def beat(self) -> None:
        now = time.monotonic()
        if self.queues and (self.said_at is None or now - self.said_at >= SAY_SECONDS):
            self.said_at = now
            worker = Worker(self.name, self.queues, self._doing(), self.started_at, time.time())
            say(self.queues, worker=worker if self.name else None)


def _keep(server: redis.Redis, queues: list[str], worker: Worker | None) -> None:
    pipeline = server.pipeline()
    for queue in queues:
        pipeline.set(_key(queue), 1, ex=FORGOTTEN_SECONDS)
    if worker is not None:
        doing = [[each.task, each.task_id, each.since] for each in worker.doing]
        told = [worker.name, worker.queues, doing, worker.started_at, worker.said_at]
        pipeline.zadd(_NAMES, {worker.name: worker.said_at})
        pipeline.zremrangebyscore(_NAMES, "-inf", worker.said_at - FORGOTTEN_SECONDS)
        pipeline.set(f"{_WORKER}{worker.name}", json.dumps(told), ex=FORGOTTEN_SECONDS)
    pipeline.execute()


def _all(server: redis.Redis) -> list[bytes | None]:
    names: Any = server.zrangebyscore(_NAMES, time.time() - FORGOTTEN_SECONDS, "+inf")
    found: Any = server.mget([_WORKER.encode() + name for name in names]) if names else []
    return list(found)


def _read(text: bytes) -> Worker | None:
    try:
        name, queues, doing, started_at, said_at = json.loads(text)
        tasks = tuple(Doing(str(task), str(task_id), float(since)) for task, task_id, since in doing)
        return Worker(str(name), tuple(map(str, queues)), tasks, float(started_at), float(said_at))
    except (ValueError, TypeError):  # of another release
        return None


_NAMES = "reelproof:workers"
_WORKER = "reelproof:worker:"


def _key(queue: str) -> str:
    return f"reelproof:served:{queue}"
