import pytest

from generation.generators.understanding import Lexicon, understand
from generation.previz.world import captions, lexicon, scenes

WORDS = Lexicon.from_json(lexicon.to_json())


@pytest.mark.parametrize(
    ("prompt", "canonical"),
    [
        ("a red bottle turning on a white pedestal", "a red bottle turning on a pedestal"),
        ("Blue ball, bouncing!", "a blue ball bouncing"),
        ("by moonlight a HUGE violet star spins", "a large purple star turning at night"),
        ("an orange hoop from left to right", "an orange ring moving right"),
        ("ocean at sunset", "a ball over the sea at dusk"),
        ("little golden heart getting bigger in the dunes", "a small yellow heart growing in a desert"),
    ],
)
def test_prompts_are_said_again_in_plain_words(prompt: str, canonical: str) -> None:
    assert understand(prompt, WORDS).canonical == canonical


def test_every_caption_is_understood_as_the_scene_it_describes() -> None:
    for seed in range(300):
        scene = scenes.sample(seed)
        sentence, names = captions.caption_with_names(scene, seed)
        found = understand(sentence, WORDS)
        assert not found.unknown, sentence
        said = captions.compose_plain(scene, names)
        assert found.canonical == said, sentence


def test_unknown_words_are_returned_and_known_ones_too() -> None:
    found = understand("A red sports car on a table, slow zoom", WORDS)
    assert found.recognised == ("red", "on a table")
    assert found.unknown == ("sports", "car", "slow", "zoom")


def test_of_two_colours_the_first_counts_and_the_other_is_reported() -> None:
    found = understand("a red and blue ball", WORDS)
    assert found.canonical == "a red ball"
    assert found.unknown == ("blue",)


@pytest.mark.parametrize("prompt", ["", "日本語のプロンプト", "🎈", "!!!", "quantum flux"])
def test_a_prompt_with_no_known_word_has_no_canonical_form(prompt: str) -> None:
    found = understand(prompt, WORDS)
    assert (found.canonical, found.recognised) == ("", ())


def test_no_phrase_stands_for_two_things() -> None:
    ways = [phrase for v in WORDS.attributes.values() for phrases in v.values() for phrase in set(phrases)]
    assert len(ways) == len(set(ways))
