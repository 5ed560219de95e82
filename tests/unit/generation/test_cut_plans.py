"""What a cut is made of, as it is typed and as it comes out."""

from dataclasses import replace
from fractions import Fraction

import pytest

from dam.media.probe import Kind
from generation.cuts import plans
from generation.cuts.plans import CutRefused, Settings, Used
from generation.web import cuts
from tests.unit.dam.media.test_probe import INFO

USED = Used(version="", asset="", sha256="", title="Card")


@pytest.mark.parametrize(
    ("size", "expected"), [((8000, 6000), (3840, 2880)), ((101, 67), (100, 66)), ((1, 1), (2, 2))]
)
def test_a_cut_that_begins_with_an_image_is_as_large_as_a_film_can_be(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    info = replace(INFO, kind=Kind.STILL, width=size[0], height=size[1], pixel_aspect=Fraction(1))
    outcome = plans.outcome([plans.whole(USED, info, focus=(500, 500))], [info], Settings())
    assert (outcome.width, outcome.height) == expected


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("1.5", Fraction(3, 2)), (" 0,04 ", Fraction(1, 25)), ("3", 3), (".5", Fraction(1, 2))],
)
def test_times_are_typed_in_seconds(typed: str, seconds: Fraction) -> None:
    assert cuts._seconds(typed, 1) == seconds


@pytest.mark.parametrize(
    "typed", ["", "-1", "1e3", "1e999999999", "1/3", "1_0", "²", "nan", "1:30", "9" * 7, "0." + "0" * 10]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(CutRefused) as refused:
        cuts._seconds(typed, 3)
    assert refused.value.piece == 3
