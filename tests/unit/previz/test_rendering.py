import random

import pytest
import torch
from torch import Tensor

from generation.previz.world import motions, rendering, scenes


def draw(
    *,
    motion: str = "still",
    colour: str = "red",
    shape: str = "ball",
    ground: str = "studio",
    material: str = "glossy",
    count: str = "one",
    camera: str = "static",
    size: tuple[int, int] = (112, 64),
) -> Tensor:
    scene = scenes.place(
        shape=shape,
        colour=colour,
        size="large",
        motion=motion,
        ground=ground,
        light="day",
        material=material,
        count=count,
        camera=camera,
        chance=random.Random(1),
    )
    return rendering.render([scene], frames=9, height=size[1], width=size[0])[0]


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
    assert (clip[2].float() - clip[0].float()).abs().mean() > 1


def test_a_still_object_stays_as_it_is() -> None:
    clip = draw(motion="still")
    assert torch.equal(clip[0], clip[-1])


@pytest.mark.parametrize("material", scenes.MATERIALS)
def test_every_material_keeps_the_colour_and_looks_its_own(material: str) -> None:
    clip = draw(material=material)
    assert redness(clip).mean() > 0.02
    assert (material == "glossy") == torch.equal(clip, draw())


@pytest.mark.parametrize(("count", "objects"), [("none", 0), ("one", 1), ("two", 2), ("three", 3)])
def test_as_many_objects_stand_there_as_the_count_says(count: str, objects: int) -> None:
    columns = redness(draw(count=count, shape="can"))[0].sum(dim=0) > 0
    starts = (columns[1:] & ~columns[:-1]).sum()
    assert starts == objects


@pytest.mark.parametrize(
    ("camera", "axis", "sign"),
    [("pan left", 1, 1), ("pan right", 1, -1), ("tilt up", 0, 1), ("tilt down", 0, -1)],
)
def test_what_is_seen_moves_against_the_camera(camera: str, axis: int, sign: int) -> None:
    track = centre(draw(camera=camera), axis=axis)
    assert sign * (track[-1] - track[0]) > 8


def test_zooming_in_makes_things_larger() -> None:
    area = redness(draw(camera="zoom in")).sum(dim=(1, 2))
    assert area[-1] > 1.5 * area[0]


def test_a_pouring_vessel_tips_over() -> None:
    clip = draw(motion="pour", shape="bottle")
    high = redness(clip)[0].sum(dim=1).gt(0).sum(), redness(clip)[-1].sum(dim=1).gt(0).sum()
    assert (clip[0].float() - clip[-1].float()).abs().mean() > 1
    assert high[0] > 0


def test_an_orbiting_object_goes_out_to_both_sides_and_comes_back() -> None:
    track = centre(draw(motion="orbit"), axis=1)
    assert track[2] - track[0] > 10
    assert track[6] - track[0] < -10
    assert abs(track[8] - track[0]) < 3


@pytest.mark.parametrize("size", [(64, 112), (80, 80)])
@pytest.mark.parametrize("motion", ["left", "right"])
def test_objects_stay_in_narrow_pictures(size: tuple[int, int], motion: str) -> None:
    clip = draw(motion=motion, size=size)
    assert clip.shape[1:3] == (size[1], size[0])
    assert redness(clip).sum(dim=(1, 2)).min() > 50


@pytest.mark.parametrize(
    ("motion", "camera", "count"),
    [
        ("left", "static", "two"),
        ("orbit", "static", "one"),
        ("bounce", "zoom in", "one"),
        ("still", "pan left", "three"),
    ],
)
def test_an_object_is_seen_where_its_box_is(motion: str, camera: str, count: str) -> None:
    scene = scenes.place(
        shape="ball",
        colour="red",
        size="medium",
        motion=motion,
        ground="studio",
        light="day",
        material="matte",
        count=count,
        camera=camera,
        chance=random.Random(2),
    )
    red = redness(rendering.render([scene], frames=5, height=72, width=128)[0]) > 0
    within = torch.zeros_like(red)
    for boxes in motions.boxes(scene, frames=5):
        for frame, box in enumerate(boxes):
            left, top, right, bottom = (box * 72 + torch.tensor([64, 36, 64, 36])).tolist()
            within[frame, max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = True
    assert red.sum() > 0.3 * within.sum()
    assert (red & ~within).sum() < 0.03 * red.sum()
