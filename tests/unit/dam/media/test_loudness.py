import pytest

from dam.media import loudness
from dam.media.loudness import Loudness

LOUD = Loudness(-14.0, 4.5, -0.4)
SILENT = Loudness(None, None, None)


def test_it_survives_json() -> None:
    assert Loudness.from_json(LOUD.to_json()) == LOUD
    assert loudness.of({"loudness": SILENT.to_json()}) == SILENT
    assert loudness.of({}) is None


@pytest.mark.parametrize(
    ("found", "words"),
    [(LOUD, "−14.0 LUFS, range 4.5 LU, peak −0.4 dBTP"), (SILENT, "Silent"), (None, "")],
)
def test_it_is_said_in_the_units_of_the_field(found: Loudness | None, words: str) -> None:
    assert loudness.words(found) == words


@pytest.mark.parametrize(
    ("two", "words"),
    [
        (Loudness(-10.0, 0, 0), "4.0 LU louder"),
        (Loudness(-23.0, 0, 0), "9.0 LU quieter"),
        (Loudness(-14.0, 9, 0), ""),
        (SILENT, ""),
        (None, ""),
    ],
)
def test_two_are_compared(two: Loudness | None, words: str) -> None:
    assert loudness.difference(LOUD, two) == words
