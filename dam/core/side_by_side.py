"""Reading from the database twice at the same time, for what a person waits for.

One request has one connection, on which a query waits for the one before. A few threads of this process
have a connection of their own, apart from the pool that requests share: requests that hold its last ones
would wait for threads that wait for one. Where no thread is free, both are done one after the other.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from django.utils import timezone, translation

from dam.core.call_room import roomy

# So long a thread keeps its connection; another is then opened when it is needed.
KEPT_SECONDS = 300

A = TypeVar("A")
B = TypeVar("B")


def both(beside: Callable[[], A], here: Callable[[], B]) -> tuple[A, B]:
    """What both give. They may only read, and share no queryset: Django's can't be used by two at once.

    `beside` runs in another thread while `here` runs in this one, in the same language and time zone.
    Raises what either raises, that of `here` first.
    """
    running = _start(beside)
    if running is None:
        return beside(), here()
    try:
        found = here()
    finally:
        # Its answer is waited for in any case: what it reads may not outlive the request.
        running.exception()
    return running.result(), found


def _start(work: Callable[[], A]) -> "Future[A] | None":
    """None inside a transaction, whose rows no other connection sees, and where no thread is free."""
    if not settings.DATABASE_SIDE_CONNECTIONS or connection.in_atomic_block:
        return None
    threads, free = _threads(settings.DATABASE_SIDE_CONNECTIONS)
    if not free.acquire(blocking=False):
        return None
    context, language, zone = copy_context(), translation.get_language(), timezone.get_current_timezone()

    def speaking() -> A:
        # Django keeps these apart for each thread.
        with translation.override(language), timezone.override(zone):
            return work()

    def run() -> A:
        try:
            connection.close_if_unusable_or_obsolete()
            connection.health_check_done = False  # type: ignore[attr-defined]
            return context.run(speaking)
        finally:
            free.release()

    try:
        return threads.submit(_in_room, run)
    except RuntimeError:  # the process is ending
        free.release()
        return None


@roomy
def _in_room(work: Callable[[], A]) -> A:
    return work()


def close() -> None:
    """End the threads and close their connections. The next call of `both` has new ones."""
    _threads.cache_clear()
    while _executors:
        _executors.pop().shutdown()
    while _connections:
        own = _connections.pop()
        own.inc_thread_sharing()  # it was another thread's, which is over
        own.close()


@lru_cache(1)
def _threads(count: int) -> tuple[ThreadPoolExecutor, threading.BoundedSemaphore]:
    made = ThreadPoolExecutor(count, thread_name_prefix="beside", initializer=_take_own_connection)
    _executors.append(made)
    return made, threading.BoundedSemaphore(count)


_executors: list[ThreadPoolExecutor] = []
_connections: list[BaseDatabaseWrapper] = []


def _take_own_connection() -> None:
    """Give this thread a connection that isn't the pool's."""
    known = connections.settings[DEFAULT_DB_ALIAS]
    options = {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    own = {**known, "OPTIONS": options, "CONN_MAX_AGE": KEPT_SECONDS}
    made = load_backend(known["ENGINE"]).DatabaseWrapper(own, DEFAULT_DB_ALIAS)
    connections[DEFAULT_DB_ALIAS] = made
    _connections.append(made)
