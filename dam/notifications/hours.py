"""When somebody may be mailed: quiet hours and the time of the digest, in their own time zone. Pure.

Wall clocks are set forward and back. A time that a day skips counts as the moment after the gap, and of one
that comes twice the first counts, unless it is over.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DIGEST_AT = time(8)


@dataclass(frozen=True)
class Hours:
    """Wall times. No quiet hours where both ends are the same, or missing; they may span midnight."""

    zone: ZoneInfo
    digest_at: time = DIGEST_AT
    quiet_from: time | None = None
    quiet_until: time | None = None
    weekends: bool = True  # whether digests come on Saturdays and Sundays

    @property
    def has_quiet(self) -> bool:
        return (
            self.quiet_from is not None
            and self.quiet_until is not None
            and self.quiet_from != self.quiet_until
        )


def is_quiet(at: datetime, hours: Hours) -> bool:
    start, end = hours.quiet_from, hours.quiet_until
    if start is None or end is None or start == end:
        return False
    now = at.astimezone(hours.zone).time()
    return start <= now < end if start < end else now >= start or now < end


def after_quiet(at: datetime, hours: Hours) -> datetime:
    """The first moment from `at` on that isn't quiet."""
    if hours.quiet_until is None or not is_quiet(at, hours):
        return at
    return _next(at, hours.quiet_until, hours.zone)


def next_digest(at: datetime, hours: Hours) -> datetime:
    """The next digest after `at`. Quiet hours don't delay it: its time was chosen, too."""
    moment = _next(at, hours.digest_at, hours.zone)
    while not hours.weekends and moment.astimezone(hours.zone).weekday() >= 5:
        moment = _next(moment, hours.digest_at, hours.zone)
    return moment


def _next(at: datetime, wall: time, zone: ZoneInfo) -> datetime:
    """The next moment after `at` at which a clock there shows this time."""
    today = at.astimezone(zone).date()
    for day in (today, today + timedelta(days=1), today + timedelta(days=2)):
        for moment in _moments(day, wall, zone):
            if moment > at:
                return moment
    raise AssertionError("A day has each wall time or the moment after its gap.")


def _moments(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    first = datetime.combine(day, wall.replace(fold=0), zone).astimezone(UTC)
    second = datetime.combine(day, wall.replace(fold=1), zone).astimezone(UTC)
    # In a gap the later reading lies before the earlier one and shows another time: only one counts.
    return [first, second] if second > first else [first]
