"""Handing work to the workers."""

import logging
import os
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db import DatabaseError, InterfaceError, transaction
from kombu import pools
from kombu.exceptions import OperationalError

from dam.core import log_context
from dam.core.breaker import Breaker

log = logging.getLogger(__name__)

# One line for each kind of work, so that nothing quick waits behind something slow (docs/operations.md).
QUEUES = (
    "gpu",
    "check",
    "media",
    "transcode",
    "footage",
    "recognition",
    "index",
    "sign",
    "verify",
    "default",
)
LEAVE_ALONE_SECONDS = 5.0  # a broker that did not answer: each page would wait for it anew
SENT_AT = "sent_at"  # a message's header: seconds since 1970
PATIENCE_SECONDS = 1.0  # for one answer of a broker that hangs; a message takes three

_breaker = Breaker(seconds=LEAVE_ALONE_SECONDS)


def queue_of(task_name: str) -> str:
    """The queue a task runs on: the part of its name before the dot. ValueError for an unknown one."""
    queue = task_name.partition(".")[0]
    if queue not in QUEUES:
        raise ValueError(f"Task {task_name!r} must be named after its queue, one of {', '.join(QUEUES)}.")
    return queue


def enqueue(task_name: str, *, unsent: Callable[[], object] | None = None, **ids: Any) -> None:
    """Send a task by name once the surrounding transaction has committed.

    Workers are faster than transactions: a task sent earlier may not find its row. Pass ids, not
    objects; the task may run twice. When the broker is away nothing is raised, for what was committed
    stands: what must happen then follows from the database, and recovery sends it again. `unsent` is called
    then, to have recovery do so as soon as it can.
    """
    queue_of(task_name)  # an unknown queue fails here, not after the commit
    transaction.on_commit(lambda: _offer_and_log(task_name, unsent, ids))


def send(task_name: str, *, expires: float | None = None, **values: Any) -> None:
    """Send a task by name at once: for a question that waits for its answer and changes nothing.

    A worker that takes it later than `expires` seconds from now drops it. Raises kombu's OperationalError
    when the broker is away; for some seconds after that, at once.
    """
    from dam.celery import app

    if _breaker.is_open:
        raise OperationalError("The broker did not answer a moment ago.")
    try:
        with _producers(os.getpid()).acquire(block=True) as producer:
            app.send_task(
                task_name,
                kwargs=values,
                queue=queue_of(task_name),
                expires=expires,
                producer=producer,
                headers={"request_id": log_context.request_id(), SENT_AT: time.time()},
            )
    except OperationalError:
        _breaker.failed()
        raise
    _breaker.worked()


def offer(task_name: str, **ids: Any) -> bool:
    """Send a task by name at once; False when the broker is away."""
    try:
        send(task_name, **ids)
    except OperationalError:
        return False
    return True


@lru_cache(maxsize=2)
def _producers(process: int) -> Any:
    """Connections to send by, with less patience than those that workers wait on; not shared by forks."""
    from dam.celery import app

    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    return pools.producers[app.connection_for_write(transport_options=patience)]


def _offer_and_log(task_name: str, unsent: Callable[[], object] | None, ids: dict[str, Any]) -> None:
    if offer(task_name, **ids):
        return
    log.warning("The broker is away: %s %s was not sent. Recovery sends it again.", task_name, ids)
    try:
        if unsent is not None:
            unsent()
    except (DatabaseError, InterfaceError):
        log.warning("That %s %s was not sent could not be kept.", task_name, ids, exc_info=True)
