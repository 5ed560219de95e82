"""A body that stays away, or drips, ends; one that comes at a fair pace does not."""

import asyncio
from typing import Any

import pytest

from dam.web import pace
from dam.web.asgi_middleware import Message, Receive, Scope, Send

PIECE: Message = {"type": "http.request", "body": bytes(1000), "more_body": True}
LAST: Message = {"type": "http.request", "body": b"", "more_body": False}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """As Django: answers a whole body, and forgets one whose client has left."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})


def status(receive: Receive) -> int:
    sent: list[Any] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(pace.KeepPace(app)({"type": "http"}, receive, send))
    return int(sent[0]["status"])


def test_a_body_that_stays_away_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "IDLE_SECONDS", 0.01)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    assert status(receive) == 408


@pytest.mark.parametrize(("seconds_each", "ends"), [(0.5, False), (3.0, True)])
def test_the_average_counts_once_a_slow_beginning_is_over(seconds_each: float, ends: bool) -> None:
    now = 0.0

    async def receive() -> Message:
        nonlocal now
        now += seconds_each
        return PIECE

    async def read() -> list[str]:
        reading = pace.paced(receive, slowest=1000, clock=lambda: now)
        return [str((await reading())["type"]) for _ in range(100)]

    assert ("http.disconnect" in asyncio.run(read())) is ends


def test_whoever_waits_for_an_answer_is_not_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "IDLE_SECONDS", 0.01)

    async def read() -> None:
        left = asyncio.Event()

        async def receive() -> Message:
            if not left.is_set():
                left.set()
                return LAST
            await asyncio.Event().wait()
            raise AssertionError

        reading = pace.paced(receive, slowest=1000)
        assert (await reading()) == LAST
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reading(), 0.05)

    asyncio.run(read())
