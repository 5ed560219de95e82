"""A form's field for a day that is a term, and the line below it that says when such a day ends."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from dam.accounts import times as zones
from dam.web import times


def ends(zone: ZoneInfo) -> str:
    """When it ends, for people in many places."""
    return _("Until the end of this day, %(place)s time (UTC%(offset)s).") % {
        "place": zones.place(zone),
        "offset": zones.offset(zone),
    }


def begins(zone: ZoneInfo) -> str:
    """When it begins, for people in many places."""
    return _("From the start of this day, %(place)s time. Until then viewers don't see the clip.") % {
        "place": zones.place(zone)
    }


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that people can mean: its last second is one that every time zone can say."""

    widget = DateInput

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not times.within(day):
            raise forms.ValidationError(
                _("Choose a date between %(year)s and %(year2)s.")
                % {"year": times.EARLIEST.year, "year2": times.LATEST.year}
            )
        return day
