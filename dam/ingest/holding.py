"""Work is somebody's while its worker gives signs of life, and free again soon after that has died."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Q, QuerySet
from django.utils import timezone

log = logging.getLogger(__name__)

BEAT_SECONDS = 15.0
HELD = timedelta(seconds=90)


def until(at: datetime) -> datetime:
    return at + HELD


def free(at: datetime) -> Q:
    return Q(held_until=None) | Q(held_until__lt=at)


@contextmanager
def held(rows: Callable[[], QuerySet[Any]]) -> Iterator[None]:
    """While the block runs, a thread moves `held_until` of `rows` on: those that are still this worker's."""
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(rows, over), daemon=True)
    beating.start()
    try:
        yield
    finally:
        over.set()
        beating.join()


def _beat(rows: Callable[[], QuerySet[Any]], over: threading.Event) -> None:
    while not over.wait(BEAT_SECONDS):
        try:
            rows().update(held_until=until(timezone.now()))
        except (DatabaseError, InterfaceError):
            log.warning("A sign of life did not reach the database; the next one may.", exc_info=True)
        finally:
            connection.close()  # this thread's own
