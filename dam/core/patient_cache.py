"""Django's cache in Redis or Valkey; while that is away, each process keeps what it must know for itself.

So a page that only counts attempts or keeps a picture never fails over it, and sign-in stays limited.
"""

from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from dam.core import wire
from dam.core.cache_values import PlainValues

AWAY = (redis.ConnectionError, redis.TimeoutError)


class PatientCache(BaseCache):
    """Every method asks the server, and this process's own memory while the server doesn't answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {
            "socket_timeout": wire.PATIENCE_SECONDS,
            "socket_connect_timeout": wire.PATIENCE_SECONDS,
            "serializer": PlainValues,
        }
        self._there = RedisCache(server, {**params, "OPTIONS": options})
        self._here = LocMemCache("while-away", {**params, "OPTIONS": {}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask(lambda cache: cache.add(key, value, timeout, version)))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda cache: cache.get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask(lambda cache: cache.touch(key, timeout, version)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask(lambda cache: cache.delete(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self._ask(lambda cache: cache.incr(key, delta, version)))

    def clear(self) -> None:
        self._ask(lambda cache: cache.clear())

    def _ask(self, question: Callable[[BaseCache], Any]) -> Any:
        if not wire.breaker.is_open:
            try:
                answer = question(self._there)
            except AWAY:
                wire.breaker.failed()
            else:
                wire.breaker.worked()
                return answer
        return question(self._here)
