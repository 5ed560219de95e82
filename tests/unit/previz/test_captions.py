import random

from generation.previz.world import captions, lexicon, scenes


def test_a_seed_gives_the_same_words_every_time() -> None:
    scene = scenes.sample(5)
    assert captions.caption(scene, 9) == captions.caption(scene, 9)


def test_a_scene_is_worded_in_many_ways() -> None:
    scene = scenes.sample(5)
    assert len({captions.caption(scene, seed) for seed in range(50)}) > 25


def test_a_caption_says_what_it_claims_to_name() -> None:
    tables = {
        "shape": lexicon.NOUNS,
        "colour": lexicon.COLOUR_WORDS,
        "size": lexicon.SIZE_WORDS,
        "motion": lexicon.MOTION_PHRASES,
        "ground": lexicon.GROUND_PHRASES,
        "light": lexicon.LIGHT_PHRASES,
    }
    for seed in range(200):
        scene = scenes.sample(seed)
        words, names = captions.caption_with_names(scene, seed)
        for name in names:
            assert any(phrase in words for phrase in tables[name][getattr(scene, name)])


def test_things_are_left_unsaid_but_never_the_shape() -> None:
    named = [captions.caption_with_names(scenes.sample(seed), seed)[1] for seed in range(200)]
    assert all("shape" in names for names in named)
    assert {name for names in named for name in set(scenes.ATTRIBUTES) - names} == set(scenes.ATTRIBUTES) - {
        "shape"
    }


def test_the_plain_caption_names_everything_in_its_first_words() -> None:
    scene = scenes.place(
        shape="can",
        colour="red",
        size="large",
        motion="turn",
        ground="sea",
        light="dusk",
        chance=random.Random(1),
    )
    assert captions.plain(scene) == "a large red can turning over the sea at dusk"
