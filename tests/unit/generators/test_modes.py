"""What a model that can't do one way of making a clip can do in its place."""

import pytest

from generation.generators import modes
from generation.generators.modes import MODES, Mode


@pytest.mark.parametrize("mode", Mode)
def test_a_model_of_all_other_modes_always_comes_near(mode: Mode) -> None:
    near = modes.nearest(mode, {*Mode} - {mode})
    assert near
    assert any(f"“{MODES[other].label}”" in near for other in Mode if other is not mode)


@pytest.mark.parametrize(
    ("mode", "offered", "named"),
    [
        (Mode.BLEND, {Mode.TEXT, Mode.IMAGE, Mode.FRAMES}, "“First and last frame”"),
        (Mode.BLEND, {Mode.TEXT, Mode.IMAGE}, "“Image”"),
        (Mode.EDIT, {Mode.TEXT, Mode.IMAGE, Mode.RESTYLE}, "“Restyle”"),
        (Mode.IMAGE, {Mode.TEXT}, "“Text”"),
        (Mode.STILL, {Mode.TEXT}, "“Text”"),
    ],
)
def test_the_nearest_of_those_that_it_has_is_named(mode: Mode, offered: set[Mode], named: str) -> None:
    assert modes.nearest(mode, offered).startswith(named)


def test_words_alone_continue_no_clip() -> None:
    assert modes.nearest(Mode.EXTEND, {Mode.TEXT}) == ""
