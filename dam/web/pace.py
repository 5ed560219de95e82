"""How slowly a body may come: a client that holds a request open for nothing is as good as gone."""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

from dam.web import asgi_middleware
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send

SLOWEST = 1024  # bytes a second, of anybody
IDLE_SECONDS = 30.0
# What a slow beginning is given, before the average counts.
GRACE_SECONDS = 30.0

TOO_SLOW = b"The request took too long to arrive."


class KeepPace:
    """ASGI middleware: a body that stays away, or comes too slowly, ends the request with 408."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered = False

        async def noting(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.app(scope, paced(receive, slowest=SLOWEST), noting)
        if not answered:  # it was given up while it came; a client that has left hears nothing of it
            await asgi_middleware.answer(send, HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW, asgi_middleware.CLOSE)


def paced(receive: Receive, *, slowest: int, clock: Callable[[], float] = time.monotonic) -> Receive:
    """As `receive`, until the body stays away, or comes at less than `slowest` bytes a second."""
    began = clock()
    came, whole = 0, False

    async def in_time() -> Message:
        nonlocal came, whole
        if whole:
            return await receive()
        left = GRACE_SECONDS + came / slowest - (clock() - began)
        if left <= 0:
            return {"type": "http.disconnect"}
        try:
            async with asyncio.timeout(min(IDLE_SECONDS, left)):
                message = await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}
        came += len(message.get("body", b""))
        whole = not message.get("more_body", False)
        return message

    return in_time
