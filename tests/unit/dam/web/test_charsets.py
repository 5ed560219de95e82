"""A request is UTF-8, whatever its header says."""

import asyncio

import pytest

from dam.web.asgi_middleware import Message, Receive, Scope, Send
from dam.web.charsets import OnlyUtf8


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"text/plain; charset=hex", b"text/plain"),
        (b'multipart/form-data; charset="utf-7"; boundary=x', b"multipart/form-data; boundary=x"),
        (b"multipart/form-data; boundary=x;CHARSET=rot13", b"multipart/form-data; boundary=x"),
        (b"text/plain; charset=utf-8-sig", b"text/plain"),
        (b"text/plain; charset=UTF-8", b"text/plain; charset=UTF-8"),
        (b"application/offset+octet-stream", b"application/offset+octet-stream"),
    ],
)
def test_a_charset_of_the_senders_own_changes_nothing(sent: bytes, read: bytes) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def receive() -> Message:
        return {}

    async def send(message: Message) -> None: ...

    asyncio.run(OnlyUtf8(app)({"type": "http", "headers": [(b"content-type", sent)]}, receive, send))
    assert seen[0]["headers"] == [(b"content-type", read)]
