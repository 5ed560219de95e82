"""Clips from an exported folder: from words, from a picture, and as loops. For evaluation and sheets.

The model learnt with a noise level for each token, so any part of a clip can be given clean and the rest is
made to fit. Stock pipelines do that for the first frame alone; this sampler does it for any part.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from generation.generators import model_card, wan
from generation.generators.base import Frames
from generation.previz import codec as codecs

Picture = NDArray[np.uint8]
"""[H, W, 3]"""
Settle = Callable[[Tensor], Tensor]


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
        known, keep = self._begin(picture)
        return self._complete(prompt, known, keep, seed)

    def loop(self, prompt: str, picture: Picture, seed: int) -> Frames:
        """A clip [T, H, W, 3] that begins with a picture and comes back to it.

        The codec is linear, so what the model expects of the last block can be bent towards the picture at
        each step, more with each frame; the model then makes the rest of the clip fit.
        """
        codec = self._pipeline.vae
        known, keep = self._begin(picture)
        first = codec.small(self._video(picture))
        deep = codec.config.scale_factor_temporal
        amount = torch.linspace(0, 1, deep + 1, device=first.device)[1:].view(1, 1, deep, 1, 1)

        def settle(expected: Tensor) -> Tensor:
            # Two latent frames, for the first of those that are decoded gives a single frame.
            ending = codec.decode_plainly(expected[:, :, -2:])[:, :, 1:]
            bent = torch.lerp(ending, first.expand_as(ending), amount)
            numbers = codec.encode_blocks(torch.cat([bent[:, :, :1], bent], dim=2))[:, 1:]
            return torch.cat([expected[:, :, :-1], codecs.fold(numbers)], dim=2)

        return self._complete(prompt, known, keep, seed, settle=settle)

    def _video(self, picture: Picture) -> Tensor:
        """A picture as a video of one frame, where the model is."""
        return codecs.to_video(torch.from_numpy(picture)[None, None]).to(self._pipeline.device)

    def _begin(self, picture: Picture) -> tuple[Tensor, Tensor]:
        """Latents [1, z, T', h, w] that hold a picture first, and where they hold it [T', h, w]."""
        codec = self._pipeline.vae
        first = codec.encode(self._video(picture)).latents
        latent_frames = (self._frames - 1) // codec.config.scale_factor_temporal + 1
        known = first.new_zeros(*first.shape[:2], latent_frames, *first.shape[3:])
        known[:, :, :1] = first
        keep = torch.zeros(known.shape[2:], dtype=torch.bool, device=known.device)
        keep[0] = True
        return known, keep

    @torch.inference_mode()
    def _complete(
        self,
        prompt: str,
        known: Tensor,
        keep: Tensor,
        seed: int,
        *,
        settle: Settle | None = None,
    ) -> Frames:
        """Make what is not kept of `known` [1, z, T', h, w], which begins with a picture.

        `settle` corrects what the model expects of a clip that comes back to it.
        """
        pipeline = self._pipeline
        words = pipeline.encode_prompt(
            prompt, "", do_classifier_free_guidance=True, max_sequence_length=self.card.max_tokens
        )
        states = torch.cat(words)
        scheduler = type(pipeline.scheduler).from_config(pipeline.scheduler.config)
        scheduler.set_timesteps(self._steps, device=known.device)
        open_places = (~keep).float()
        patch = pipeline.transformer.config.patch_size[-1]
        # Chance is drawn on the CPU, so that a seed means the same on every device.
        latents = torch.randn(known.shape, generator=torch.Generator("cpu").manual_seed(seed)).to(
            known.device
        )
        for time in scheduler.timesteps:
            shown = torch.lerp(known, latents, open_places).to(states.dtype).expand(2, -1, -1, -1, -1)
            timestep = (open_places[:, ::patch, ::patch].flatten() * time).expand(2, -1)
            output = pipeline.transformer(
                hidden_states=shown, timestep=timestep, encoder_hidden_states=states, return_dict=False
            )[0].float()
            guided, unguided = output.chunk(2)
            expected = unguided + self._guidance * (guided - unguided)
            if settle is not None:
                expected = settle(expected)
            expected = torch.lerp(known, expected, open_places)
            latents = scheduler.step(expected, time, latents, return_dict=False)[0]
        finished = torch.lerp(known, latents, open_places)
        loops = settle is not None
        video = pipeline.vae.decode(finished, given=0 if loops else 1, loops=loops).sample[0]
        frames: Frames = ((video.permute(1, 2, 3, 0) + 1) * 127.5).round().to(torch.uint8).cpu().numpy()
        return frames
