"""Taking messages from Redis or Valkey: one that can't be read is dropped, and stops nobody."""

import logging
from typing import Any

from kombu.transport import redis
from kombu.transport.virtual import Empty

log = logging.getLogger(__name__)

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)  # no JSON, or not what a message looks like


class Channel(redis.Channel):
    """What a message asked for follows from the database too, and recovery sends it again."""

    def _brpop_read(self, **options: Any) -> Any:
        try:
            return super()._brpop_read(**options)  # type: ignore[misc]
        except UNREADABLE:
            log.exception("A message that can't be read was dropped.")
            raise Empty from None

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        try:
            return super()._get(queue)
        except UNREADABLE:
            log.exception("A message in %s that can't be read was dropped.", queue)
            raise Empty from None


def tolerate() -> None:
    """Have every connection of this process take messages so."""
    redis.Transport.Channel = Channel
