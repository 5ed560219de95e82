"""A scene of the world: what is in a clip, drawn from a seed."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

SHAPES: tuple[str, ...] = (
    *("ball", "cube", "box", "bottle", "can", "cup", "ring", "star", "heart", "leaf", "phone", "shoe"),
    *("balloon", "car", "bird", "mark"),
)
COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "white", "black")
MATERIALS = ("matte", "glossy", "metal", "glass")
SIZES = ("small", "medium", "large")
COUNTS = ("none", "one", "two", "three")
MOTIONS: tuple[str, ...] = (
    *("left", "right", "up", "down", "turn", "bounce", "bounce left", "bounce right", "orbit", "grow"),
    *("pour", "still"),
)
GROUNDS = ("table", "pedestal", "studio", "sky", "sea", "desert", "city", "grid", "gradient", "meadow")
LIGHTS = ("day", "dusk", "night")
CAMERAS = ("static", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out")

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "count": COUNTS,
    "size": SIZES,
    "colour": COLOURS,
    "material": MATERIALS,
    "shape": SHAPES,
    "motion": MOTIONS,
    "ground": GROUNDS,
    "light": LIGHTS,
    "camera": CAMERAS,
}
"""Every attribute that a caption can name, with its values, in the order in which they are said."""

OF_THE_PLACE = ("count", "ground", "light", "camera")
"""All that can be said of a scene without an object."""

VESSELS = ("bottle", "can", "cup")
"""Only these pour."""
IN_PLACE = ("turn", "bounce", "orbit", "grow", "pour", "still")
"""Motions that end where they began. Only with these does the camera move: of a picture in which all things
move, nobody could say what does."""
_ALONE = ("orbit", "pour")

HELD_OUT_SHARE = 0.1
_RADIUS = {"small": 0.145, "medium": 0.195, "large": 0.25}
_CROWDED = {"none": 1.0, "one": 1.0, "two": 0.76, "three": 0.64}
# What is rare is learnt late. A small model gets further with one plain object under a camera that rests most
# of the time than with everything equally often.
_COUNT_SHARES = (0.08, 0.84, 0.05, 0.03)
_MATERIAL_SHARES = (0.25, 0.55, 0.1, 0.1)
_SIZE_SHARES = (0.2, 0.4, 0.4)
_STATIC_SHARE = 0.85
_STATIC_SHARE_OF_EMPTY = 0.4


@dataclass(frozen=True, slots=True)
class Scene:
    """Objects of one kind on one ground. Lengths are in shorter sides, the origin is the picture's centre."""

    count: str
    size: str
    colour: str
    material: str
    shape: str
    motion: str
    ground: str
    light: str
    camera: str
    radius: float
    """Half the height of an object."""
    offset: float
    """Where the path of the objects lies, sideways from the middle."""
    travel: float
    """Length of the path as a share of the usual one."""
    tilt: float
    """Radians that an object leans at its start."""
    yaw: float
    """Radians that an object is turned about its upright axis at its start."""
    brightness: float
    shift: float
    """How far the features of the ground (clouds, hills, houses) stand aside."""

    @property
    def objects(self) -> int:
        return COUNTS.index(self.count)


def shown(scene: Scene) -> tuple[str, ...]:
    """The names of the attributes that can be seen in a scene."""
    return tuple(ATTRIBUTES) if scene.objects else OF_THE_PLACE


def is_held_out(*, shape: str, colour: str, motion: str) -> bool:
    """True for the tenth of the (shape, colour, motion) triples that training never sees."""
    digest = hashlib.sha256(f"{shape}/{colour}/{motion}".encode()).digest()
    return digest[0] < 256 * HELD_OUT_SHARE


def is_possible(*, shape: str, motion: str, count: str, camera: str) -> bool:
    """True if the world can show these together."""
    if count == "none":
        return True
    return (
        (motion != "pour" or shape in VESSELS)
        and (motion not in _ALONE or count == "one")
        and (camera == "static" or motion in IN_PLACE)
    )


def sample(seed: int, *, held_out: bool = False) -> Scene:
    """Draw a scene: the same seed gives the same scene, on every machine.

    With `held_out`, only from the triples that training never sees, with one object at least; otherwise
    never from them.
    """
    chance = random.Random(f"previz-world-{seed}")
    while True:
        shape, colour, motion = chance.choice(SHAPES), chance.choice(COLOURS), chance.choice(MOTIONS)
        count = chance.choices(COUNTS, _COUNT_SHARES)[0]
        still = chance.random() < (_STATIC_SHARE if count != "none" else _STATIC_SHARE_OF_EMPTY)
        camera = "static" if still else chance.choice(CAMERAS[1:])
        if not is_possible(shape=shape, motion=motion, count=count, camera=camera):
            continue
        if count == "none" and held_out:
            continue
        if count == "none" or is_held_out(shape=shape, colour=colour, motion=motion) == held_out:
            break
    return place(
        shape=shape,
        colour=colour,
        motion=motion,
        count=count,
        camera=camera,
        material=chance.choices(MATERIALS, _MATERIAL_SHARES)[0],
        size=chance.choices(SIZES, _SIZE_SHARES)[0],
        ground=chance.choice(GROUNDS),
        light=chance.choice(LIGHTS),
        chance=chance,
    )


def place(
    *,
    shape: str,
    colour: str,
    size: str,
    motion: str,
    ground: str,
    light: str,
    chance: random.Random,
    material: str = "glossy",
    count: str = "one",
    camera: str = "static",
) -> Scene:
    """Give chosen attributes the small accidents of one take: place, lean, brightness."""
    return Scene(
        count=count,
        size=size,
        colour=colour,
        material=material,
        shape=shape,
        motion=motion,
        ground=ground,
        light=light,
        camera=camera,
        radius=_RADIUS[size] * _CROWDED[count] * chance.uniform(0.97, 1.03),
        offset=chance.uniform(-0.03, 0.03),
        travel=chance.uniform(0.95, 1.05),
        tilt=chance.uniform(-0.03, 0.03),
        yaw=chance.uniform(-0.1, 0.1),
        brightness=chance.uniform(0.97, 1.03),
        shift=chance.uniform(-0.06, 0.06),
    )


def labels(scenes: Sequence[Scene]) -> dict[str, list[int]]:
    """The index of each attribute's value, per attribute, in the order of `ATTRIBUTES`."""
    return {name: [values.index(getattr(s, name)) for s in scenes] for name, values in ATTRIBUTES.items()}
