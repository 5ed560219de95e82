"""How far two words are apart in letters."""

import pytest

from dam.search import spelling


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("bottle", "bottle", 0),
        ("botle", "bottle", 1),
        ("bottel", "bottle", 1),
        ("battle", "bottle", 1),
        ("бутыкла", "бутылка", 1),
        ("", "can", 3),
        ("kitten", "sitting", 3),
    ],
)
def test_distance_counts_slips(one: str, other: str, distance: int) -> None:
    assert spelling.distance(one, other) == spelling.distance(other, one) == distance


@pytest.mark.parametrize(("typed", "meant"), [("botle", "bottle"), ("бутыкла", "бутылка"), ("rde", "red")])
def test_every_slip_is_tried(typed: str, meant: str) -> None:
    assert meant in set(spelling.slips(typed))


def test_a_very_long_word_is_not_tried() -> None:
    assert not list(spelling.slips("a" * 60))


@pytest.mark.parametrize(
    ("typed", "other", "near"),
    [
        ("botle", "bottles", True),  # the beginning of it
        ("harvset", "harvest", True),
        ("can", "van", True),
        ("cat", "category", False),
        ("elephant", "elegant", True),
        ("bottle", "summer", False),
    ],
)
def test_near_is_a_slip_or_two_in_a_longer_word(typed: str, other: str, near: bool) -> None:
    assert spelling.is_near(typed, other) == near
