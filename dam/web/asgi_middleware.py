"""What our ASGI middleware shares: its types, and an answer that Django has no part in."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CLOSE = (b"connection", b"close")
LINGER_BYTES = 32 * 1024**2
LINGER_SECONDS = 10.0


async def answer(
    send: Send,
    status: HTTPStatus,
    text: bytes,
    *headers: tuple[bytes, bytes],
    content_type: bytes = b"text/plain; charset=utf-8",
) -> None:
    """A short answer, whole."""
    shown = [(b"content-type", content_type), (b"content-length", str(len(text)).encode()), *headers]
    await send({"type": "http.response.start", "status": int(status), "headers": shown})
    await send({"type": "http.response.body", "body": text})


async def throw_away(receive: Receive) -> None:
    """Read on for a while: a client that is still sending reads no answer."""
    left = LINGER_BYTES
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return
    except TimeoutError:
        return
