"""A scene of the world: what is in a clip, drawn from a seed."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

SHAPES = ("ball", "cube", "bottle", "can", "star", "heart", "ring", "leaf")
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "white")
SIZES = ("small", "medium", "large")
MOTIONS = ("left", "right", "up", "down", "turn", "bounce", "grow", "still")
GROUNDS = ("table", "pedestal", "studio", "sky", "sea", "city", "desert", "meadow")
LIGHTS = ("day", "dusk", "night")

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "shape": SHAPES,
    "colour": COLOURS,
    "size": SIZES,
    "motion": MOTIONS,
    "ground": GROUNDS,
    "light": LIGHTS,
}
"""Every attribute that a caption can name, with its values in a fixed order."""

HELD_OUT_SHARE = 0.1
_RADIUS = {"small": 0.13, "medium": 0.175, "large": 0.22}


@dataclass(frozen=True, slots=True)
class Scene:
    """One object on one ground. Lengths are in picture heights, the origin is the picture's centre."""

    shape: str
    colour: str
    size: str
    motion: str
    ground: str
    light: str
    radius: float
    """Half the height of the object."""
    offset: float
    """Where the path of the object lies, sideways from the middle."""
    travel: float
    """Length of the path as a share of the usual one."""
    tilt: float
    """Radians that the object leans at its start."""
    brightness: float
    shift: float
    """How far the features of the ground (clouds, hills, houses) stand aside."""


def is_held_out(*, shape: str, colour: str, motion: str) -> bool:
    """True for the tenth of the (shape, colour, motion) triples that training never sees."""
    digest = hashlib.sha256(f"{shape}/{colour}/{motion}".encode()).digest()
    return digest[0] < 256 * HELD_OUT_SHARE


def sample(seed: int, *, held_out: bool = False) -> Scene:
    """Draw a scene: the same seed gives the same scene, on every machine.

    With `held_out`, only from the triples that training never sees; otherwise never from them.
    """
    chance = random.Random(f"previz-scene-{seed}")
    while True:
        shape, colour, motion = chance.choice(SHAPES), chance.choice(COLOURS), chance.choice(MOTIONS)
        if is_held_out(shape=shape, colour=colour, motion=motion) == held_out:
            break
    return place(
        shape=shape,
        colour=colour,
        size=chance.choice(SIZES),
        motion=motion,
        ground=chance.choice(GROUNDS),
        light=chance.choice(LIGHTS),
        chance=chance,
    )


def place(
    *, shape: str, colour: str, size: str, motion: str, ground: str, light: str, chance: random.Random
) -> Scene:
    """Give chosen attributes the small accidents of one take: place, lean, brightness."""
    return Scene(
        shape=shape,
        colour=colour,
        size=size,
        motion=motion,
        ground=ground,
        light=light,
        radius=_RADIUS[size] * chance.uniform(0.94, 1.06),
        offset=chance.uniform(-0.06, 0.06),
        travel=chance.uniform(0.9, 1.1),
        tilt=chance.uniform(-0.08, 0.08),
        brightness=chance.uniform(0.96, 1.04),
        shift=chance.uniform(-0.06, 0.06),
    )


def labels(scenes: Sequence[Scene]) -> dict[str, list[int]]:
    """The index of each attribute's value, per attribute, in the order of `ATTRIBUTES`."""
    return {name: [values.index(getattr(s, name)) for s in scenes] for name, values in ATTRIBUTES.items()}
