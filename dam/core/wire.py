"""The cache's server spoken to directly, with little patience: pages go on without it."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
from django.conf import settings

from dam.core.breaker import Breaker

PATIENCE_SECONDS = 1.0
LEAVE_ALONE_SECONDS = 5.0

T = TypeVar("T")

breaker = Breaker(seconds=LEAVE_ALONE_SECONDS)


def ask(question: Callable[[redis.Redis], T], *, patience: float = PATIENCE_SECONDS) -> T:
    """What the server answers within `patience` seconds.

    Raises redis.RedisError when it doesn't, and at once when it did not a moment ago.
    """
    if breaker.is_open:
        raise redis.ConnectionError("The cache's server did not answer a moment ago.")
    try:
        answer = question(_client(settings.CACHE_URL, patience))
    except (redis.ConnectionError, redis.TimeoutError):
        breaker.failed()
        raise
    breaker.worked()
    return answer


@lru_cache(maxsize=4)
def _client(url: str, patience: float) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=patience, socket_connect_timeout=patience)
