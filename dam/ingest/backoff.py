"""When to try again: soon at first, then less and less often, so that no backlog multiplies itself. Pure."""

from datetime import datetime, timedelta

# A message that nobody has taken may only be waiting its turn.
FIRST_SEND = timedelta(minutes=2)
LAST_SEND = timedelta(hours=6)
FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(hours=1)
MOST_INTERRUPTIONS = 12  # about nine hours


def next_send(at: datetime, *, sends: int) -> datetime:
    """When to send a message again that was sent `sends` times before.

    >>> next_send(datetime(2026, 1, 1), sends=2)
    datetime.datetime(2026, 1, 1, 0, 8)
    """
    return at + min(FIRST_SEND * (1 << min(sends, 16)), LAST_SEND)


def next_retry(at: datetime, *, interruptions: int) -> datetime:
    """When to try what was put back `interruptions` times before."""
    return at + min(FIRST_RETRY * (1 << 2 * min(interruptions, 8)), LAST_RETRY)
