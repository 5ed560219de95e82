"""A request with a whole file becomes as many requests as the file has pieces.

Clients of tus send as much as they like at once, and Django would write all of it to disk before a view saw a
byte. So each piece comes to Django as a request of its own: one is held in memory and no more, what has come
is kept whatever ends the rest, and who may upload is asked again for each.
"""

import asyncio
import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from dam.web import asgi_middleware, body_limits
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send
from dam.web.broken_pieces import PIECE_TYPE

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
    body=b"A request with a checksum can be at most 8 MiB. Send the file in pieces.",
)


class SplitLongBodies:
    """ASGI middleware. A long body with a checksum is refused: what it comes to is known at its end alone."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_long(scope):
            await self.app(scope, receive, send)
            return
        body = _Body(receive, scope)
        if b"upload-checksum" in dict(scope["headers"]):
            await _tell(TOO_LONG_TO_CHECK, body, send)
            return
        first = await self._ask(scope, body)
        if first is None:  # the client has left
            return
        last = taken = first
        while _was_taken(last) and await body.goes_on():
            taken = last
            last = await self._ask(_further(scope, first, taken), body) or taken
        if first.status == HTTPStatus.CREATED:
            last = _as_far_as_it_came(first, last if _was_taken(last) else taken)
        await _tell(last, body, send)

    async def _ask(self, scope: Scope, body: "_Body") -> _Answer | None:
        """What Django says to the next piece; None where it says nothing."""
        length, receive = body.next_piece()
        told: list[Any] = []

        async def keep(message: Message) -> None:
            told.append(message)

        headers = scope["headers"]
        if length is not None:
            headers = [*_without(headers, b"content-length"), (b"content-length", str(length).encode())]
        await self.app({**scope, "headers": headers}, receive, keep)
        if not told:
            return None
        return _Answer(
            status=told[0]["status"],
            headers=[(name.lower(), value) for name, value in told[0].get("headers", ())],
            body=b"".join(message.get("body", b"") for message in told[1:]),
        )


class _Body:
    """What the client sends, handed on piece by piece."""

    def __init__(self, receive: Receive, scope: Scope) -> None:
        self._receive = receive
        self._left = body_limits.declared(scope) or None  # None: its end tells
        self._waits = b"expect" in dict(scope["headers"])
        self._rest = b""
        self._over = self._broken = False
        self._began = False

    @property
    def is_unread(self) -> bool:
        return bool(self._rest) or not self._over

    async def goes_on(self) -> bool:
        """Whether there is another byte; waits for it."""
        while not self._rest and not self._over:
            self._began = True
            message = await self._receive()
            self._broken = message["type"] == "http.disconnect"
            self._rest = message.get("body", b"")
            self._over = not message.get("more_body", False)
        return bool(self._rest)

    def next_piece(self) -> tuple[int | None, Receive]:
        """Its length, if that is known, and what reads it."""
        most: int = settings.UPLOAD_CHUNK_BYTES
        length = None if self._left is None else min(most, self._left)
        self._left = None if self._left is None else self._left - min(most, self._left)
        wanted, ended = length or most, False

        async def receive() -> Message:
            nonlocal wanted, ended
            if ended:  # the rest is for the next piece; that the client has left is found there
                await asyncio.Event().wait()
            if not await self.goes_on():
                ended = True
                if self._broken:
                    return {"type": "http.disconnect"}
                return {"type": "http.request", "body": b"", "more_body": False}
            came, self._rest = self._rest[:wanted], self._rest[wanted:]
            wanted -= len(came)
            ended = wanted == 0
            return {"type": "http.request", "body": came, "more_body": not ended}

        return length, receive

    async def throw_away(self) -> None:
        """A client that is still sending reads no answer; one that waits to be told to begin reads it."""
        if (self._began or not self._waits) and not self._over:
            await asgi_middleware.throw_away(self._receive)


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


def _further(scope: Scope, first: _Answer, taken: _Answer) -> Scope:
    """The request of a piece that is not the first."""
    path = urlsplit(first.header(b"location").decode()).path or scope["path"]
    headers = [*_without(scope["headers"], b"upload-offset", *ONCE), *taken.only(b"upload-offset")]
    return {**scope, "method": "PATCH", "path": path, "raw_path": path.encode(), "headers": headers}


def _as_far_as_it_came(first: _Answer, taken: _Answer) -> _Answer:
    """That the upload was made, and where it stands now. A body would tell of the first piece alone."""
    if taken is first:
        return first
    headers = _without(first.headers, *STANDING, b"content-type", b"content-length")
    return replace(first, headers=[*headers, *taken.only(*STANDING), (b"content-length", b"0")], body=b"")


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
