"""Whether things stay what they are: read from drawn clips, and from clips cut together out of two."""

import random
from typing import Any

import numpy as np
import pytest

from generation.generators.base import Frames
from generation.previz import recognition
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model


def draw(**chosen: Any) -> Frames:
    words = {
        "shape": "star",
        "colour": "red",
        "size": "large",
        "motion": "bounce",
        "ground": "studio",
        "light": "day",
        **chosen,
    }
    scene = scenes.place(**words, chance=random.Random(3))
    clip: Frames = rendering.render([scene], frames=25, height=144, width=256)[0].numpy()
    return clip


def then(first: Frames, second: Frames) -> Frames:
    return np.concatenate([first[:13], second[13:]])


@pytest.mark.parametrize("motion", ["left", "bounce", "grow", "orbit", "still"])
def test_what_moves_keeps_its_outline(motion: str) -> None:
    assert recognition.read(draw(motion=motion)).kept > 0.85


def test_a_star_that_becomes_a_ball_on_the_way_does_not() -> None:
    spoilt = recognition.read(then(draw(), draw(shape="ball")))
    assert spoilt.kept < recognition.read(draw()).kept - 0.2


def test_two_that_stay_two_are_steady() -> None:
    assert recognition.read(draw(count="two", shape="ball")).steady_count > 0.95


def test_two_that_become_three_are_not() -> None:
    spoilt = then(draw(count="two", shape="ball"), draw(count="three", shape="ball"))
    assert recognition.read(spoilt).steady_count < 0.7


def test_what_turns_changes_more_than_what_rests() -> None:
    turned, rested = (recognition.read(draw(motion=m, shape="car")).changed for m in ("turn", "still"))
    assert turned > 2 * rested


def test_an_empty_picture_keeps_nothing() -> None:
    reading = recognition.read(draw(count="none"))
    assert reading.kept == reading.steady_count == reading.changed == 0
