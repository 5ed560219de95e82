"""Holding out while the database is away for a moment, as in a restart, or breaks a deadlock."""

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

AWAY = (InterfaceError, OperationalError)  # a lost connection, a deadlock, a failed serialisation
PATIENCE_SECONDS = 60.0

T = TypeVar("T")


def again(work: Callable[[], T], *, seconds: float = PATIENCE_SECONDS) -> T:
    """Do `work`, which is a transaction of its own and harmless twice, until the database has taken it.

    Raises what the database last said once it has been away for so long. Inside a transaction nothing can
    be done again.
    """
    deadline = time.monotonic() + seconds
    pause = 0.1
    while True:
        try:
            return work()
        except AWAY:
            if connection.in_atomic_block or time.monotonic() + pause > deadline:
                raise
            connection.close()
            time.sleep(pause)
            pause = min(2 * pause, 5.0)


def release() -> None:
    """Give the connection back before long work: the next query gets one that is known to live."""
    if not connection.in_atomic_block:
        connection.close()
