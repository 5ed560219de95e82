"""Scenes of the world as finished footage: for a starter library, where no camera was at hand."""

import random

import numpy as np
import torch
from numpy.typing import NDArray

from generation.previz.world import rendering, scenes


def film(
    *,
    shape: str,
    colour: str,
    motion: str,
    ground: str,
    light: str = "day",
    size: str = "large",
    seed: int,
    frames: int,
    width: int,
    height: int,
) -> NDArray[np.uint8]:
    """Frames [T, H, W, 3] of one object on one ground; the words are those of `scenes.ATTRIBUTES`.

    The same words and seed give the same frames.
    """
    scene = scenes.place(
        shape=shape,
        colour=colour,
        size=size,
        motion=motion,
        ground=ground,
        light=light,
        chance=random.Random(f"footage-{seed}"),
    )
    with torch.inference_mode():
        drawn = rendering.render([scene], frames=frames, height=height, width=width)
    return drawn[0].numpy()
