"""Where people and brands are: their time zone, and the days there. Pure but for the settings.

Two zones matter. What happened is told in the reader's. A day that is a term, such as the last one of a
clearance, a due date or the end of a share link, ends where the brand is.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.utils import timezone

from dam.accounts.models import Brand, User

# Seconds are what forms and stored moments count; nothing is later on that day.
LAST_SECOND = time(23, 59, 59, fold=1)  # where clocks go back at midnight, the second time it is so late


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def names() -> list[str]:
    """The zones to choose from: those of places, and UTC."""
    return sorted(name for name in _names() if name == "UTC" or ("/" in name and not name.startswith("Etc/")))


def known(name: str) -> bool:
    return name in _names()


def zone_of(user: User | None, brand: Brand | None, *, browser: str = "") -> ZoneInfo:
    """A person's own zone, else the brand's, else the browser's, else the installation's.

    Where no browser asks, as when a mail is due, it is the one that the person's browser was in last.
    """
    browser = browser or (user.browser_time_zone if user else "")
    chosen = (user.time_zone if user else "", brand.time_zone if brand else "", browser, settings.TIME_ZONE)
    return ZoneInfo(next((name for name in chosen if name and known(name)), "UTC"))


def of_brand(brand: Brand | None) -> ZoneInfo:
    """Where the brand is: there the days of its rights, reviews and links end."""
    return zone_of(None, brand)


def here(brand: Brand | None, *, at: datetime | None = None) -> datetime:
    """Now, as the clock says it where the brand is."""
    return (at or timezone.now()).astimezone(of_brand(brand))


def today_in(zone: ZoneInfo, *, at: datetime | None = None) -> date:
    return (at or timezone.now()).astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The last second of the day there, for a day that people mean to include.

    >>> end_of_day(date(2026, 7, 1), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-07-01T23:59:59+02:00'
    """
    return datetime.combine(day, LAST_SECOND, tzinfo=zone)


def earliest_today(*zones: ZoneInfo, at: datetime | None = None) -> date:
    """The first of the days that are today in one of the zones: no earlier one is still somebody's today."""
    return min(today_in(zone, at=at) for zone in zones)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day there; where clocks skip midnight, the first that there is.

    >>> start_of_day(date(2026, 7, 1), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-07-01T00:00:00+02:00'
    >>> start_of_day(date(2026, 9, 6), ZoneInfo("America/Santiago")).isoformat()
    '2026-09-06T01:00:00-03:00'
    """
    midnight = datetime.combine(day, time.min, tzinfo=zone)
    return midnight.astimezone(UTC).astimezone(zone)


def until(day: date, *, brand: ZoneInfo, person: ZoneInfo, at: datetime | None = None) -> datetime:
    """The end of a day that a person chose: the brand's, or their own if that is over already.

    In Los Angeles it is still Thursday when it is Friday in Berlin. Who chooses their own today gets all of
    it, and never reads that it has passed.
    """
    end = end_of_day(day, brand)
    if end <= (at or timezone.now()):
        end = max(end, end_of_day(day, person))
    return end


def place(zone: ZoneInfo) -> str:
    """The name of a zone for people.

    >>> place(ZoneInfo("America/Los_Angeles")), place(ZoneInfo("UTC"))
    ('Los Angeles', 'UTC')
    """
    return zone.key.rpartition("/")[2].replace("_", " ")


def offset(zone: ZoneInfo, *, at: datetime | None = None) -> str:
    """How far it is from UTC: "+02:00"."""
    shift = (at or timezone.now()).astimezone(zone).utcoffset() or timedelta()
    sign, minutes = ("-" if shift < timedelta() else "+"), abs(shift) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"
