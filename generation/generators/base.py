"""What every video generator answers. Plain values; nothing here imports torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dam.core import errors
from generation.generators.guides import Guide
from generation.generators.modes import Mode
from generation.prompt_parser import Understanding

Frames = NDArray[np.uint8]
"""A clip's frames [T, H, W, 3] in sRGB."""


Latents = bytes
"""What a generator made of a request and has yet to decode, as a safetensors file; only it can read them."""


class Cancelled(Exception):
    """Raised by a caller's `on_step` to stop a generation; the generator stays usable."""


class GeneratorError(errors.Refused):
    """A generator cannot be loaded, or cannot make what was asked. Its message is meant for people."""

    code = "generator"


@dataclass(frozen=True, slots=True)
class VideoRequest:
    """One take to make. Sizes in pixels; `guidance` is how strongly the prompt pulls, 1 is not at all."""

    prompt: str
    negative_prompt: str
    seed: int
    frames: int
    width: int
    height: int
    frame_rate: Fraction
    steps: int
    guidance: float
    guides: tuple[Guide, ...] = ()
    loops: bool = False
    """Whether its end leads back to its beginning."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which weights made a clip, in enough detail to be claimed in a manifest."""

    name: str
    version: str
    licence: str
    """SPDX identifier, or empty where nobody has said."""
    weights_sha256: str
    """Digest of the folder's weight files, see `weights.digest`."""
    pipeline_class: str
    early_checkpoint: bool
    note: str
    """What a person should know before trusting a result, or empty."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a generator can be asked for. Frames are `min_frames + n * frame_step`."""

    sizes: tuple[tuple[int, int], ...]
    """(width, height) in pixels, the usual one first."""
    min_frames: int
    max_frames: int
    frame_step: int
    frame_rate: Fraction
    default_steps: int
    max_steps: int
    default_guidance: float
    modes: tuple[Mode, ...] = (Mode.TEXT,)

    def __post_init__(self) -> None:
        """Raises ValueError for what no generator can be: a model's card is written elsewhere."""
        sides = [side for size in self.sizes for side in size]
        counts = (self.min_frames, self.frame_step, self.default_steps, *sides)
        if not self.sizes or not self.modes or min(counts) < 1 or self.frame_rate <= 0:
            raise ValueError("a size, a mode or a number above nought is missing")
        if self.max_frames < self.min_frames or self.max_steps < self.default_steps:
            raise ValueError("the most is less than the least")
        if not math.isfinite(self.default_guidance):
            raise ValueError("the guidance is no number")

    @property
    def usual_mode(self) -> Mode:
        """What a brief begins with: the prompt alone, for a model that makes clips of that."""
        return Mode.TEXT if Mode.TEXT in self.modes else self.modes[0]


class OnStep(Protocol):
    def __call__(self, *, done: int, total: int, preview: bytes | None) -> None:
        """Hear of a finished step; `preview` is a small JPEG. Raise `Cancelled` to stop."""


class VideoGenerator(Protocol):
    @property
    def identity(self) -> ModelIdentity: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def environment(self) -> Mapping[str, str]:
        """What else bears on the bytes: versions of libraries, device, number type, scheduler."""
        ...

    def understand(self, prompt: str) -> Understanding: ...

    def denoise(self, request: VideoRequest, *, on_step: OnStep, sparing: bool = False) -> Latents:
        """All the steps. The same request gives the same latents, whatever the number of threads.

        `sparing`: with less of a GPU's memory, where the model can do that, and more slowly.
        Raises `Cancelled` if `on_step` does, `GeneratorError` if the request cannot be met, and MemoryError.
        """
        ...

    def decode(self, latents: Latents, request: VideoRequest, *, tiled: bool = False) -> Frames:
        """The clip of these latents; `tiled`, with less memory where the model can do that.

        Raises GeneratorError and MemoryError.
        """
        ...
