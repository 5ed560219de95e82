"""What a preset of terms says: its last day, what it fills in, how it is kept."""

from datetime import date

import pytest

from dam.rights import preset_terms
from dam.rights.preset_terms import Period, PresetTerms
from dam.rights.statements import Statements


@pytest.mark.parametrize(
    ("period", "length", "today", "last"),
    [
        (Period.DAYS, 90, date(2026, 11, 29), date(2027, 2, 27)),
        (Period.MONTHS, 12, date(2026, 11, 29), date(2027, 11, 29)),
        (Period.MONTHS, 6, date(2026, 8, 31), date(2027, 2, 28)),
        (Period.MONTHS, 1, date(2026, 12, 15), date(2027, 1, 15)),
        (Period.UNLIMITED, None, date(2026, 11, 29), None),
        (Period.UNSAID, None, date(2026, 11, 29), None),
    ],
)
def test_a_period_is_counted_from_the_day_of_the_approval(
    period: Period, length: int | None, today: date, last: date | None
) -> None:
    assert PresetTerms(period=period, length=length).last_day(today) == last


def test_a_fixed_last_day_stays_whatever_the_day_of_the_approval() -> None:
    terms = PresetTerms(period=Period.UNTIL, until=date(2027, 6, 30))
    assert terms.last_day(date(2026, 11, 29)) == date(2027, 6, 30)


def test_what_it_says_nothing_of_stays_as_it_is() -> None:
    terms = PresetTerms(stated=Statements(restriction="No paid media"))
    now = Statements(licence="Stock 12", restriction="No print")
    assert terms.filled(now) == Statements(licence="Stock 12", restriction="No paid media")


def test_what_is_kept_is_read_again_without_uses_that_are_no_longer_known() -> None:
    terms = PresetTerms(
        ("web", "social"), ("EU", "CH"), Period.MONTHS, 6, stated=Statements(credit_line="© Ada")
    )
    assert preset_terms.read(terms.kept()) == terms
    assert preset_terms.read({"uses": ["web", "fax"]}).uses == ("web",)
