import random

import numpy as np
import pytest
import torch

from generation.generators.base import Frames
from generation.previz import recognition
from generation.previz.recognition import hues
from generation.previz.world import rendering, scenes

pytestmark = pytest.mark.model


def draw(
    *,
    motion: str = "still",
    colour: str = "red",
    shape: str = "car",
    ground: str = "studio",
    light: str = "day",
    camera: str = "static",
    count: str = "one",
) -> Frames:
    scene = scenes.place(
        shape=shape,
        colour=colour,
        size="medium",
        motion=motion,
        ground=ground,
        light=light,
        count=count,
        camera=camera,
        chance=random.Random(1),
    )
    clip: Frames = rendering.render([scene], frames=25, height=144, width=256)[0].numpy()
    return clip


@pytest.mark.parametrize(
    ("colour", "shape", "motion", "ground"),
    [
        ("orange", "bird", "left", "studio"),
        ("white", "can", "up", "table"),
        ("black", "heart", "turn", "gradient"),
        ("teal", "ball", "bounce right", "meadow"),
        ("pink", "cube", "orbit", "grid"),
        ("purple", "star", "grow", "sea"),
        ("green", "balloon", "still", "sky"),
        ("blue", "bottle", "pour", "table"),
    ],
)
def test_what_is_seen_is_read(colour: str, shape: str, motion: str, ground: str) -> None:
    found = recognition.read(draw(colour=colour, shape=shape, motion=motion, ground=ground))
    assert (found.colour, found.shape, found.motion, found.ground) == (colour, shape, motion, ground)
    assert (found.count, found.camera, found.light) == ("one", "static", "day")


@pytest.mark.parametrize("camera", ["pan left", "zoom out"])
def test_the_camera_is_told_from_the_motion(camera: str) -> None:
    found = recognition.read(draw(camera=camera, ground="meadow", motion="bounce"))
    assert (found.camera, found.motion) == (camera, "bounce")


def test_things_are_counted() -> None:
    assert recognition.read(draw(count="three")).count == "three"


def test_the_light_is_read() -> None:
    found = recognition.read(draw(ground="city", light="night"))
    assert (found.ground, found.light) == ("city", "night")


def test_an_empty_ground_shows_no_object() -> None:
    found = recognition.read(draw(count="none", ground="desert"))
    assert (found.count, found.ground) == ("none", "desert")
    assert found.colour is found.shape is found.motion is None


def test_noise_reads_as_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (25, 144, 256, 3), dtype=np.uint8)
    found = recognition.read(noise)
    assert found.colour is found.shape is found.motion is found.ground is None


def test_a_noisy_patch_on_a_ground_is_no_object() -> None:
    clip = draw(count="none")
    clip[:, 50:110, 90:160] = np.random.default_rng(1).integers(0, 256, (25, 60, 70, 3), dtype=np.uint8)
    found = recognition.read(clip)
    assert found.colour is found.shape is None
    assert found.motion != "turn"


@pytest.mark.parametrize("grain", [1, 8])
def test_flicker_is_no_turning(grain: int) -> None:
    clip = draw(shape="ball").astype(np.float32)
    dice = np.random.default_rng(1)
    patches = dice.normal(0, 40, (25, 144 // grain, 256 // grain, 1))
    clip[:, 60:120] += np.kron(patches, np.ones((1, grain, grain, 1)))[:, 60:120]
    found = recognition.read(clip.clip(0, 255).astype(np.uint8))
    assert found.motion != "turn"


def test_a_change_of_brightness_is_no_turning() -> None:
    wave = 1 + 0.25 * np.sin(np.linspace(0, 2 * np.pi, 25)).reshape(-1, 1, 1, 1)
    clip, ground = draw(colour="blue").astype(np.float32), draw(count="none")
    there = np.abs(clip - ground).max(axis=-1, keepdims=True) > 4
    shaken = np.where(there, clip * wave, clip)
    assert recognition.read(shaken.clip(0, 255).astype(np.uint8)).motion != "turn"


def test_what_vanishes_has_no_motion() -> None:
    clip = draw()
    clip[8:] = draw(count="none")[8:]
    assert recognition.read(clip).motion is None


def test_flicker_is_measured() -> None:
    steady = draw(motion="left")
    shaken = steady + np.random.default_rng(1).integers(0, 20, (25, 1, 1, 1), dtype=np.uint8)
    assert recognition.read(shaken).flicker > 5 * recognition.read(steady).flicker


def paint(*colours: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Four frames with a zigzag in stripes of these colours, from light to shadow, and its mask."""
    down, across = torch.arange(60).view(-1, 1), torch.arange(80)
    mask = ((across + 12 * (down // 20) - 20).abs() < 18).expand(60, 80)
    tones = torch.tensor([rendering.COLOURS[colours[n % len(colours)]] for n in range(80)]).T
    lit = torch.linspace(1.0, 0.65, 60).view(1, -1, 1)
    picture = torch.where(mask, tones.view(3, 1, 80) * lit, torch.tensor(0.5))
    return picture.expand(4, -1, -1, -1), mask.float().expand(4, -1, -1)


@pytest.mark.parametrize("colour", scenes.COLOURS)
def test_a_thing_of_no_known_shape_has_a_colour_all_the_same(colour: str) -> None:
    assert hues.find(*paint(colour), light="day") == colour


def test_a_thing_of_many_colours_has_none() -> None:
    assert hues.find(*paint("red", "blue", "green"), light="day") is None
