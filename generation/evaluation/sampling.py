"""Clips from an exported folder: from words, from a picture, and as loops. For evaluation and sheets."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from generation.generators import guided, model_card, wan
from generation.generators.base import Frames, VideoRequest
from generation.generators.guides import Guide

Picture = NDArray[np.uint8]
"""[H, W, 3]"""


class Sampler:
    """One loaded folder. The same seed gives the same frames."""

    def __init__(self, folder: Path) -> None:
        self.card = model_card.read(folder, digest=True)
        self._pipeline: Any = wan.load(folder, self.card).pipeline
        can = self.card.capabilities
        self._steps, self._guidance, self._frames = can.default_steps, can.default_guidance, can.max_frames
        self._size = can.sizes[0]

    def make(
        self, prompts: Sequence[str], seeds: Sequence[int], *, size: tuple[int, int] | None = None
    ) -> Frames:
        """Clips [B, T, H, W, 3] of canonical prompts."""
        width, height = size or self._size
        with torch.inference_mode():
            clips: NDArray[np.float32] = self._pipeline(
                prompt=list(prompts),
                negative_prompt=[""] * len(prompts),
                width=width,
                height=height,
                num_frames=self._frames,
                num_inference_steps=self._steps,
                guidance_scale=self._guidance,
                max_sequence_length=self.card.max_tokens,
                generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds],
                output_type="np",
            ).frames
        frames: Frames = np.rint(clips * 255).astype(np.uint8)
        return frames

    def from_picture(self, prompt: str, picture: Picture, seed: int) -> Frames:
        """A clip [T, H, W, 3] that begins with a picture."""
        return self._around(prompt, (Guide(picture[None], at=0),), seed)

    def loop(self, prompt: str, picture: Picture, seed: int) -> Frames:
        """A clip [T, H, W, 3] that begins with a picture and comes back to it."""
        return self._around(prompt, (Guide(picture[None], at=0),), seed, loops=True)

    def _around(self, prompt: str, guides: tuple[Guide, ...], seed: int, *, loops: bool = False) -> Frames:
        height, width = guides[0].pictures.shape[1:3]
        request = VideoRequest(
            prompt=prompt,
            negative_prompt="",
            seed=seed,
            frames=self._frames,
            width=width,
            height=height,
            frame_rate=self.card.capabilities.frame_rate,
            steps=self._steps,
            guidance=self._guidance,
            guides=guides,
            loops=loops,
        )
        latents = guided.denoise(
            self._pipeline,
            request,
            prompt=prompt,
            negative="",
            max_tokens=self.card.max_tokens,
            on_latents=lambda done, total, expected: None,
        )
        return guided.decode(self._pipeline, latents, request)
