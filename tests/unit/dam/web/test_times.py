"""Points in time as addresses give them."""

import pytest

from dam.web import times


@pytest.mark.parametrize(
    "odd",
    ["", "x", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"],
)
def test_what_is_no_point_in_time_that_everybody_can_say_is_none(odd: str) -> None:
    assert times.read(odd) is None
