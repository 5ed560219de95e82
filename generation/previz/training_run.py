"""A training run's state: what a checkpoint holds, and how a run goes on from it."""

import os
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from generation.previz import text, training
from generation.previz.config import TrainingConfig
from generation.previz.data import LatentStore, device


class TrainingRun:
    """A run's state: models, averages, optimisers, step and seconds spent."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.device = device(config)
        self.models = training.build(config).to(self.device)
        self.models.transformer.rope = self.models.times
        self.averages = [p.detach().clone() for p in self._averaged()]
        self.optimisers = training.optimisers(config, self.models)
        self.step = 0
        self.seconds = 0.0
        self.clips = 0

    def _averaged(self) -> list[torch.nn.Parameter]:
        return [*self.models.transformer.parameters(), *self.models.encoder.parameters()]

    def advance(self, store: LatentStore, plan: training.Plan) -> dict[str, Tensor]:
        """Take the step of a plan; returns what to log, which a device may still be working out.

        Raises ValueError for the plan of another step.
        """
        if plan.step != self.step:
            raise ValueError(f"The run stands at step {self.step}, and the plan is that of {plan.step}.")
        began = time.monotonic()
        batch = training.fill(self.config, store, plan).on(self.device)
        share = training.rate(self.config, self.step)
        total, error, named = training.loss(self.config, self.models, batch)
        total.backward()
        size = torch.nn.utils.clip_grad_norm_(self.models.trained(), 1.0)
        for optimiser in self.optimisers:
            muon = isinstance(optimiser, torch.optim.Muon)
            full = self.config.matrix_rate if muon else self.config.learning_rate
            for group in optimiser.param_groups:
                group["lr"] = full * share
            optimiser.step()
            optimiser.zero_grad()
        training.follow(self.averages, self._averaged(), step=self.step, limit=self.config.ema)
        self.step += 1
        self.clips += len(batch.latents)
        self.seconds += time.monotonic() - began
        found = {"loss": total, "error": error, "words": named, "gradient": size}
        return {name: value.detach() for name, value in found.items()}

    def teach_words(self, *, encoder: bool = True) -> None:
        """Before the first step, let the text encoder learn alone to name what captions say.

        Without `encoder` it is left as it is, and what reads it off learns to follow it.
        """
        models, config = self.models, self.config
        parameters = [*models.namer.parameters(), *(models.encoder.parameters() if encoder else ())]
        optimiser = torch.optim.AdamW(parameters, lr=2e-3, betas=(0.9, 0.95))
        for step in range(config.text_warm_up):
            places = list(range(step * 64, step * 64 + 64))
            tokens, labels = training.words(config, models.tokenizer, places, step)
            tokens, labels = tokens.to(self.device), {n: v.to(self.device) for n, v in labels.items()}
            error = models.namer.loss(text.encode(models.encoder, tokens), tokens, labels)
            optimiser.zero_grad()
            error.backward()
            optimiser.step()
            if step % 100 == 99:
                print(f"words {step + 1}: {float(error):.4f}", flush=True)
        self.settle_averages()

    def settle_averages(self) -> None:
        """Let the averages begin at the weights as they are."""
        for average, current in zip(self.averages, self._averaged(), strict=True):
            average.copy_(current.detach())

    def state(self) -> dict[str, Any]:
        return {
            "transformer": self.models.transformer.state_dict(),
            "encoder": self.models.encoder.state_dict(),
            "namer": self.models.namer.state_dict(),
            "averages": self.averages,
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
            "seconds": self.seconds,
            "clips": self.clips,
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.models.transformer.load_state_dict(state["transformer"])
        self.models.encoder.load_state_dict(state["encoder"])
        self.models.namer.load_state_dict(state["namer"])
        for average, saved in zip(self.averages, state["averages"], strict=True):
            average.copy_(saved)
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        self.step, self.seconds, self.clips = state["step"], state["seconds"], state["clips"]

    def averaged_models(self) -> tuple[Any, Any]:
        """Transformer and text encoder with the averaged weights, apart from those in training."""
        fresh = training.build(self.config)
        parameters = [*fresh.transformer.parameters(), *fresh.encoder.parameters()]
        for parameter, average in zip(parameters, self.averages, strict=True):
            parameter.data.copy_(average)
        return fresh.transformer.eval(), fresh.encoder.eval()


def save(run: TrainingRun, path: Path) -> None:
    """Write a checkpoint so that a crash leaves the old one or the new one, never half of one."""
    half = path.with_suffix(".writing")
    with half.open("wb") as file:
        torch.save(run.state(), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def open_run(config: TrainingConfig) -> TrainingRun:
    """The run of a folder: from its checkpoint if there is one."""
    run = TrainingRun(config)
    checkpoint = config.folder / "checkpoint.pt"
    if checkpoint.exists():
        run.restore(torch.load(checkpoint, map_location="cpu", weights_only=True))
    return run
