"""What people could type to find a scene, and what of it a picture shows."""

import random

import pytest

from generation.previz.clip import phrases
from generation.previz.world import captions, scenes

MANY = range(1500)


def described(seed: int) -> phrases.Phrase:
    return phrases.describe(scenes.sample(seed), random.Random(seed))


def test_the_same_chance_gives_the_same_words() -> None:
    assert described(7) == described(7)


def test_what_is_named_is_what_the_scene_shows() -> None:
    for seed in MANY:
        assert described(seed).named.items() <= phrases.shown(scenes.sample(seed)).items()


def test_movement_is_never_something_a_picture_shows() -> None:
    assert not any({"motion", "camera"} & described(seed).named.keys() for seed in MANY)


def test_every_attribute_is_asked_for_alone_too() -> None:
    alone = {next(iter(found.named)) for seed in MANY if len((found := described(seed)).named) == 1}
    assert alone == set(phrases.VISIBLE)


def test_some_texts_name_nothing() -> None:
    assert any(not described(seed).named for seed in MANY)


def test_of_an_empty_view_only_the_place_is_said() -> None:
    views = [described(seed) for seed in MANY if not scenes.sample(seed).objects]
    assert views
    assert all(set(view.named) <= {"count", "ground", "light"} for view in views)
    assert any("empty" in view.text for view in views)


def test_what_is_counted_as_more_than_one_is_said_in_the_plural() -> None:
    scene = next(s for s in map(scenes.sample, MANY) if (s.count, s.shape) == ("two", "bird"))
    texts = [phrases.describe(scene, random.Random(seed)) for seed in MANY]
    counted = {text.text for text in texts if text.named == {"count": "two", "shape": "bird"}}
    assert "two birds" in counted
    assert not any(text.endswith(("bird", "dove", "duck")) for text in counted)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("box", "boxes"),
        ("leaf", "leaves"),
        ("running shoe", "running shoes"),
        ("trainers", "trainers"),
        ("leaf of a tree", "leaves of a tree"),
    ],
)
def test_plurals_of_spoken_nouns(one: str, many: str) -> None:
    assert phrases.plural(one) == many


def test_every_word_that_is_said_is_known() -> None:
    known = phrases.known_words()
    for seed in MANY:
        caption = captions.caption(scenes.sample(seed), seed)
        for text in (described(seed).text, caption):
            words = text.replace("-", " ").replace(",", " ").lower().split()
            assert set(words) <= known, text


def test_no_sampled_scene_is_near() -> None:
    assert max(scenes.sample(seed).radius for seed in MANY) <= phrases.NEAR
