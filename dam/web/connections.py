"""Connections of the web process: what waits for its client waits for so long, and gives way to others.

uvicorn closes a connection that stays idle between two requests. It waits for ever for the first one, for the
end of a header and for a client that takes nothing of its answer; and each of them holds a descriptor.
`--http dam.web.connections:Connection` starts it with this.
"""

import resource
from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

HEADER_SECONDS = 10.0
HEADER_BYTES = 64 * 1024
# An answer of which its client takes nothing. A paused player comes back for the rest, with a range.
STALLED_SECONDS = 60.0
MOST = 4000
# A page's event stream has one to the broker, a body one to its file.
DESCRIPTORS_EACH = 3

TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@lru_cache(maxsize=1)
def most() -> int:
    """How many connections there may be: by the descriptors of this process, raised as far as they may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST * DESCRIPTORS_EACH
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(MOST, soft // DESCRIPTORS_EACH)


class Connection(HttpToolsProtocol):
    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.waiting_since = self.loop.time()
        self._patience: TimerHandle | None = None
        self._stalled: TimerHandle | None = None
        self._head_bytes: int | None = 0  # None: no header is under way

    @property
    def answering(self) -> bool:
        """Whether a whole request has come and its answer is not whole yet."""
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    @property
    def host(self) -> str:
        return self.client[0] if self.client else ""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)
        if len(self.connections) > most():
            others = (each for each in self.connections if isinstance(each, Connection) and each is not self)
            first = longest_waiting(others)
            if first is None:
                transport.write(FULL)
            (first or self).transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_patience()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEADER_BYTES and not self.transport.is_closing():
                self.transport.write(TOO_LONG)
                self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = 0
        if self._patience is None:
            self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        self._forget_patience()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        self.waiting_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def _give_up(self) -> None:
        """Close: no header was whole in time. One that came too early waits for the answer before it."""
        self._patience = None
        if self.answering:
            self._patience = self.loop.call_later(HEADER_SECONDS, self._give_up)
        else:
            self.transport.close()

    def _forget_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def longest_waiting(connections: Iterable[Connection]) -> Connection | None:
    """Which gives way: of those that wait for their client, from where most come, the one that waits longest.

    A body under way comes after those that wait for a request. None where every request is being answered.
    """
    waiting = [each for each in connections if not each.answering and not each.transport.is_closing()]
    crowd = Counter(each.host for each in waiting)
    return max(
        waiting,
        key=lambda each: (crowd[each.host], not _has_body(each), -each.waiting_since),
        default=None,
    )


def _has_body(connection: Connection) -> bool:
    cycle = cast(Any, connection.cycle)
    return cycle is not None and not cycle.response_complete
