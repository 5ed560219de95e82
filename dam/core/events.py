"""Telling open pages that something changed (server-sent events over Valkey's publish/subscribe).

An event is only a name, such as "job-<id>": the page asks for the fragment again, and the fragment
checks permission itself. Nothing confidential travels here; and that somebody works on something is told to
those who work in the brand alone, for to the others a draft is not there.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import lru_cache

import redis
import redis.asyncio
from django.conf import settings
from django.db import transaction

KEEP_ALIVE_SECONDS = 15.0


@lru_cache(maxsize=1)
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.CACHE_URL, socket_timeout=5.0)


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
        _client().publish(channel, name)
    except redis.RedisError:
        # The state is in the database; a page that missed the hint shows it on its next load.
        return


async def stream(*, brand_id: int, works_here: bool) -> AsyncIterator[bytes]:
    """Server-sent events of a brand, until the reader goes away; all of them for those who work there."""
    client = redis.asyncio.Redis.from_url(settings.CACHE_URL)
    subscription = client.pubsub()
    try:
        audiences = (True, False) if works_here else (True,)
        await subscription.subscribe(*(_channel(brand_id, to_all=each) for each in audiences))
        yield b"retry: 3000\n\n"
        while True:
            message = await subscription.get_message(
                ignore_subscribe_messages=True, timeout=KEEP_ALIVE_SECONDS
            )
            if message is None:
                yield b": still here\n\n"
                await asyncio.sleep(0)
                continue
            yield b"event: " + message["data"] + b"\ndata: changed\n\n"
    finally:
        await subscription.aclose()  # type: ignore[no-untyped-call]
        await client.aclose()
