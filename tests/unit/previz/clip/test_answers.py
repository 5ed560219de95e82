"""Which picture answers which text: known exactly, so it is taught exactly."""

import random

import pytest

from generation.previz.clip import train
from generation.previz.clip.phrases import Phrase
from generation.previz.world import scenes
from generation.previz.world.scenes import Scene


def scene(**attributes: str) -> Scene:
    usual = {
        "shape": "ball",
        "colour": "red",
        "size": "small",
        "motion": "still",
        "ground": "sea",
        "light": "day",
    }
    return scenes.place(**(usual | attributes), chance=random.Random(0))


def test_a_picture_answers_if_all_that_is_named_agrees() -> None:
    seen = [scene(), scene(colour="blue"), scene(shape="star")]
    target, _ = train.answers([Phrase("red ball", {"shape": "ball", "colour": "red"})], seen)
    assert target.tolist() == [[1, 0, 0]]


def test_a_text_that_names_nothing_has_no_answer() -> None:
    target, _ = train.answers([Phrase("a video", {})], [scene()])
    assert target.tolist() == [[0]]


@pytest.mark.parametrize(("motion", "certain"), [("still", 1), ("grow", 0)])
def test_the_size_of_what_grows_is_not_judged(motion: str, certain: int) -> None:
    _, sure = train.answers([Phrase("small ball", {"size": "small"})], [scene(motion=motion)])
    assert sure.tolist() == [[certain]]
