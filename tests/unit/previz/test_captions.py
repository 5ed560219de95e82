import random

import pytest

from generation.previz.world import captions, lexicon, scenes


def test_a_seed_gives_the_same_words_every_time() -> None:
    scene = scenes.sample(5)
    assert captions.caption(scene, 9) == captions.caption(scene, 9)


def test_a_scene_is_worded_in_many_ways() -> None:
    scene = scenes.sample(5)
    assert len({captions.caption(scene, seed) for seed in range(50)}) > 25


def test_a_caption_says_what_it_claims_to_name() -> None:
    for seed in range(300):
        scene = scenes.sample(seed)
        words, names = captions.caption_with_names(scene, seed)
        for name in names - {"count"}:
            ways = lexicon.WORDS[name][getattr(scene, name)]
            assert any(phrase in words or lexicon.plural(phrase) in words for phrase in ways), (name, words)


def test_things_are_left_unsaid_but_never_what_and_how_many() -> None:
    drawn = [(scenes.sample(seed), seed) for seed in range(300)]
    named = [captions.caption_with_names(s, seed)[1] for s, seed in drawn if s.objects]
    assert all({"shape", "count"} <= names for names in named)
    assert {name for names in named for name in set(scenes.ATTRIBUTES) - names} == set(scenes.ATTRIBUTES) - {
        "shape",
        "count",
    }


def test_an_empty_scene_is_told_by_its_place_alone() -> None:
    empty = [scenes.sample(seed) for seed in range(300) if not scenes.sample(seed).objects]
    assert empty
    for seed, scene in enumerate(empty):
        assert captions.caption_with_names(scene, seed)[1] <= set(scenes.OF_THE_PLACE)


@pytest.mark.parametrize(("noun", "many"), [("leaf", "leaves"), ("box", "boxes"), ("car", "cars")])
def test_nouns_have_plurals(noun: str, many: str) -> None:
    assert lexicon.plural(noun) == many


def test_the_plain_caption_names_everything_in_its_first_words() -> None:
    scene = scenes.place(
        shape="can",
        colour="red",
        size="large",
        material="metal",
        count="two",
        motion="turn",
        ground="sea",
        light="dusk",
        camera="zoom in",
        chance=random.Random(1),
    )
    assert captions.plain(scene) == "two large red metal cans turning over the sea at dusk, zooming in"
