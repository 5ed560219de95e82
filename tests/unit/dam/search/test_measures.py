"""Numbers with a unit, and ranges of them."""

from decimal import Decimal

import pytest

from dam.search import measures, units
from dam.search.measures import Range


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (">10s", Range(low=Decimal(10_000), low_strict=True)),
        ("<=1.5min", Range(high=Decimal(90_000))),
        ("5-15", Range(low=Decimal(4_500), high=Decimal(15_500), high_strict=True)),
        ("5–15s", Range(low=Decimal(4_500), high=Decimal(15_500), high_strict=True)),
        ("15..5", Range(low=Decimal(4_500), high=Decimal(15_500), high_strict=True)),
        ("1:30..", Range(low=Decimal(89_500))),
        ("10s", Range(low=Decimal(9_500), high=Decimal(10_500), high_strict=True)),
        ("8.4", Range(low=Decimal(8_350), high=Decimal(8_450), high_strict=True)),
        ("＞＝10", Range(low=Decimal(10_000))),
    ],
)
def test_a_length_is_read_in_many_ways(typed: str, meant: Range) -> None:
    tidied = measures.tidy(typed, units.LENGTH)
    assert tidied is not None
    assert measures.bounds(tidied, units.LENGTH) == meant


@pytest.mark.parametrize("typed", ["", "..", ">", "x", "5-", "-5", "10parsecs", "1..2..3", ">5-6", "9" * 25])
def test_what_is_no_length_is_none(typed: str) -> None:
    assert measures.tidy(typed, units.LENGTH) is None


def test_the_unit_of_the_end_is_that_of_the_beginning() -> None:
    assert measures.tidy("1-2 min", units.LENGTH) == "1min..2min"


def test_pixels_stand_for_themselves() -> None:
    assert measures.bounds("1920px", units.PIXELS) == Range(low=Decimal(1920), high=Decimal(1920))


def test_what_was_made_tidy_stays_as_it_is() -> None:
    for typed in (">10s", "5-15", "1:30", "..2h", "10 MS"):
        once = measures.tidy(typed, units.LENGTH)
        assert once
        assert measures.tidy(once, units.LENGTH) == once


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("5s..15s", [4500, 15_499]),
        (">60s", [60_001]),
        (">=60s", [60_000, 60_001]),
        ("<4.5s", [0, 4499]),
        ("<=4.5s", [0, 4499, 4500]),
        ("20s", []),
    ],
)
def test_a_range_counts_what_lies_between_its_ends(typed: str, held: list[int]) -> None:
    span, lengths = measures.bounds(typed, units.LENGTH), [0, 4499, 4500, 15_499, 15_500, 60_000, 60_001]
    assert span.count(lengths) == len(held)
    assert span.count(held) == len(held)
