"""Estimates of time."""

from datetime import UTC, datetime, timedelta

import pytest

from generation import estimates
from generation.estimates import PastRun

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_without_earlier_runs_there_is_no_estimate() -> None:
    assert estimates.expect([], pixels=1000, steps=10) is None


def test_time_grows_with_pixels_and_steps() -> None:
    runs = [PastRun(pixels=1000, steps=10, seconds=5.0)]
    assert estimates.expect(runs, pixels=2000, steps=20) == pytest.approx(20.0)


def test_one_slow_run_does_not_spoil_the_estimate() -> None:
    runs = [PastRun(pixels=1000, steps=10, seconds=seconds) for seconds in (5.0, 5.0, 90.0)]
    assert estimates.expect(runs, pixels=1000, steps=10) == pytest.approx(5.0)


def test_the_time_left_follows_the_steps_done() -> None:
    at = NOON + timedelta(seconds=6)
    assert estimates.left(started_at=NOON, at=at, step=3, steps=12, expected=99) == pytest.approx(18.0)


def test_before_the_first_step_the_time_left_is_the_estimate_less_the_time_gone() -> None:
    at = NOON + timedelta(seconds=6)
    assert estimates.left(started_at=NOON, at=at, step=0, steps=12, expected=10) == pytest.approx(4.0)


def test_nothing_is_guessed_from_nothing() -> None:
    assert estimates.left(started_at=NOON, at=NOON, step=0, steps=12, expected=None) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "about 1 s"), (7.4, "about 7 s"), (42, "about 40 s"), (56, "about 1 min"), (200, "about 3 min")],
)
def test_an_estimate_is_no_more_exact_than_it_is_known(seconds: float, words: str) -> None:
    assert estimates.in_words(seconds) == words
