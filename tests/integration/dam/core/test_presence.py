"""Seats in a room: one name for each person, and none for whoever went."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
import redis.asyncio
from django.conf import settings

from dam.core import events, presence, wire
from dam.core.presence import Seat

pytestmark = pytest.mark.usefixtures("servers")
BRAND, ROOM = 7, "a-version"


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    _forget()
    yield
    _forget()


def _forget() -> None:
    wire.ask(lambda server: server.delete(presence._key(BRAND, ROOM)))


def seat(person: str = "member-1") -> Seat:
    return Seat(brand_id=BRAND, room=ROOM, person=person)


def here() -> list[str]:
    return presence.people(brand_id=BRAND, room=ROOM)


def pass_time(seconds: float) -> None:
    """As if so much time had gone: nobody's seat is kept for as long any more."""
    key = presence._key(BRAND, ROOM)

    def earlier(server: Any) -> None:
        for member, until in server.zrange(key, 0, -1, withscores=True):
            server.zadd(key, {member: until - seconds})

    wire.ask(earlier)


def with_server(act: Callable[[redis.asyncio.Redis], Coroutine[Any, Any, Any]]) -> Any:
    async def acting() -> Any:
        server = redis.asyncio.Redis.from_url(settings.CACHE_URL)
        try:
            return await act(server)
        finally:
            await server.aclose()

    return asyncio.run(acting())


def test_a_person_with_two_pages_is_named_once() -> None:
    for each in (seat(), seat("guest-4")):
        assert with_server(each.keep)
    assert not with_server(seat().keep)
    assert here() == ["guest-4", "member-1"]
    assert presence.people(brand_id=BRAND + 1, room=ROOM) == []


def test_staying_is_no_news() -> None:
    mine = seat()
    assert with_server(mine.keep)
    assert not with_server(mine.keep)


def test_whoever_leaves_is_gone_after_a_moment_and_the_next_to_stay_learns_it() -> None:
    mine, other = seat(), seat("member-2")
    with_server(mine.keep)
    with_server(other.keep)
    with_server(other.leave)
    pass_time(presence.LEAVING_SECONDS)
    assert here() == ["member-1"]
    assert with_server(mine.keep)


def test_one_of_several_pages_that_went_is_no_news() -> None:
    mine, pages = seat(), [seat("member-2"), seat("member-2")]
    for each in (mine, *pages):
        with_server(each.keep)
    with_server(pages[0].leave)
    pass_time(presence.LEAVING_SECONDS)
    assert not with_server(mine.keep)
    assert here() == ["member-1", "member-2"]


def test_who_is_no_longer_heard_of_is_gone() -> None:
    with_server(seat().keep)
    assert here() == ["member-1"]
    pass_time(presence.STAYS_SECONDS)
    assert here() == []


def test_leaving_takes_no_place() -> None:
    with_server(seat().leave)
    assert here() == []


async def _open(stream: Any, *, until: Callable[[], bool]) -> None:
    async for _ in stream:
        if until():
            break
    await stream.aclose()


@pytest.mark.parametrize("kind", ["brand", "guest"])
def test_a_stream_holds_its_seat_until_it_ends(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LEAVING_SECONDS", 0.0)
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.05)
    mine = seat()
    stream = (
        events.stream(brand_id=BRAND, works_here=True, seats=[mine])
        if kind == "brand"
        else events.attend(mine, may_stay=events._anybody)
    )
    seen: list[list[str]] = []

    def there() -> bool:
        seen.append(here())
        return bool(seen[-1])

    asyncio.run(asyncio.wait_for(_open(stream, until=there), 20))
    assert seen[-1] == ["member-1"]
    assert here() == []


def test_a_guests_stream_ends_with_their_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(events, "ASK_AGAIN_SECONDS", 0.1)

    async def no() -> bool:
        return False

    async def read() -> list[bytes]:
        return [each async for each in events.attend(seat(), may_stay=no)]

    assert asyncio.run(asyncio.wait_for(read(), 20))
