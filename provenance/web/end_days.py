"""Days that people choose: when they end, and that they aren't over."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts import times as zones


def end_of(
    day: date | None, *, zone: ZoneInfo, browser: ZoneInfo | None = None, latest: datetime | None = None
) -> datetime | None:
    """A day that people mean to include ends with its last second where the brand is.

    `latest` is the end of an earlier clearance: of that day, its own last moment. Where that day is over
    already it may still be somebody's today: where they say that they are, or where their browser is.
    """
    if day is None:
        return None
    if latest is not None and day == latest.astimezone(zone).date():
        return latest
    return max(zones.until(day, brand=zone, person=each) for each in _readers(browser))


def start_of(day: date | None, *, zone: ZoneInfo, earliest: datetime | None = None) -> datetime | None:
    """The first moment of a day where the brand is.

    `earliest` is the beginning of an earlier clearance: of that day, its own first moment.
    """
    if day is None:
        return None
    if earliest is not None and day == earliest.astimezone(zone).date():
        return earliest
    return zones.start_of_day(day, zone)


def _readers(browser: ZoneInfo | None) -> tuple[ZoneInfo, ...]:
    """The zones that a reader's today may be in: who has chosen none reads pages in the brand's."""
    current = timezone.get_current_timezone()
    reader = current if isinstance(current, ZoneInfo) else ZoneInfo("UTC")
    return (reader, browser) if browser else (reader,)


def require_ahead(day: date | None, *, zone: ZoneInfo, browser: ZoneInfo | None) -> date | None:
    """A day that isn't over for the brand nor for who sends it: each may be ahead. Raises ValidationError."""
    if day is not None and day < zones.earliest_today(zone, *_readers(browser)):
        raise forms.ValidationError(_("This date has passed. Choose today or a later date."))
    return day
