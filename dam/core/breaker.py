"""What did not answer a moment ago is left alone for a while, so that nobody's page waits for it again."""

import threading
import time
from collections.abc import Callable


class Breaker:
    """Open after a failure, for some seconds: then asking is of no use, and is not tried."""

    def __init__(self, *, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        with self._lock:
            return self._clock() < self._until

    def failed(self) -> None:
        with self._lock:
            self._until = self._clock() + self._seconds

    def worked(self) -> None:
        with self._lock:
            self._until = 0.0
