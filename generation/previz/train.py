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

import torch

from generation.previz import plots, training, training_run, warm_start
from generation.previz.config import TrainingConfig
from generation.previz.data import LatentStore, fit_codec


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
    config.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    if start is not None:
        warm_start.place_codec(start, config.folder)
    codec = fit_codec(config)
    store = LatentStore(config, codec)
    run = training_run.open_run(config)
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
    heard: list[dict[str, torch.Tensor]] = []
    plans = training.plans(config, store, run.models.tokenizer, range(run.step, until))
    saved_at = drawn_at = time.monotonic()
    with (config.folder / "log.jsonl").open("a") as log:
        while run.step < until:
            heard.append(run.advance(store, next(plans)))
            if run.step % 50 == 0:
                means = {
                    name: round(float(torch.stack([h[name] for h in heard]).mean()), 5) for name in heard[0]
                }
                line = {"step": run.step, "clips": run.clips, "seconds": round(run.seconds, 1), **means}
                print(json.dumps(line), file=log, flush=True)
                heard = []
            now = time.monotonic()
            leaving = run.step == until or stopped()
            if leaving or now - saved_at > config.checkpoint_seconds:
                training_run.save(run, config.folder / "checkpoint.pt")
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
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    train(config, until=given.until or config.steps, stopped=stopping.is_set, start=given.start)


if __name__ == "__main__":
    main()
