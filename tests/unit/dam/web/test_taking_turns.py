"""Who asks for much at once waits for itself, not others for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dam.web import taking_turns
from dam.web.asgi_middleware import Message, Receive, Scope, Send
from dam.web.taking_turns import TakeTurns, Turns


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_turns, "AT_ONCE", 3)
    monkeypatch.setattr(taking_turns, "EACH", 2)


class Site:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.statuses: list[int] = []
        self.answer = asyncio.Event()
        self.app = TakeTurns(self._app)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        self.began.append(scope["client"][0])
        await self.answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    def ask(self, address: str) -> "asyncio.Task[None]":
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "client": (address, 1)}

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            self.statuses.append(message.get("status", 0))

        return asyncio.get_running_loop().create_task(self.app(scope, receive, send))


def visit(script: Callable[[Site], Awaitable[Any]]) -> None:
    async def run() -> None:
        await script(Site())

    asyncio.run(run())


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_an_address_that_asks_for_much_leaves_others_their_turn() -> None:
    async def script(site: Site) -> None:
        flood = [site.ask("192.0.2.1") for _ in range(20)]
        await settle()
        member = site.ask("192.0.2.2")
        await settle()
        assert site.began == ["192.0.2.1", "192.0.2.1", "192.0.2.2"]
        site.answer.set()
        await asyncio.gather(*flood, member)
        assert site.statuses == [200] * 21

    visit(script)


def test_those_who_wait_take_turns() -> None:
    async def script(site: Site) -> None:
        asked = [site.ask(f"192.0.2.{number}") for number in (1, 1, 2, 1, 1, 2, 3)]
        await settle()
        site.answer.set()
        await asyncio.gather(*asked)
        assert site.began[:3] == ["192.0.2.1", "192.0.2.1", "192.0.2.2"]
        assert set(site.began[3:6]) == {"192.0.2.1", "192.0.2.2", "192.0.2.3"}

    visit(script)


def test_more_than_may_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_turns, "WAITING_EACH", 1)

    async def script(site: Site) -> None:
        asked = [site.ask("192.0.2.1") for _ in range(4)]
        await settle()
        assert site.statuses[0] == 503
        site.answer.set()
        await asyncio.gather(*asked)
        assert site.statuses.count(200) == 3

    visit(script)


def test_who_leaves_while_waiting_leaves_no_turn_behind() -> None:
    async def script(site: Site) -> None:
        asked = [site.ask("192.0.2.1") for _ in range(5)]
        await settle()
        for each in asked[2:4]:
            each.cancel()
        await settle()
        site.answer.set()
        await asyncio.gather(*asked, return_exceptions=True)
        await asyncio.gather(*[site.ask("192.0.2.1") for _ in range(5)])
        assert site.statuses == [200] * 8

    visit(script)


def test_turns_are_counted_down_to_none() -> None:
    async def run() -> None:
        turns = Turns()
        for _ in range(3):
            await turns.take("a")
            turns.leave("a")
        assert not turns._running
        assert not turns._waiting

    asyncio.run(run())
