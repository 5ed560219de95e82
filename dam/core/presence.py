"""Who has a room open now: kept in the cache's server by the streams of their pages, and nowhere else.

Each open stream takes a seat and keeps it; one that died is forgotten soon after. A person with several pages
has as many seats and is named once.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import redis
import redis.asyncio

from dam.core import wire

BEAT_SECONDS = 4.0
STAYS_SECONDS = 10.0  # after the last beat: two may be late
LEAVING_SECONDS = 3.0  # after the page went: one that is loaded again is back by then


@dataclass(frozen=True)
class Seat:
    """One stream's place in a room, which is a version's id; `person` as in "member-7", without a space."""

    brand_id: int
    room: str
    person: str
    stream: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def changed(self) -> str:
        """The name under which open pages hear that somebody came or went."""
        return changed(self.room)

    async def keep(self, server: redis.asyncio.Redis) -> bool:
        """Stay for STAYS_SECONDS; whether a person came or went, of whom nobody was told yet.

        A further page of somebody who is there already is no news, nor is one of several that went.
        """
        now = await _now(server)
        key = _key(self.brand_id, self.room)
        pipeline = server.pipeline()
        pipeline.zrange(key, 0, -1)
        pipeline.zremrangebyscore(key, "-inf", now)
        pipeline.zadd(key, {self._member: now + STAYS_SECONDS})
        pipeline.expire(key, round(2 * STAYS_SECONDS))
        pipeline.zrange(key, 0, -1)
        before, _, _, _, after = await pipeline.execute()
        return _persons(before) != _persons(after)

    async def leave(self, server: redis.asyncio.Redis) -> None:
        """Be gone in LEAVING_SECONDS; whoever keeps a seat after that finds it and tells the others."""
        until = await _now(server) + LEAVING_SECONDS
        await server.zadd(_key(self.brand_id, self.room), {self._member: until}, xx=True)

    @property
    def _member(self) -> str:
        return f"{self.person} {self.stream}"


def changed(room: str) -> str:
    """The name under which open pages hear that something about the people of a room changed."""
    return f"present-{room}"


def people(*, brand_id: int, room: str) -> list[str]:
    """The persons of a room, each once, in a steady order. Raises redis.RedisError when unknown."""

    def question(server: redis.Redis) -> list[bytes]:
        clock: Any = server.time()
        found: Any = server.zrange(_key(brand_id, room), f"({_seconds(clock)}", "+inf", byscore=True)
        return list(found)

    return sorted(_persons(wire.ask(question)))


def _persons(members: Iterable[bytes]) -> set[str]:
    return {member.decode().partition(" ")[0] for member in members}


async def _now(server: redis.asyncio.Redis) -> float:
    """By the server's clock, which all web processes share."""
    return _seconds(await server.time())


def _seconds(clock: tuple[int, int]) -> float:
    """Of seconds and microseconds."""
    return clock[0] + clock[1] / 1e6


def _key(brand_id: int, room: str) -> str:
    return f"reelproof:brand:{brand_id}:present:{room}"
