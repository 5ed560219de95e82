"""The settings of a training run, read from a JSON file."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generation.previz.world.scenes import SHAPES

Size = tuple[int, int]
"""Width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What batches show up to step `until`."""

    until: int
    spans: dict[int, float]
    """How often a batch shows so many of a clip's latent frames: {1: 0.7, 3: 0.3}."""
    windows: float = 0.0
    """Share of batches that show a window of a single latent frame instead, mostly where an object passes."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Sizes in pixels and frames; `steps`, `warm_up` and `decay_from` in optimiser steps."""

    folder: Path
    """Where latents, checkpoints, log and pictures go."""
    seed: int = 1
    frames: int = 49
    frame_rate: str = "16/1"
    sizes: tuple[Size, ...] = ((256, 144), (192, 192), (144, 256))
    """What clips are drawn in; all have the same number of blocks."""
    size_shares: tuple[int, ...] = (8, 1, 1)
    still_channels: int = 48
    motion_channels: int = 32
    block_frames: int = 8
    block: int = 16
    clips: int = 10_000
    clips_at_start: int = 1_000
    clips_per_step: int = 1
    """How many further clips each step may choose from, until all of them."""
    drawn_elsewhere: bool = False
    """Other processes draw (`data --share`), and a step chooses among all that they have drawn by then."""
    feeders: int = 0
    """Processes that choose clips and word captions ahead of training, for a fast device."""
    model_width: int = 192
    heads: int = 3
    layers: int = 6
    feed_forward: int = 768
    text_width: int = 192
    text_layers: int = 2
    sentences: int = 20_000
    """How many captions the tokenizer learns its words from."""
    text_warm_up: int = 400
    """Steps in which the text encoder alone learns to name what a caption says."""
    tokens: int = 3_600
    """Tokens of a batch: 75 windows, 25 clips of one latent frame each, or 3 of seven."""
    window: tuple[int, int] = (6, 8)
    """Rows and columns of a window, in blocks."""
    phases: tuple[Phase, ...] = (Phase(until=1 << 30, spans={1: 0.4, 3: 0.4, 7: 0.2}),)
    shape_shares: dict[str, float] = field(default_factory=dict)
    """How much more often than others a clip with this shape is chosen: for shapes that are hard to learn."""
    given_share: float = 0.3
    """Share of batches of several latent frames in which some tokens are given clean: the road to clips
    from a picture, to longer clips, loops and repairs."""
    steps: int = 12_000
    first_step: int = 0
    """Step at which a run begins that takes up the weights of another, the steps that those have had: the
    warm-up counts from it. 0 for a run from nothing. A run that stands before it is refused."""
    warm_up: int = 100
    decay_from: int = 9_000
    learning_rate: float = 1.5e-3
    matrix_rate: float = 3e-3
    """Learning rate of Muon."""
    optimiser: str = "muon"
    """`adamw`, or `muon` for the matrices inside the transformer's blocks and AdamW for the rest."""
    weight_decay: float = 0.01
    ema: float = 0.999
    caption_dropout: float = 0.12
    noise_shift: float = 3.0
    noise_top: float = 0.5
    """Share of clips whose noise is drawn evenly from 0.9 to 1, where the words alone must do: sampling
    starts there, and the shifted distribution hardly ever goes there."""
    noise_floor: float = 0.5
    """Loss weight is 1 / max(noise, floor)^2."""
    object_weight: float = 4.0
    """How much more the error of tokens that an object passes counts than that of the rest."""
    device: str = "auto"
    """`cpu`, `cuda`, or whichever there is."""
    threads: int = 2
    compile: bool = True
    checkpoint_seconds: int = 120
    sheet_seconds: int = 900

    @property
    def latent_frames(self) -> int:
        return (self.frames - 1) // self.block_frames + 1

    @property
    def channels(self) -> int:
        """Channels of one block of pixels."""
        return self.still_channels + self.motion_channels

    @property
    def blocks(self) -> int:
        """Blocks, and so tokens, of one latent frame."""
        width, height = self.sizes[0]
        return width // self.block * (height // self.block)

    @classmethod
    def load(cls, path: Path) -> "TrainingConfig":
        """Read a configuration; unknown keys raise TypeError, unknown shapes ValueError."""
        values: dict[str, Any] = json.loads(path.read_text())
        values["folder"] = Path(values["folder"])
        if unknown := set(values.get("shape_shares", ())) - set(SHAPES):
            raise ValueError(
                f"shape_shares names what the world does not have: {', '.join(sorted(unknown))}."
            )
        if "phases" in values:
            values["phases"] = tuple(
                Phase(**{**p, "spans": {int(n): share for n, share in p["spans"].items()}})
                for p in values["phases"]
            )
        for name in ("sizes", "size_shares"):
            if name in values:
                values[name] = tuple(tuple(v) if isinstance(v, list) else v for v in values[name])
        if "window" in values:
            values["window"] = tuple(values["window"])
        return cls(**values)
