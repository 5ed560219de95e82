import random

import pytest
import torch
from torch import Tensor

from generation.previz.world import rendering, scenes


def draw(
    *, motion: str = "still", colour: str = "red", shape: str = "ball", ground: str = "studio"
) -> Tensor:
    scene = scenes.place(
        shape=shape,
        colour=colour,
        size="large",
        motion=motion,
        ground=ground,
        light="day",
        chance=random.Random(1),
    )
    return rendering.render([scene], frames=9, height=64, width=112)[0]


def redness(clip: Tensor) -> Tensor:
    """Where a clip is red, [T, H, W]."""
    red, green, blue = clip.float().unbind(-1)
    return ((red > 1.6 * green) & (red > 1.6 * blue)).float()


def centre(clip: Tensor, *, axis: int) -> Tensor:
    """The centre of what is red along rows (0) or columns (1), per frame."""
    mass = redness(clip).sum(dim=2 - axis)
    places = torch.arange(mass.shape[1], dtype=torch.float32)
    return (mass * places).sum(1) / mass.sum(1)


def test_frames_are_bytes_of_the_size_asked_for() -> None:
    clip = draw()
    assert clip.shape == (9, 64, 112, 3)
    assert clip.dtype == torch.uint8


def test_the_same_scenes_are_drawn_to_the_same_bytes() -> None:
    chosen = [scenes.sample(seed) for seed in range(6)]
    once = rendering.render(chosen, frames=9, height=64, width=112)
    assert torch.equal(once, rendering.render(chosen, frames=9, height=64, width=112))


def test_a_clip_does_not_depend_on_its_neighbours() -> None:
    chosen = [scenes.sample(seed) for seed in range(24)]
    together = rendering.render(chosen, frames=9, height=64, width=112)
    alone = rendering.render(chosen[5:6], frames=9, height=64, width=112)[0]
    assert (together[5].int() - alone.int()).abs().max() <= 1


@pytest.mark.parametrize("shape", scenes.SHAPES)
def test_every_shape_shows_its_colour(shape: str) -> None:
    assert redness(draw(shape=shape)).mean() > 0.02


@pytest.mark.parametrize("ground", scenes.GROUNDS)
def test_every_ground_differs_from_the_studio(ground: str) -> None:
    difference = (draw(ground=ground).float() - draw(ground="studio").float()).abs().mean()
    assert (difference < 1) == (ground == "studio")


@pytest.mark.parametrize(
    ("motion", "axis", "sign"), [("left", 1, -1), ("right", 1, 1), ("up", 0, -1), ("down", 0, 1)]
)
def test_objects_move_where_the_motion_says(motion: str, axis: int, sign: int) -> None:
    track = centre(draw(motion=motion), axis=axis)
    assert sign * (track[-1] - track[0]) > 15


def test_a_bouncing_object_leaves_the_floor_and_comes_back() -> None:
    track = centre(draw(motion="bounce"), axis=0)
    assert track[0] - track.min() > 10
    assert abs(track[0] - track[-1]) < 3


def test_a_growing_object_grows() -> None:
    area = redness(draw(motion="grow")).sum(dim=(1, 2))
    assert area[-1] > 3 * area[0]


def test_a_turning_object_shows_another_side() -> None:
    clip = draw(motion="turn", shape="heart")
    assert (clip[4].float() - clip[0].float()).abs().mean() > 1


def test_a_still_object_stays_as_it_is() -> None:
    clip = draw(motion="still")
    assert torch.equal(clip[0], clip[-1])
