"""Which picture answers which text: known exactly, so it is taught exactly."""

import random

import pytest

from generation.previz.clip import phrases, pictures, train
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


def test_an_empty_view_answers_to_its_place_and_to_no_object() -> None:
    said = [
        Phrase("an empty scene", {"count": "none"}),
        Phrase("sea", {"ground": "sea"}),
        Phrase("red", {"colour": "red"}),
        Phrase("ball", {"shape": "ball"}),
    ]
    target, certain = train.answers(said, [scene(count="none")])
    assert target.tolist() == [[1], [1], [0], [0]]
    assert certain.min() == 1


def test_what_is_not_counted_answers_to_any_number() -> None:
    seen = [scene(count="one"), scene(count="two")]
    target, _ = train.answers([Phrase("red balls", {"shape": "ball", "colour": "red"})], seen)
    assert target.tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("attributes", "certain"),
    [({"motion": "still"}, 1), ({"motion": "grow"}, 0), ({"motion": "orbit"}, 0), ({"camera": "zoom in"}, 0)],
)
def test_the_size_of_what_changes_is_not_judged(attributes: dict[str, str], certain: int) -> None:
    _, sure = train.answers([Phrase("small ball", {"size": "small", "shape": "ball"})], [scene(**attributes)])
    assert sure.tolist() == [[certain]]


def test_what_else_is_wrong_settles_it() -> None:
    target, sure = train.answers(
        [Phrase("small star", {"size": "small", "shape": "star"})], [scene(motion="grow")]
    )
    assert (target.tolist(), sure.tolist()) == ([[0]], [[1]])


def test_attributes_that_are_not_shown_have_no_label() -> None:
    labels = train.indices([phrases.shown(scene(count="none"))])[0].tolist()
    labelled = {name for name, label in zip(phrases.VISIBLE, labels, strict=True) if label != train.ABSENT}
    assert labelled == {"count", "ground", "light"}


def test_the_size_of_what_is_shown_from_near_is_not_judged() -> None:
    near = pictures.nearer(scene(), random.Random(0))
    said = [Phrase("small ball", {"size": "small", "shape": "ball"}), Phrase("ball", {"shape": "ball"})]
    target, sure = train.answers(said, [near])
    assert sure.tolist() == [[0], [1]]
    assert target[1].tolist() == [1]


def test_several_objects_are_not_shown_from_near() -> None:
    two = scene(count="two")
    assert pictures.nearer(two, random.Random(0)) == two
