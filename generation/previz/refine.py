"""Train the codec's refiner: `python -m generation.previz.refine --config FILE`. Started again, it goes on.

It learns to turn decoded frames into drawn ones. So that it cleans up after the transformer too, what it is
shown has the transformer's faults, as far as a run has come: true latents are made noisy and expected anew
by the averaged model. With `--plain` the finest numbers are weakened and a little noise is added instead.
"""

import argparse
import json
import random
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from dam.core import dtypes
from generation.previz import codec as codecs
from generation.previz import text
from generation.previz.config import TrainingConfig
from generation.previz.data import draw, fit_codec
from generation.previz.refiner import Refiner
from generation.previz.training_run import open_run
from generation.previz.world import captions, scenes

FIRST_SEED = 3_000_000_000
_CLIPS, _STEPS_EACH, _CROP, _CROPS = 6, 12, 96, 24
_PEAK = 2e-3


class Refinement:
    """A refiner in training. Step n sees the same data whenever it is taken."""

    def __init__(self, config: TrainingConfig, *, width: int, steps: int, through_model: bool) -> None:
        torch.manual_seed(config.seed)
        self.config, self.steps, self.step = config, steps, 0
        self.refiner = Refiner(width)
        self.optimiser = torch.optim.AdamW(self.refiner.parameters(), lr=_PEAK, betas=(0.9, 0.99))
        self._codec = fit_codec(config)
        self._run = open_run(config) if through_model else None
        self._models = self._run.averaged_models() if self._run else None
        self._pool: tuple[Tensor, Tensor] | None = None

    def advance(self) -> float:
        """Take one step; returns the mean absolute error on the scale of 0 to 255."""
        if self._pool is None or self.step % _STEPS_EACH == 0:
            self._pool = self._draw(self.step // _STEPS_EACH)
        seed = f"previz-refine-{self.step}"
        shown, true = (_crops(clips, random.Random(seed)) for clips in self._pool)
        for group in self.optimiser.param_groups:
            group["lr"] = _PEAK * min(1, (self.step + 1) / 50) * max(0.02, 1 - self.step / self.steps)
        found = shown[:, :3] + self.refiner(shown)
        wanted = true[:, :3]
        loss = (found - wanted).abs().mean() + 0.5 * _edges(found, wanted)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.step += 1
        return float((found.detach() - wanted).abs().mean() * 127.5)

    @torch.no_grad()
    def _draw(self, turn: int) -> tuple[Tensor, Tensor]:
        """Decoded and true clips [B, 3, T, H, W]."""
        seeds = range(FIRST_SEED + turn * _CLIPS, FIRST_SEED + (turn + 1) * _CLIPS)
        true = codecs.to_video(draw(self.config, seeds, self.config.sizes[0]))
        latents = self._codec.encode(true).latents
        dice = torch.Generator().manual_seed(turn)
        level = 0.05 + 0.6 * torch.rand(len(latents), generator=dice).view(-1, 1, 1, 1, 1)
        noise = torch.randn(latents.shape, generator=dice)
        if self._models is None:
            numbers = codecs.unfold(latents)
            fine = torch.linspace(0, 1, numbers.shape[-1]) * torch.rand(1, generator=dice)
            shown = codecs.fold(numbers * (1 - fine)) + 0.25 * level * noise
        else:
            shown = self._expected(latents, noise, level, seeds)
        return self._codec.decode_plainly(shown), true

    def _expected(self, latents: Tensor, noise: Tensor, level: Tensor, seeds: range) -> Tensor:
        """What the model expects of these clips once they are noisy; a third is left as the codec has it."""
        assert self._run is not None
        assert self._models is not None
        transformer, encoder = self._models
        sentences = [captions.plain(scenes.sample(seed)) for seed in seeds]
        with dtypes.autocast(latents.device):
            states = text.encode(encoder, text.tokenize(self._run.models.tokenizer, sentences))
            found: Tensor = transformer(
                hidden_states=torch.lerp(latents, noise, level),
                timestep=level.flatten() * 1000,
                encoder_hidden_states=states,
                return_dict=False,
            )[0].float()
        found[::3] = latents[::3]
        return found

    def save(self, path: Path) -> None:
        part = path.with_suffix(".writing")
        state = {
            "refiner": self.refiner.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }
        torch.save(state, part)
        part.replace(path)

    def restore(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        self.refiner.load_state_dict(state["refiner"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]


def _crops(clips: Tensor, chance: random.Random) -> Tensor:
    """Squares of three neighbouring frames [N, 9, S, S], the middle one first."""
    batch, _, frames, height, width = clips.shape
    side = min(_CROP, height, width)
    found = []
    for _ in range(_CROPS):
        clip, time_ = chance.randrange(batch), chance.randrange(frames)
        top, left = (2 * chance.randint(0, (n - side) // 2) for n in (height, width))
        near = [time_, max(time_ - 1, 0), min(time_ + 1, frames - 1)]
        found.append(torch.cat([clips[clip, :, t, top : top + side, left : left + side] for t in near]))
    return torch.stack(found)


def _edges(found: Tensor, wanted: Tensor) -> Tensor:
    """How far the steps from pixel to pixel are off: blurred edges cost, evenly wrong tones do not."""
    across = functional.l1_loss(found.diff(dim=-1), wanted.diff(dim=-1))
    return across + functional.l1_loss(found.diff(dim=-2), wanted.diff(dim=-2))


def refined(config: TrainingConfig) -> codecs.PatchCodec:
    """The run's codec, with its refiner if one has been trained. It smooths what it decodes."""
    codec = fit_codec(config)
    codec.register_to_config(smooth=True)
    checkpoint = config.folder / "refiner.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)["refiner"]
        width = len(state["enter.bias"])
        codec.refiner = Refiner(width)
        codec.refiner.load_state_dict(state)
        codec.register_to_config(refine_width=width)
    codec.eval()
    return codec


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--width", type=int, default=24)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--minutes", type=float, help="stop after so long; the next call goes on")
    parser.add_argument("--plain", action="store_true", help="without the transformer's faults")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    config = TrainingConfig.load(given.config)
    training = Refinement(config, width=given.width, steps=given.steps, through_model=not given.plain)
    path = config.folder / "refiner.pt"
    if path.exists():
        training.restore(path)
    began = saved = time.monotonic()
    errors = []
    while training.step < training.steps:
        errors.append(training.advance())
        if training.step % 50 == 0:
            print(
                json.dumps({"step": training.step, "error": round(sum(errors) / len(errors), 3)}), flush=True
            )
            errors = []
        now = time.monotonic()
        over = given.minutes is not None and now - began > given.minutes * 60
        if over or now - saved > config.checkpoint_seconds or training.step == training.steps:
            training.save(path)
            saved = now
        if over:
            break


if __name__ == "__main__":
    main()
