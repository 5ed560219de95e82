"""Whole numbers as addresses, forms and headers say them."""

from pathlib import Path

import pytest

from dam.core import numbers

ROOT = Path(__file__).parents[4]
OF_BYTES = {"dam/web/body_limits.py"}


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "+1", "-1", "1.0", "1_0", "²", "٣", "x", "1" * 19, "9" * 5_000]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert numbers.read(text) is None


def test_as_many_digits_are_taken_as_are_asked_for() -> None:
    assert numbers.read("9" * 18) == 10**18 - 1
    assert (numbers.read("007", digits=3), numbers.read("1000", digits=3)) == (7, None)
    assert numbers.read_all(["3", "x", "", "1" * 19, "0"]) == [3, 0]


def test_every_view_reads_them_here() -> None:
    files = [path for app in ("dam", "generation", "provenance") for path in ROOT.glob(f"{app}/web/**/*.py")]
    own = {
        str(path.relative_to(ROOT))
        for path in files
        if any(each in path.read_text() for each in (".isdecimal(", ".isdigit("))
    }
    assert own == OF_BYTES
