"""A request with a whole file becomes as many requests as the file has pieces.

Clients of tus send as much as they like at once, and Django would write all of it to disk before a view saw a
byte. So a piece comes to Django as a request of its own: one is held in memory and no more, what has come is
kept whatever ends the rest, and who may upload is asked again each second. What comes in between, in the
middle of the body, is stored straight away; whenever that isn't plain, Django is asked and says why.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from dam.web import asgi_middleware, body_limits
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send
from dam.web.broken_pieces import PIECE_TYPE

# In the scope of a request: its piece, to be read. As a body it would be copied twice more.
PIECE = "reelproof.piece"
ADDRESS = re.compile(r"/b/[^/]+/uploads/[^/]+/")
# What the first piece tells, and the others do not.
ONCE = (
    b"upload-length",
    b"upload-defer-length",
    b"upload-metadata",
    b"upload-concat",
    b"x-http-method-override",
    b"expect",
)
STANDING = (b"upload-offset", b"upload-expires")
Headers = list[tuple[bytes, bytes]]
# Stores a piece in the middle of a body: the address of its upload, where it begins, and what is in it. False
# where nothing was stored, or nobody knows.
Store = Callable[[str, int, bytes], Awaitable[bool]]
# For so long a sender who was let in needs not be asked about.
LET_IN_SECONDS = 1.0


async def _never(path: str, offset: int, data: bytes) -> bool:
    return False


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes:
        return dict(self.headers).get(name, b"")

    def only(self, *names: bytes) -> Headers:
        return [each for each in self.headers if each[0] in names]


TOO_LONG_TO_CHECK = _Answer(
    status=413,
    headers=[(b"content-type", b"text/plain; charset=utf-8"), (b"tus-resumable", b"1.0.0")],
    body=(
        f"A request with a checksum can be at most {settings.UPLOAD_CHUNK_BYTES // 1024**2} MiB."
        " Send the file in pieces."
    ).encode(),
)


class SplitLongBodies:
    """ASGI middleware. A long body with a checksum is refused: what it comes to is known at its end alone."""

    def __init__(
        self, app: App, store: Store = _never, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.app, self.store, self.clock = app, store, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_long(scope):
            await self.app(scope, receive, send)
            return
        body = _Body(receive, waits=b"expect" in dict(scope["headers"]))
        if b"upload-checksum" in dict(scope["headers"]):
            await _tell(TOO_LONG_TO_CHECK, body, send)
            return
        first = await self._ask(_first(scope), body.beginning())
        if first is None:  # the client has left
            return
        last = await self._go_on(scope, body, first) if _was_taken(first) else first
        await _tell(last, body, send)

    async def _go_on(self, scope: Scope, body: "_Body", first: _Answer) -> _Answer:
        """Take the pieces after the first; what to answer to all of them."""
        path = urlsplit(first.header(b"location").decode()).path or scope["path"]
        offset, left = int(first.header(b"upload-offset")), body_limits.declared(scope)
        left -= settings.UPLOAD_CHUNK_BYTES
        answer, let_in, piece = first, self.clock(), await body.fetch()
        while piece:
            following = asyncio.create_task(body.fetch())  # while this one is stored
            left -= len(piece)
            try:
                # The last one has an answer that says all there is to say.
                straight = left > 0 and self.clock() - let_in < LET_IN_SECONDS
                if not (straight and await self.store(path, offset, piece)):
                    asked_at = self.clock()
                    with BytesIO(piece) as opened:  # closed: requests may linger until garbage is collected
                        further = _further(scope, path, offset, length=len(piece)) | {PIECE: opened}
                        answer = await self._ask(further, _nothing()) or answer
                    if not _was_taken(answer):
                        break
                    let_in = asked_at
                offset += len(piece)
                piece = await following
            finally:
                following.cancel()
        return _as_far_as_it_came(first, answer, offset) if first.status == HTTPStatus.CREATED else answer

    async def _ask(self, scope: Scope, receive: Receive) -> _Answer | None:
        """What Django says to a piece; None where it says nothing."""
        told: list[Any] = []

        async def keep(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, keep)
        if not told:
            return None
        return _Answer(
            status=told[0]["status"],
            headers=[(name.lower(), value) for name, value in told[0].get("headers", ())],
            body=b"".join(message.get("body", b"") for message in told[1:]),
        )


class _Body:
    """What the client sends. Whose it is shows with the first piece; the others are read ahead."""

    def __init__(self, receive: Receive, *, waits: bool) -> None:
        self._receive, self._waits = receive, waits
        self._rest = b""
        self._began = self._over = self._broken = False

    @property
    def is_unread(self) -> bool:
        return bool(self._rest) or not self._over

    def beginning(self) -> Receive:
        """What reads the first piece, as it comes."""
        wanted: int = settings.UPLOAD_CHUNK_BYTES
        ended = False

        async def receive() -> Message:
            nonlocal wanted, ended
            if ended:  # the rest is for the next piece; that the client has left is found there
                await asyncio.Event().wait()
            if not await self._goes_on():
                ended = True
                if self._broken:
                    return {"type": "http.disconnect"}
                return {"type": "http.request", "body": b"", "more_body": False}
            came, self._rest = self._rest[:wanted], self._rest[wanted:]
            wanted -= len(came)
            ended = wanted == 0
            return {"type": "http.request", "body": came, "more_body": not ended}

        return receive

    async def fetch(self) -> bytes:
        """The next piece, whole; what there is of it when the client leaves."""
        came: list[bytes] = []
        wanted: int = settings.UPLOAD_CHUNK_BYTES
        while wanted and await self._goes_on():
            came.append(self._rest[:wanted])
            self._rest = self._rest[wanted:]
            wanted -= len(came[-1])
        return b"".join(came)

    async def throw_away(self) -> None:
        """A client that is still sending reads no answer; one that waits to be told to begin reads it."""
        if (self._began or not self._waits) and not self._over:
            await asgi_middleware.throw_away(self._receive)

    async def _goes_on(self) -> bool:
        """Whether there is another byte; waits for it."""
        while not self._rest and not self._over:
            self._began = True
            message = await self._receive()
            self._broken = message["type"] == "http.disconnect"
            self._rest = message.get("body", b"")
            self._over = not message.get("more_body", False)
        return bool(self._rest)


def _is_long(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in ("PATCH", "POST"):
        return False
    headers = dict(scope["headers"])
    if headers.get(b"content-type") != PIECE_TYPE or ADDRESS.fullmatch(scope["path"]) is None:
        return False
    untold = b"transfer-encoding" in headers and b"upload-checksum" not in headers
    return untold or body_limits.declared(scope) > settings.UPLOAD_CHUNK_BYTES


def _was_taken(answer: _Answer) -> bool:
    taken = answer.status in (HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
    return taken and bool(answer.header(b"upload-offset"))


def _first(scope: Scope) -> Scope:
    """The request of the first piece: as long as that is, where its length is known."""
    declared = body_limits.declared(scope)
    if not declared:
        return scope
    length = min(declared, settings.UPLOAD_CHUNK_BYTES)
    return {**scope, "headers": [*_without(scope["headers"], b"content-length"), _length(length)]}


def _further(scope: Scope, path: str, offset: int, *, length: int) -> Scope:
    """The request of a piece that is not the first."""
    headers = _without(scope["headers"], b"upload-offset", b"content-length", b"transfer-encoding", *ONCE)
    headers += [_offset(offset), _length(length)]
    return {**scope, "method": "PATCH", "path": path, "raw_path": path.encode(), "headers": headers}


def _length(length: int) -> tuple[bytes, bytes]:
    return b"content-length", str(length).encode()


def _offset(number: int) -> tuple[bytes, bytes]:
    return b"upload-offset", str(number).encode()


def _nothing() -> Receive:
    """The body of a request whose piece is there already."""
    told = False

    async def receive() -> Message:
        nonlocal told
        if told:
            await asyncio.Event().wait()
        told = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def _as_far_as_it_came(first: _Answer, last: _Answer, offset: int) -> _Answer:
    """That the upload was made, and where it stands now. A body would tell of the first piece alone."""
    if int(first.header(b"upload-offset")) == offset:
        return first
    headers = _without(first.headers, *STANDING, b"content-type", b"content-length")
    headers += [_offset(offset), *last.only(b"upload-expires"), (b"content-length", b"0")]
    return replace(first, headers=headers, body=b"")


async def _tell(answer: _Answer, body: "_Body", send: Send) -> None:
    headers = answer.headers
    if body.is_unread:
        headers = [*_without(headers, b"connection"), asgi_middleware.CLOSE]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": True})
    await body.throw_away()
    await send({"type": "http.response.body", "body": b""})


def _without(headers: Headers, *names: bytes) -> Headers:
    return [each for each in headers if each[0] not in names]
