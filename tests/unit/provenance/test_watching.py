"""How much of a clip was played, as a browser tells it."""

from dataclasses import asdict

import pytest

from provenance.review import watching
from provenance.review.watching import Watched

FRAME = 40.0


@pytest.mark.parametrize(
    ("told", "played", "whole"),
    [
        ("[[0, 10]]", 10_000, True),
        ("[[0, 9.97]]", 9_970, True),  # players stop a little before the end
        ("[[0, 9.9]]", 9_900, False),
        ("[[0.1, 10]]", 9_900, False),
        ("[[0, 4], [4.01, 10]]", 9_990, True),
        ("[[0, 4], [4.2, 10]]", 9_800, False),
        ("[[0, 6], [3, 10]]", 10_000, True),  # what was played twice counts once
        ("[[5, 10], [0, 5]]", 10_000, True),
        ("[[-3, 99]]", 10_000, True),
        ("[[8, 2]]", 0, False),
    ],
)
def test_spans_are_put_together(told: str, played: int, whole: bool) -> None:
    assert watching.measured(watching.spans(told), length_ms=10_000, frame_ms=FRAME) == Watched(
        played, 10_000, whole
    )


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "{}",
        "12",
        "null",
        "[[0]]",
        "[[0, 1, 2]]",
        '[["a", "b"]]',
        "[[0, NaN]]",
        "[[0, Infinity]]",
        "[[null, 1]]",
        "[[0, 1" + "0" * 400 + "]]",
        "nonsense",
        "[" + "[0, 1]," * 2_000 + "[0, 1]]",
        "[" * 30_000,
        "[[0, 1]" + " " * watching.LONGEST + "]",
    ],
)
def test_of_what_nobody_can_read_nothing_is_made(told: str) -> None:
    assert watching.measured(watching.spans(told), length_ms=10_000, frame_ms=FRAME) is None


@pytest.mark.parametrize("length", [None, 0])
def test_what_has_no_length_is_not_played(length: int | None) -> None:
    assert watching.measured(((0, 1),), length_ms=length, frame_ms=FRAME) is None


def test_what_was_played_at_two_times_is_joined_and_measured_as_one() -> None:
    one, other = watching.spans("[[0, 4], [6, 8]]"), watching.spans("[[3, 6.5], [8, 10]]")
    both = watching.together(one, other)
    assert both == ((0, 10),)
    whole = watching.measured(both, length_ms=10_000, frame_ms=FRAME)
    assert whole is not None
    assert watching.summed_up(asdict(whole)) == "played the whole clip"
