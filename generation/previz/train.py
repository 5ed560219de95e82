"""Train previz: `python -m generation.previz.train --config FILE`. Started again, it goes on."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # two busy-waiting threads on a shared machine starve it

import argparse
import json
import signal
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

import torch

from generation.previz import plots, text, training
from generation.previz.config import TrainingConfig
from generation.previz.data import LatentStore, device, fit_codec


class Run:
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

    def advance(self, store: LatentStore) -> dict[str, float]:
        """Take one step; returns what to log."""
        began = time.monotonic()
        batch = training.batch(self.config, store, self.models.tokenizer, self.step).on(self.device)
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
        return {"loss": total.item(), "error": error.item(), "words": named.item(), "gradient": size.item()}

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


def save(run: Run, path: Path) -> None:
    """Write a checkpoint so that a crash leaves the old one or the new one, never half of one."""
    half = path.with_suffix(".writing")
    with half.open("wb") as file:
        torch.save(run.state(), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def open_run(config: TrainingConfig) -> Run:
    """The run of a folder: from its checkpoint if there is one."""
    run = Run(config)
    checkpoint = config.folder / "checkpoint.pt"
    if checkpoint.exists():
        run.restore(torch.load(checkpoint, map_location="cpu", weights_only=True))
    return run


def train(
    config: TrainingConfig,
    *,
    until: int,
    stopped: Callable[[], bool] = lambda: False,
    start: Path | None = None,
) -> None:
    """Go on with the run of `config.folder` until step `until`, or until `stopped` says so.

    A new run begins with the weights of the exported folder `start`, see `warm_start`.
    """
    from generation.previz import warm_start

    config.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    if start is not None:
        warm_start.place_codec(start, config.folder)
    codec = fit_codec(config)
    store = LatentStore(config, codec)
    run = open_run(config)
    if run.step == 0 and start is not None:
        warm_start.take_up(run, start)
    elif run.step == 0:
        run.teach_words()
    # torch's fused attention is slow backwards on a CPU: the plain one takes a third off a whole step.
    if run.device.type == "cpu":
        run.models.transformer.set_attention_backend("_native_math")
    if config.compile:
        # One program for each number of latent frames, with and without given ones: they are few, and
        # faster than one for all.
        torch._dynamo.config.automatic_dynamic_shapes = False
        torch._dynamo.config.recompile_limit = 32
        run.models.transformer.compile_repeated_blocks()
    heard: list[dict[str, float]] = []
    saved_at = drawn_at = time.monotonic()
    with (config.folder / "log.jsonl").open("a") as log:
        while run.step < until:
            heard.append(run.advance(store))
            if run.step % 50 == 0:
                means = {name: round(sum(h[name] for h in heard) / len(heard), 5) for name in heard[0]}
                line = {"step": run.step, "clips": run.clips, "seconds": round(run.seconds, 1), **means}
                print(json.dumps(line), file=log, flush=True)
                heard = []
            now = time.monotonic()
            leaving = run.step == until or stopped()
            if leaving or now - saved_at > config.checkpoint_seconds:
                save(run, config.folder / "checkpoint.pt")
                saved_at = now
            if leaving and run.step < until:
                return
            if now - drawn_at > config.sheet_seconds or run.step == until:
                plots.draw(run, codec, config.folder / f"sheet-{run.step:06d}.png")
                plots.curve(config.folder / "log.jsonl", config.folder / "curve.png")
                drawn_at = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(description="Train previz, or go on training it.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--until", type=int, help="stop after this step; the configuration's last by default")
    parser.add_argument("--start", type=Path, help="begin a new run with the weights of this exported folder")
    given = parser.parse_args()
    config = TrainingConfig.load(given.config)
    print(json.dumps(asdict(config), default=str), flush=True)
    asked = Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    train(config, until=given.until or config.steps, stopped=asked.is_set, start=given.start)


if __name__ == "__main__":
    main()
