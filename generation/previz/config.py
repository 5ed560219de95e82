"""The settings of a training run, read from a JSON file."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Sizes in pixels and frames; `steps`, `warm_up` and `decay_from` in optimiser steps."""

    folder: Path
    """Where latents, checkpoints, log and pictures go."""
    seed: int = 1
    frames: int = 25
    height: int = 128
    width: int = 224
    frame_rate: str = "16/1"
    channels: int = 48
    block_frames: int = 8
    block: int = 16
    clips: int = 16_000
    clips_at_start: int = 1_500
    clips_per_step: int = 2
    """How many further clips each step may choose from, until all of them."""
    model_width: int = 192
    heads: int = 4
    layers: int = 6
    feed_forward: int = 768
    text_width: int = 128
    text_layers: int = 2
    sentences: int = 20_000
    """How many captions the tokenizer learns its words from."""
    text_warm_up: int = 400
    """Steps in which the text encoder alone learns to name what a caption says."""
    batch: int = 16
    steps: int = 12_000
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
    noise_top: float = 0.35
    """Share of clips whose noise is drawn evenly from 0.9 to 1, where the words alone must do: sampling
    starts there, and the shifted distribution hardly ever goes there."""
    noise_floor: float = 0.15
    """Loss weight is 1 / max(noise, floor)^2."""
    threads: int = 2
    compile: bool = True
    checkpoint_seconds: int = 120
    sheet_seconds: int = 900

    @property
    def latent_grid(self) -> tuple[int, int, int]:
        """Latent frames, rows and columns."""
        return (self.frames - 1) // self.block_frames + 1, self.height // self.block, self.width // self.block

    @classmethod
    def load(cls, path: Path) -> "TrainingConfig":
        """Read a configuration; unknown keys raise TypeError."""
        values = json.loads(path.read_text())
        return cls(**{**values, "folder": Path(values["folder"])})
