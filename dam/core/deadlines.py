"""An end to what is asked of a server elsewhere, however slowly it drips its answer.

The time-out of a socket starts anew with every byte. So a whole exchange gets one end: names are looked up
within it, and the connections that were given to it are cut when it comes.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

Looked = TypeVar("Looked")
MOST_ADDRESSES = 3  # of a name, that are tried


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

    def connect(self, found: Sequence[tuple[Any, ...]]) -> socket.socket:
        """A watched connection to the first of these addresses that answers. Raises OSError (Passed, too).

        They come as `resolve` has them, and are looked up no more. Each has its share of the time that is
        left, so that one that never answers leaves some to the next.
        """
        problem: OSError = OSError("The name has no address.")
        tried = found[:MOST_ADDRESSES]
        for place, (family, kind, protocol, _name, address) in enumerate(tried):
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(self.left() / (len(tried) - place))
                made.connect(address)
                self.watch(made)
                made.settimeout(self.left())
            except OSError as refused:
                made.close()
                problem = refused
            else:
                return made
        self.check()
        raise problem

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
