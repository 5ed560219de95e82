import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.previz.world import captions, lexicon, scenes
from generation.prompt_parser import Lexicon, say, understand

WORDS = Lexicon.from_json(lexicon.to_json())


@pytest.mark.parametrize(
    ("prompt", "canonical"),
    [
        (
            "a red bottle turns on a white pedestal",
            "a large red bottle turning on a pedestal by day, static shot",
        ),
        ("Blue ball, bouncing left!", "a large blue ball bouncing left in a studio by day, static shot"),
        (
            "by moonlight a HUGE violet star spins",
            "a large purple star turning in a studio at night, static shot",
        ),
        (
            "an orange hoop from left to right",
            "a large orange ring moving right in a studio by day, static shot",
        ),
        ("dark blue shoe", "a large blue shoe turning in a studio by day, static shot"),
        (
            "two cars driving in a city at night",
            "two large cars moving right in a city at night, static shot",
        ),
        (
            "little golden heart getting bigger in the dunes, slow push in",
            "a small yellow heart growing in a desert by day, zooming in",
        ),
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
        assert not found.taken, sentence
        named = {name: getattr(scene, name) for name in names}
        usual = WORDS.fallback if scene.objects else WORDS.empty
        assert found.canonical == say({**usual, **named}, WORDS), sentence


def test_unknown_words_are_returned_and_known_ones_too() -> None:
    found = understand("A red sports car on a table, slow zoom, cinematic", WORDS)
    assert found.recognised == ("red", "car", "on a table", "slow zoom")
    assert found.unknown == ("sports", "cinematic")


def test_what_a_prompt_leaves_open_is_said() -> None:
    found = understand("red bottle at night", WORDS)
    assert found.canonical == "a large red bottle turning in a studio at night, static shot"
    assert found.assumed == ("large", "turning", "in a studio", "static shot")


def test_nothing_is_assumed_where_all_is_said() -> None:
    assert understand(captions.plain(scenes.sample(3)), WORDS).assumed == ()


def test_a_place_alone_is_an_empty_view() -> None:
    found = understand("sunset over the sea, slow zoom", WORDS)
    assert found.canonical == "an empty view over the sea at dusk, zooming in"
    assert found.assumed == ("an empty view",)


@pytest.mark.parametrize(
    "prompt", ["a snowy mountain", "a gigantic landscape of hills", "white empty scene, hills"]
)
def test_what_is_said_of_a_place_puts_nothing_in_it(prompt: str) -> None:
    assert understand(prompt, WORDS).canonical == "an empty view on a meadow by day, static shot"


def test_an_empty_box_is_a_box() -> None:
    found = understand("an empty box", WORDS)
    assert found.canonical == "a large box turning in a studio by day, static shot"
    assert found.unknown == ("empty",)


def test_of_two_colours_the_first_counts_and_the_other_is_reported() -> None:
    found = understand("a red and blue ball", WORDS)
    assert found.canonical.startswith("a large red ball ")
    assert found.unknown == ("blue",)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("botle", "bottle"),
        ("purpel", "purple"),
        ("baloon", "balloon"),
        ("gradiant", "gradient"),
        ("flaoting up", "floating up"),
        ("movng left", "moving left"),
        ("bounced", "bounce"),
        ("bottle's", "bottle"),
    ],
)
def test_slips_and_endings_are_read_as_what_was_meant(written: str, known: str) -> None:
    assert understand(written, WORDS).taken == ((written, known),)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("eagle", "bird"),
        ("limousine", "car"),
        ("maroon", "red"),
        ("gigantic", "large"),
        ("forest", "on a meadow"),
        ("soaring", "rising"),
        ("drifts", "moving right"),
        ("sandals", "shoe"),
    ],
)
def test_a_word_close_in_meaning_is_taken_for_the_known_one(written: str, known: str) -> None:
    assert understand(written, WORDS).taken == ((written, known),)


@pytest.mark.parametrize(
    "word", ["dog", "battle", "boat", "cute", "boxing", "tree", "book", "battles", "horse"]
)
def test_a_word_that_means_something_else_is_not_taken_for_a_known_one(word: str) -> None:
    found = understand(f"a red ball, {word}", WORDS)
    assert (found.taken, found.unknown) == ((), (word,))


def test_a_slip_between_two_known_words_is_left_alone() -> None:
    assert understand("a blck ball", WORDS).unknown == ("blck",)  # black, block


def test_what_is_known_goes_before_what_is_close() -> None:
    found = understand("an oak desk by a river, over the sea", WORDS)
    assert found.recognised == ("desk",)
    assert found.unknown == ("river", "over the sea")
    assert found.taken == (("oak", "on a wooden table"),)


@pytest.mark.parametrize("prompt", ["", "日本語のプロンプト", "🎈", "!!!", "quantum flux"])
def test_a_prompt_with_no_known_word_has_no_canonical_form(prompt: str) -> None:
    found = understand(prompt, WORDS)
    assert (found.canonical, found.recognised, found.taken, found.assumed) == ("", (), (), ())


@given(st.text())
def test_any_text_is_understood_somehow(prompt: str) -> None:
    found = understand(prompt, WORDS)
    assert bool(found.canonical) == bool(found.recognised or found.taken)


@given(st.lists(st.sampled_from(sorted(word for words in WORDS.vocabulary.values() for word in words))))
def test_known_words_in_any_order_are_understood_somehow(words: list[str]) -> None:
    found = understand(" ".join(words), WORDS)
    assert understand(found.canonical, WORDS).canonical == found.canonical


def test_a_long_prompt_takes_no_time() -> None:
    prompt = ("a red botle on the beech with five gigntic eagels sourring " * 9)[:500]
    understand(prompt, WORDS)
    began = time.thread_time()
    understand(prompt, WORDS)
    assert time.thread_time() - began < 0.5  # of its own: about 1 ms


def test_a_lexicon_of_before_reads_on() -> None:
    old = Lexicon.from_json(
        {
            "attributes": {"colour": {"red": ["red"]}, "shape": {"ball": ["ball", "sphere"]}},
            "fallback": {"shape": "ball"},
        }
    )
    found = understand("red tree", old)
    assert (found.canonical, found.assumed, found.unknown) == ("a red ball", ("ball",), ("tree",))


def test_no_phrase_stands_for_two_things() -> None:
    ways = [phrase for v in WORDS.attributes.values() for phrases in v.values() for phrase in set(phrases)]
    assert len(ways) == len(set(ways))


def test_every_neighbour_stands_close_to_a_value_that_there_is() -> None:
    assert len(WORDS.neighbours) > 1000
    for word, (name, value) in WORDS.neighbours.items():
        assert value in WORDS.attributes[name], word
        assert (word,) not in WORDS.phrases
    assert not WORDS.others & WORDS.known
