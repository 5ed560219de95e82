"""An end to what is asked of a server elsewhere, however slowly it drips its answer.

The time-out of a socket starts anew with every byte. So a whole exchange gets one end: names are looked up
within it, and the connections that were given to it are cut when it comes.
"""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

Looked = TypeVar("Looked")


class Passed(TimeoutError):
    """The time is over."""


class Deadline:
    """`with Deadline(10) as until:`. Whoever used it asks `check` at the end: a cut answer looks complete."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._cut = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    @property
    def has_passed(self) -> bool:
        return self._cut or time.monotonic() >= self._ends

    def check(self) -> None:
        """Raise Passed once the time is over."""
        if self.has_passed:
            raise Passed("The time is over.")

    def left(self) -> float:
        """Seconds. Raises Passed when there are none."""
        self.check()
        return max(self._ends - time.monotonic(), 0.001)

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection when the time is over, also once it is wrapped in TLS. Raises Passed."""
        self.check()
        also = socket.socket(fileno=os.dup(connection.fileno()))  # stays, whatever becomes of the other
        with self._lock:
            self._watched.append(also)
        if self._cut:  # in between
            self._end()

    def resolve(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """As getaddrinfo has them. Raises Passed, socket.gaierror and what else that raises."""

        def ask() -> list[tuple[Any, ...]]:
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

        return _within(ask, seconds=self.left())

    def connect(self, address: tuple[str, int]) -> socket.socket:
        """A watched connection to an address that needs no looking up. Raises OSError, Passed among them."""
        made = socket.create_connection(address, timeout=self.left())
        self.watch(made)
        return made

    def _end(self) -> None:
        with self._lock:
            self._cut = True
            for each in self._watched:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)


def _within(call: Callable[[], Looked], *, seconds: float) -> Looked:
    """What the call returns; it can't be stopped, so one that takes too long ends by itself, unheard."""
    found: list[Looked] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as problem:  # noqa: BLE001 - raised below, where somebody waits for it
            problems.append(problem)

    thread = threading.Thread(target=run, name="lookup", daemon=True)
    thread.start()
    thread.join(seconds)
    if problems:
        raise problems[0]
    if not found:
        raise Passed("The time is over.")
    return found[0]
