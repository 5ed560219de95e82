"""Telling open pages that something changed (server-sent events over Valkey's publish/subscribe).

An event is only a name, such as "job-<id>": the page asks for the fragment again, and the fragment
checks permission itself. Nothing confidential travels here; and that somebody works on something is told to
those who work in the brand alone, for to the others a draft is not there.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

from dam.core import presence, wire
from dam.core.presence import Seat

KEEP_ALIVE_SECONDS = 15.0
ASK_AGAIN_SECONDS = 15.0  # whether the reader may still listen
# A name is told at most so often: at once, and once more after a time for all that came meanwhile.
SELDOM = {"jobs": 2.0, "library": 2.0, "recalls": 2.0}
OFTEN = 0.5
# What a stream that opens is told of the past: a page is older than its stream by the time it takes to load.
RECENT_SECONDS = 5.0


def _channel(brand_id: int, *, to_all: bool) -> str:
    return f"reelproof:brand:{brand_id}" + ("" if to_all else ":work")


def publish(*, brand_id: int, name: str, to_all: bool = False) -> None:
    """Tell the brand's open pages that `name` changed, once the transaction has committed.

    Those who see released work alone hear of it only with `to_all`: when what they see has changed.
    """
    channel = _channel(brand_id, to_all=to_all)
    transaction.on_commit(lambda: _send(channel, name))


def _send(channel: str, name: str) -> None:
    try:
        wire.ask(lambda server: _tell(server, channel, name))
    except redis.RedisError:
        # The state is in the database; a page that missed the hint shows it on its next load.
        return


def _tell(server: redis.Redis, channel: str, name: str) -> None:
    pipeline = server.pipeline()
    _fill(pipeline, channel, name)
    pipeline.execute()


def _fill(pipeline: Any, channel: str, name: str) -> None:
    now = time.time()
    pipeline.zadd(_recent(channel), {name: now})
    pipeline.zremrangebyscore(_recent(channel), "-inf", now - RECENT_SECONDS)
    pipeline.expire(_recent(channel), round(2 * RECENT_SECONDS))
    pipeline.publish(channel, name)


def _recent(channel: str) -> str:
    return f"{channel}:recent"


class Pacing:
    """When each name may be told: nothing that came is lost, and no name comes in a storm."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._not_before: dict[str, float] = {}
        self._waiting: set[str] = set()

    def came(self, name: str) -> bool:
        """Whether to tell it at once; else it is among `due` in a moment."""
        now = self._clock()
        if now >= self._not_before.get(name, now):
            self._told(name, now)
            return True
        self._waiting.add(name)
        return False

    def due(self) -> list[str]:
        """What waited and is to be told now."""
        now = self._clock()
        over = sorted(name for name in self._waiting if now >= self._not_before[name])
        for name in over:
            self._told(name, now)
        # Names of single jobs and versions come and go; those whose time is over are forgotten.
        self._not_before = {name: at for name, at in self._not_before.items() if at > now}
        return over

    def wait(self, most: float) -> float:
        """Seconds until something is due, `most` when nothing waits."""
        now = self._clock()
        return max(0.0, min([most, *(self._not_before[name] - now for name in self._waiting)]))

    def _told(self, name: str, now: float) -> None:
        self._waiting.discard(name)
        self._not_before[name] = now + SELDOM.get(name, OFTEN)


async def _anybody() -> bool:
    return True


async def stream(
    *,
    brand_id: int,
    works_here: bool,
    may_listen: Callable[[], Awaitable[bool]] = _anybody,
    seats: Sequence[Seat] = (),
) -> AsyncIterator[bytes]:
    """Server-sent events of a brand, until the reader goes away; all of them for those who work there.

    `may_listen` is asked from time to time; once it says no, as after a sign-out, the stream ends.
    While it is open the reader has the `seats`: one for each room that is open in their browser.
    """
    client = connect()
    subscription = client.pubsub()
    pacing = Pacing()
    asked_at = time.monotonic()
    beat_at = asked_at
    quiet = presence.BEAT_SECONDS if seats else KEEP_ALIVE_SECONDS
    try:
        audiences = (True, False) if works_here else (True,)
        channels = [_channel(brand_id, to_all=each) for each in audiences]
        await asyncio.wait_for(subscription.subscribe(*channels), wire.PATIENCE_SECONDS)
        since = time.time() - RECENT_SECONDS
        missed: list[Any] = []
        for channel in channels:
            past = client.zrange(_recent(channel), since, "+inf", byscore=True)
            missed += await asyncio.wait_for(past, wire.PATIENCE_SECONDS)
        yield b"retry: 3000\n\n"
        for name in dict.fromkeys(each.decode() for each in missed):
            if pacing.came(name):
                yield _event(name)
        while True:
            if seats and time.monotonic() >= beat_at:
                beat_at = time.monotonic() + presence.BEAT_SECONDS
                for seat in seats:
                    await _sit(client, seat)
            message = await subscription.get_message(
                ignore_subscribe_messages=True, timeout=pacing.wait(quiet)
            )
            if time.monotonic() - asked_at >= ASK_AGAIN_SECONDS:
                if not await may_listen():
                    return
                asked_at = time.monotonic()
            names = pacing.due()
            if message is not None and pacing.came(told := message["data"].decode()):
                names.append(told)
            for name in names:
                yield _event(name)
            if message is None and not names:
                yield b": still here\n\n"
            await asyncio.sleep(0)
    except (redis.RedisError, TimeoutError):
        return  # the browser comes again by itself
    finally:
        for seat in seats:
            await _stand_up(client, seat)
        await subscription.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()


async def attend(seat: Seat, *, may_stay: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    """A stream that keeps the reader's `seat` and tells them nothing; it ends once `may_stay` says no."""
    client = connect()
    asked_at = time.monotonic()
    try:
        yield b"retry: 3000\n\n"
        while True:
            if time.monotonic() - asked_at >= ASK_AGAIN_SECONDS:
                if not await may_stay():
                    return
                asked_at = time.monotonic()
            await _sit(client, seat)
            yield b": still here\n\n"
            await asyncio.sleep(presence.BEAT_SECONDS)
    except (redis.RedisError, TimeoutError):
        return  # the browser comes again by itself
    finally:
        await _stand_up(client, seat)
        await client.aclose()


async def _sit(client: redis.asyncio.Redis, seat: Seat) -> None:
    """Keep the seat, and tell those who work in the brand when somebody came or went."""
    if not await asyncio.wait_for(seat.keep(client), wire.PATIENCE_SECONDS):
        return
    pipeline = client.pipeline()
    _fill(pipeline, _channel(seat.brand_id, to_all=False), seat.changed)
    await asyncio.wait_for(pipeline.execute(), wire.PATIENCE_SECONDS)


async def _stand_up(client: redis.asyncio.Redis, seat: Seat) -> None:
    with suppress(redis.RedisError, TimeoutError):  # then the seat ends by itself
        await asyncio.wait_for(seat.leave(client), wire.PATIENCE_SECONDS)


def connect() -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(settings.CACHE_URL, socket_connect_timeout=wire.PATIENCE_SECONDS)


def _event(name: str) -> bytes:
    return b"event: " + name.encode() + b"\ndata: changed\n\n"
