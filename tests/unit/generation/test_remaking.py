"""A brief out of a remark: which way, from when, how long, and where."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from generation import remaking
from generation.generators.modes import Mode
from generation.remaking import Remade
from tests.integration.generation.models import FakeGenerator

CAN = FakeGenerator.capabilities  # 17 to 33 frames at 16 a second
LENGTHS = (17, 25, 33)


def rectangle(*points: list[float]) -> dict[str, Any]:
    return {"kind": "rectangle", "points": list(points)}


def drawn(*shapes: dict[str, Any]) -> dict[str, Any]:
    return {"v": 1, "shapes": list(shapes)}


def remade(**given: Any) -> Remade:
    usual = {"drawing": None, "frame": None, "end_frame": None, "rate": Fraction(25), "seconds": 10.0}
    return remaking.remade(**{**usual, "can": CAN, "lengths": LENGTHS, **given})


def test_a_remark_on_a_place_makes_that_place_anew() -> None:
    found = remade(drawing=drawn(rectangle([0.5, 0.2], [0.3, 0.6])), frame=50)
    assert (found.mode, found.at, found.frames) == (Mode.EDIT, 2.0, 33)
    assert found.region == pytest.approx((0.27, 0.17, 0.26, 0.46))


def test_a_remark_on_a_range_makes_it_anew_as_long_as_it_is() -> None:
    assert remade(frame=25, end_frame=49) == Remade(Mode.RESTYLE, 1.0, 17)
    assert remade(frame=25, end_frame=57) == Remade(Mode.RESTYLE, 1.0, 25)
    assert remade(frame=25, end_frame=249).frames == 33


def test_near_the_end_it_begins_earlier() -> None:
    assert remade(frame=249).at == pytest.approx(10 - 33 / 16, abs=0.01)


def test_of_a_clip_that_is_too_short_only_its_picture_is_used() -> None:
    assert remade(frame=5, seconds=0.5) == Remade(Mode.IMAGE, 0.2, 33)


def test_a_clip_that_is_as_long_as_a_take_is_worked_over_whole() -> None:
    assert remade(seconds=33 / 16) == Remade(Mode.RESTYLE, 0.0, 33)


def test_a_model_without_the_mode_gets_what_it_can_do() -> None:
    words = replace(CAN, modes=(Mode.TEXT,))
    assert remade(can=words).mode is Mode.TEXT
    assert remade(can=replace(CAN, modes=(Mode.TEXT, Mode.IMAGE))).mode is Mode.IMAGE


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ({"kind": "arrow", "points": [[0.1, 0.1], [0.5, 0.5]]}, (0.35, 0.35, 0.3, 0.3)),
        ({"kind": "text", "points": [[0.98, 0.0]]}, (0.83, 0.0, 0.17, 0.15)),
        ({"kind": "pencil", "points": [[0.5, 0.5, 0.9]]}, (0.45, 0.45, 0.1, 0.1)),
        ({"kind": "ellipse", "points": [[-0.2, -0.2], [1.2, 1.2]]}, (0.0, 0.0, 1.0, 1.0)),
        ({"kind": "arrow", "points": [[0.5, 0.5], [1.2, 1.2]]}, (0.9, 0.9, 0.1, 0.1)),
    ],
)
def test_what_was_drawn_says_where(shape: dict[str, Any], box: tuple[float, ...]) -> None:
    assert remaking.box_of(drawn(shape)) == pytest.approx(box)


def test_words_beside_a_line_dont_widen_it() -> None:
    text = {"kind": "text", "points": [[0.9, 0.9]]}
    both = remaking.box_of(drawn(text, rectangle([0.2, 0.2], [0.4, 0.4])))
    assert both == remaking.box_of(drawn(rectangle([0.2, 0.2], [0.4, 0.4])))


def test_the_address_keeps_the_rectangle_in_the_picture() -> None:
    found = Remade(Mode.EDIT, 1.25, 33, (0.996, 0.0, 0.1, 1.0))
    said = remaking.query(found, prompt="x" * 2000)
    assert int(said["left"]) + int(said["width"]) <= 100
    assert (said["at_source"], said["frames"], len(said["prompt"])) == ("1.25", "33", 1000)
