"""What a preset of terms says: what an approval by it clears, and what is stated of rights beside it."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from dam.rights import territories
from dam.rights.policy import Use
from dam.rights.statements import Statements

MOST_DAYS = 36_500
MOST_MONTHS = 1_200


class Period(StrEnum):
    """How long what it grants may be used."""

    UNSAID = ""
    UNLIMITED = "unlimited"
    DAYS = "days"
    MONTHS = "months"
    UNTIL = "until"


@dataclass(frozen=True)
class PresetTerms:
    """What is empty says nothing: a form that is filled in with it keeps what it has there.

    `length` counts days or months from the day of the approval on, as `period` says; `until` is a last day.
    """

    uses: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    period: Period = Period.UNSAID
    length: int | None = None
    until: date | None = None
    stated: Statements = field(default_factory=Statements)

    @property
    def clears(self) -> bool:
        """Whether it says anything of what an approval clears."""
        return bool(self.uses or self.territories or self.period)

    @property
    def states(self) -> bool:
        return self.stated != Statements()

    def last_day(self, today: date) -> date | None:
        """Of an approval of today; None without an end, and where it says nothing of it.

        Months end on the same day of a later one, or on its last: six from 31 August on the last of February.
        """
        if self.period is Period.DAYS and self.length:
            return today + timedelta(days=self.length)
        if self.period is Period.MONTHS and self.length:
            year, month = divmod(today.year * 12 + today.month - 1 + self.length, 12)
            return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
        return self.until if self.period is Period.UNTIL else None

    def filled(self, now: Statements) -> Statements:
        """These statements, where it says something with what it says."""
        return Statements(
            **{**asdict(now), **{name: text for name, text in asdict(self.stated).items() if text}}
        )

    def kept(self) -> dict[str, Any]:
        """As RightsPreset.terms holds it, and events tell it: by name, without what is empty."""
        said: dict[str, Any] = {
            "uses": list(self.uses),
            "territories": list(self.territories),
            "period": self.period.value,
            "length": self.length,
            "until": self.until.isoformat() if self.until else None,
            **asdict(self.stated),
        }
        return {name: value for name, value in said.items() if value}


def read(kept: Mapping[str, Any]) -> PresetTerms:
    """What RightsPreset.terms says; uses and territories that are no longer known are left out."""
    until = kept.get("until")
    return PresetTerms(
        uses=tuple(use for use in kept.get("uses", ()) if use in _USES),
        territories=tuple(place for place in kept.get("territories", ()) if territories.known(place)),
        period=Period(kept.get("period", "")),
        length=kept.get("length"),
        until=date.fromisoformat(until) if until else None,
        stated=Statements(**{each.name: kept.get(each.name, "") for each in fields(Statements)}),
    )


_USES = frozenset(use.value for use in Use)
