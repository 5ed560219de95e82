"""A brief is made to fit its generator, or refused with a sentence."""

from dataclasses import replace
from fractions import Fraction

import pytest

from generation import briefs
from generation.briefs import BriefRefused
from generation.generators.base import Capabilities

CAPABILITIES = Capabilities(
    sizes=((256, 144), (144, 256), (192, 192)),
    min_frames=17,
    max_frames=49,
    frame_step=4,
    frame_rate=Fraction(16),
    default_steps=16,
    max_steps=50,
    default_guidance=4.0,
)


def test_what_is_left_open_is_filled_in() -> None:
    brief = briefs.check(CAPABILITIES, prompt="A red ball")
    assert (brief.width, brief.height, brief.frames, brief.steps, brief.guidance) == (256, 144, 49, 16, 4.0)
    assert brief.seed is None
    assert brief.frame_rate == 16


@pytest.mark.parametrize(
    ("seconds", "frames"),
    [(1.0, 17), (1.06, 17), (2, 33), (Fraction(9, 4), 37), (3, 49), (3.2, 49), (0.9, 17)],
)
def test_a_length_moves_to_the_nearest_that_can_be_made(seconds: float, frames: int) -> None:
    assert briefs.check(CAPABILITIES, prompt="A", seconds=seconds).frames == frames


@pytest.mark.parametrize("seconds", [0, -1, 0.5, 4, 3600, float("nan"), float("inf")])
def test_a_length_beyond_reach_is_refused(seconds: float) -> None:
    with pytest.raises(BriefRefused, match=r"1\.1 to 3\.1 seconds") as refused:
        briefs.check(CAPABILITIES, prompt="A", seconds=seconds)
    assert refused.value.field == "seconds"


@pytest.mark.parametrize(
    ("size", "possible"),
    [((1920, 1080), (256, 144)), ((1080, 1920), (144, 256)), ((500, 480), (192, 192)), (None, (256, 144))],
)
def test_a_size_moves_to_the_nearest_shape(size: tuple[int, int] | None, possible: tuple[int, int]) -> None:
    brief = briefs.check(CAPABILITIES, prompt="A", size=size)
    assert (brief.width, brief.height) == possible


def test_of_two_sizes_of_one_shape_the_nearer_width_wins() -> None:
    capabilities = replace(CAPABILITIES, sizes=((160, 90), (320, 180)))
    assert briefs.check(capabilities, prompt="A", size=(1280, 720)).width == 320


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", -1),
        ("seed", 2**32),
        ("takes", 0),
        ("takes", 10),
        ("steps", 0),
        ("steps", 51),
        ("guidance", 0.5),
        ("guidance", float("nan")),
        ("size", (0, 144)),
        ("size", (10**9, 1)),
    ],
)
def test_a_number_out_of_range_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(BriefRefused) as refused:
        briefs.check(CAPABILITIES, prompt="A", **{field: value})  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_prompt_becomes_one_line() -> None:
    assert briefs.clean_prompt("  A red\r\n ball\t bounces \n") == "A red ball bounces"


def test_a_prompt_keeps_every_script_and_emoji() -> None:
    prompt = "Ein Würfel 赤いボール כדור 👩‍🚀"
    assert briefs.clean_prompt(prompt) == prompt


@pytest.mark.parametrize("prompt", ["", "   \n ", "x" * 1001])
def test_an_empty_or_endless_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(BriefRefused) as refused:
        briefs.clean_prompt(prompt)
    assert refused.value.field == "prompt"


@pytest.mark.parametrize("character", ["\0", "\x07", "\u202e", "\u2066", "\ue000"])
def test_a_character_that_cannot_be_seen_is_refused(character: str) -> None:
    with pytest.raises(BriefRefused, match=f"U\\+{ord(character):04X}"):
        briefs.clean_prompt(f"A red{character} ball")


def test_a_title_is_the_prompt_with_a_capital() -> None:
    assert briefs.title_of("a red ball.") == "A red ball"


def test_a_long_prompt_is_cut_between_words() -> None:
    title = briefs.title_of("crimson " * 20)
    assert title.endswith("crimson…")
    assert len(title) <= 81


def test_takes_of_one_brief_are_told_apart() -> None:
    assert briefs.title_of("a red ball", take=2, takes=3) == "A red ball, take 2"
