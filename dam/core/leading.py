"""Somebody shows others what they look at: where their playhead stands, where they point, what they draw.

What they last told is kept in the cache's server for as long as they go on telling it, and passed on to those
who follow them. It is never written down.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import redis
import redis.asyncio

from dam.core import events, wire

STAYS_SECONDS = 12.0  # after the last word: a page says something every four
LOOK_SECONDS = 2.0  # how often a follower's stream finds out that nothing came any more
_OVER = b"event: over\ndata: over\n\n"


@dataclass(frozen=True)
class Lead:
    """What one person shows in one room, which is a version's id; `person` as in "member-7"."""

    brand_id: int
    room: str
    person: str

    def tell(self, state: str) -> bool:
        """Pass on what they show now, as JSON on one line; whether they begin with it.

        Raises redis.RedisError.
        """

        def telling(server: redis.Redis) -> bool:
            pipeline = server.pipeline()
            pipeline.exists(self._key)
            pipeline.set(self._key, state, px=round(STAYS_SECONDS * 1000))
            pipeline.publish(self._key, state)
            known, *_ = pipeline.execute()
            return not known

        return wire.ask(telling)

    def stop(self) -> bool:
        """Show nothing any more; whether they did. Raises redis.RedisError."""

        def stopping(server: redis.Redis) -> bool:
            pipeline = server.pipeline()
            pipeline.delete(self._key)
            pipeline.publish(self._key, "")
            known, _ = pipeline.execute()
            return bool(known)

        return wire.ask(stopping)

    @property
    def _key(self) -> str:
        """Of what is kept, and of the channel by which it is passed on."""
        return f"reelproof:brand:{self.brand_id}:lead:{self.room}:{self.person}"


def among(persons: Iterable[str], *, brand_id: int, room: str) -> set[str]:
    """Which of these persons show something in this room now. Raises redis.RedisError."""
    asked = list(persons)
    if not asked:
        return set()
    keys = [Lead(brand_id, room, person)._key for person in asked]
    kept = wire.ask(lambda server: server.mget(keys))
    return {person for person, state in zip(asked, kept, strict=True) if state is not None}


async def follow(lead: Lead, *, may_follow: Callable[[], Awaitable[bool]]) -> AsyncIterator[bytes]:
    """What somebody shows as server-sent events, from what they show now until they stop.

    `may_follow` is asked from time to time; once it says no, the stream ends, as after the last word.
    """
    client = events.connect()
    subscription = client.pubsub()
    asked_at = time.monotonic()
    try:
        # First listen, then look: what comes in between is told twice rather than not at all.
        await asyncio.wait_for(subscription.subscribe(lead._key), wire.PATIENCE_SECONDS)
        yield b"retry: 3000\n\n"
        state: Any = await asyncio.wait_for(client.get(lead._key), wire.PATIENCE_SECONDS)
        while state:
            yield b"data: " + state + b"\n\n"
            message = None
            while message is None:
                if time.monotonic() - asked_at >= events.ASK_AGAIN_SECONDS:
                    if not await may_follow():
                        yield _OVER
                        return
                    asked_at = time.monotonic()
                message = await subscription.get_message(ignore_subscribe_messages=True, timeout=LOOK_SECONDS)
                if message is None:
                    if not await asyncio.wait_for(client.exists(lead._key), wire.PATIENCE_SECONDS):
                        break
                    yield b": still here\n\n"
            state = message["data"] if message is not None else b""
        yield _OVER
    except (redis.RedisError, TimeoutError):
        return  # the browser comes again by itself
    finally:
        await subscription.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()
