"""How many requests are answered at once, and whose turn it is: no address takes every thread and connection.

Each request that Django answers has a thread of its own and wants a connection of the database's pool. What
is more than fits waits, and addresses take turns. A turn begins when the request has come whole, and ends
when its answer begins: streams and downloads hold none.
"""

import asyncio
from asyncio import Future
from collections import Counter, deque
from http import HTTPStatus

from dam.web import asgi_middleware, clients
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send

AT_ONCE = 48
EACH = 16  # of one address
WAITING_EACH = 256
BUSY = b"The server is receiving too many requests from your network. Try again in a moment."


class TooManyWait(Exception):
    """As many requests of the address wait as may."""


class Turns:
    """Used by one event loop alone."""

    def __init__(self) -> None:
        self._running: Counter[str] = Counter()
        self._waiting: dict[str, deque[Future[None]]] = {}

    async def take(self, who: str) -> None:
        """Wait for a turn. Raises TooManyWait."""
        if who not in self._waiting and self._fits(who):
            self._running[who] += 1
            return
        queue = self._waiting.setdefault(who, deque())
        if len(queue) >= WAITING_EACH:
            raise TooManyWait
        turn: Future[None] = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it had just come
                self.leave(who)
            raise

    def leave(self, who: str) -> None:
        self._running[who] -= 1
        if not self._running[who]:
            del self._running[who]
        self._call_next()

    def _fits(self, who: str) -> bool:
        return self._running.total() < AT_ONCE and self._running[who] < EACH

    def _call_next(self) -> None:
        for who in list(self._waiting):
            if not self._fits(who):
                continue
            queue = self._waiting.pop(who)
            while queue and (turn := queue.popleft()):
                if not turn.done():
                    self._running[who] += 1
                    turn.set_result(None)
                    break
            if queue:
                self._waiting[who] = queue  # behind the others


class TakeTurns:
    """ASGI middleware: 503 for an address of which too many wait."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.turns = Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        who = clients.limited_of(scope)
        has_turn = False
        whole = False

        async def in_turn() -> Message:
            nonlocal has_turn, whole
            message = await receive()
            if not whole and message["type"] == "http.request" and not message.get("more_body"):
                whole = True
                await self.turns.take(who)
                has_turn = True
            return message

        def over() -> None:
            nonlocal has_turn
            if has_turn:
                has_turn = False
                self.turns.leave(who)

        async def answering(message: Message) -> None:
            over()
            await send(message)

        try:
            await self.app(scope, in_turn, answering)
        except TooManyWait:
            await asgi_middleware.answer(send, HTTPStatus.SERVICE_UNAVAILABLE, BUSY, (b"retry-after", b"2"))
        finally:
            over()
