"""What people could type to find a scene, and what of it a picture shows."""

import random

from generation.previz.clip import phrases
from generation.previz.world import captions, scenes

MANY = range(400)


def described(seed: int) -> phrases.Phrase:
    return phrases.describe(scenes.sample(seed), random.Random(seed))


def test_the_same_chance_gives_the_same_words() -> None:
    assert described(7) == described(7)


def test_what_is_named_is_what_the_scene_shows() -> None:
    for seed in MANY:
        scene = scenes.sample(seed)
        assert all(getattr(scene, name) == value for name, value in described(seed).named.items())


def test_movement_is_never_something_a_picture_shows() -> None:
    assert not any("motion" in described(seed).named for seed in MANY)


def test_every_attribute_is_asked_for_alone_too() -> None:
    alone = {next(iter(found.named)) for seed in MANY if len((found := described(seed)).named) == 1}
    assert alone == set(phrases.VISIBLE)


def test_some_texts_name_nothing() -> None:
    assert any(not described(seed).named for seed in MANY)


def test_every_word_that_is_said_is_known() -> None:
    known = phrases.known_words()
    for seed in MANY:
        caption = captions.caption(scenes.sample(seed), seed)
        for text in (described(seed).text, caption):
            words = text.replace("-", " ").replace(",", " ").lower().split()
            assert set(words) <= known, text
