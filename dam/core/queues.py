"""What lies in the broker's queues: how many messages, and for how long the oldest of each."""

import json
import time
from dataclasses import dataclass
from functools import lru_cache

import redis
from django.conf import settings

from dam.core.breaker import Breaker
from dam.core.tasks import LEAVE_ALONE_SECONDS, PATIENCE_SECONDS, QUEUES, SENT_AT

# As kombu lays a queue's messages of each priority into a list: pushed at the left, taken at the right.
SEPARATOR = "\x06\x16"
PRIORITIES = (0, 3, 6, 9)

_breaker = Breaker(seconds=LEAVE_ALONE_SECONDS)


@dataclass(frozen=True)
class Queue:
    """`oldest`: seconds since the message that waits longest was sent; None where none says so."""

    name: str
    depth: int
    oldest: float | None


def all_of_them(*, at: float | None = None) -> list[Queue] | None:
    """Every queue; None where the broker doesn't answer, or is none whose queues can be looked at."""
    if _breaker.is_open:
        return None
    keys = [_key(queue, priority) for queue in QUEUES for priority in PRIORITIES]
    try:
        pipeline = _client(settings.BROKER_URL).pipeline(transaction=False)
        for key in keys:
            pipeline.llen(key)
        for key in keys:
            pipeline.lindex(key, -1)
        answers = pipeline.execute()
    except (redis.ConnectionError, redis.TimeoutError):
        _breaker.failed()
        return None
    except (redis.RedisError, ValueError):  # another kind of broker
        return None
    _breaker.worked()
    now = time.time() if at is None else at
    lengths, heads = answers[: len(keys)], answers[len(keys) :]
    found = []
    for place, name in enumerate(QUEUES):
        part = slice(place * len(PRIORITIES), (place + 1) * len(PRIORITIES))
        sent = [said for said in map(sent_at, heads[part]) if said is not None]
        found.append(Queue(name, sum(lengths[part]), max(0.0, now - min(sent)) if sent else None))
    return found


def sent_at(message: bytes | None) -> float | None:
    """When a message in a queue was sent, as its header says. Pure."""
    try:
        value = json.loads(message or b"")["headers"][SENT_AT]
    except (ValueError, KeyError, TypeError):
        return None
    return float(value) if isinstance(value, int | float) else None


def _key(queue: str, priority: int) -> str:
    return f"{queue}{SEPARATOR}{priority}" if priority else queue


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    plain = url.replace("redis+socket://", "unix://", 1)  # Celery spells a Unix socket its own way
    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    return redis.Redis.from_url(plain, **patience)
