"""The names of a picture's main colours."""

import numpy as np
import pytest

from dam.media import colours
from dam.media.colours import Colour


def plain(red: int, green: int, blue: int, height: int = 90, width: int = 160) -> np.ndarray:
    return np.full((height, width, 3), (red, green, blue), dtype=np.uint8)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((220, 30, 30), Colour.RED),
        ((245, 140, 20), Colour.ORANGE),
        ((120, 70, 30), Colour.BROWN),
        ((250, 220, 40), Colour.YELLOW),
        ((40, 160, 60), Colour.GREEN),
        ((30, 170, 170), Colour.TEAL),
        ((30, 60, 200), Colour.BLUE),
        ((130, 40, 180), Colour.PURPLE),
        ((255, 160, 190), Colour.PINK),
        ((10, 10, 15), Colour.BLACK),
        ((128, 128, 130), Colour.GREY),
        ((250, 250, 248), Colour.WHITE),
    ],
)
def test_a_plain_picture_has_the_name_that_people_give_it(rgb: tuple[int, int, int], name: Colour) -> None:
    assert colours.of([plain(*rgb)]) == (name,)


def test_the_most_frequent_comes_first_and_specks_have_no_name() -> None:
    frame = plain(30, 60, 200)
    frame[:30] = (220, 30, 30)
    frame[:4, :20] = (250, 220, 40)
    assert colours.of([frame]) == (Colour.BLUE, Colour.RED)


def test_frames_count_alike_whatever_their_size() -> None:
    assert colours.of([plain(220, 30, 30), plain(30, 60, 200, height=720, width=1280)]) == ("red", "blue")


def test_no_frames_have_no_colour() -> None:
    assert colours.of([]) == ()
