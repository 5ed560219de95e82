"""Points in time as addresses and forms give them. Pure."""

from datetime import UTC, date, datetime

from dam.core import numbers

# Beyond these a point in time may have no year that Python, PostgreSQL and every time zone can say.
EARLIEST, LATEST = date(1900, 1, 1), date(2999, 12, 31)


def read(text: str) -> datetime | None:
    """A date and time with its offset, in ISO 8601; None for anything else, and for a year far away.

    >>> read("2026-01-01T00:00:00+02:00")
    datetime.datetime(2025, 12, 31, 22, 0, tzinfo=datetime.timezone.utc)
    >>> read("9999-12-31T23:59:59-12:00")
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo and within(moment.date()) else None
    except (ValueError, OverflowError):
        return None


def place(text: str) -> tuple[datetime, int] | None:
    """Where a list goes on, as the page before names it: a moment, and the number that settles ties.

    >>> place("2026-01-01T00:00:00+00:00~17")
    (datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc), 17)
    >>> place("2026-01-01T00:00:00+00:00~seventeen")
    """
    moment, _separator, key = text.partition("~")
    at, number = read(moment), numbers.read(key)
    return (at, number) if at and number is not None else None


def within(day: date) -> bool:
    """Whether it is a day that people can mean."""
    return EARLIEST <= day <= LATEST
