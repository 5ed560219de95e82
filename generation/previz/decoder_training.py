"""Train the decoder: `python -m generation.previz.decoder_training`. Started again, it goes on.

The model of `--weights` is frozen: the decoder learns to show its latents as the world is drawn at twice the
size. `--out` writes the folder that ships, with the averaged weights of the run so far.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # two busy-waiting threads on a shared machine starve it

import argparse
import json
import random
import signal
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from dam.core import dtypes
from generation import weights
from generation.previz import decoder as decoders
from generation.previz import decoder_pairs, pipelines, training
from generation.previz import export as previz_export
from generation.previz.codec import PatchCodec

WIDTHS = (64, 128, 192)
PEAK, _LAST = 2.5e-4, 0.02
"""The highest learning rate, and the share of it left at the end. At 1e-3 a run came apart at step 75."""
_WARM_UP, _DECAY = 100, 0.45
"""Steps, and the share of all steps at the end in which the rate falls."""
_EMA = 0.995


@dataclass(frozen=True, slots=True)
class Plan:
    """Crops are squares of `side` blocks; after `turn` steps, one more group of clips may be chosen from."""

    folder: Path
    footage: decoder_pairs.Footage
    steps: int
    crops: int = 12
    side: int = 6
    groups_at_start: int = 16
    most_groups: int = 150
    turn: int = 25
    peak: float = PEAK
    widths: tuple[int, int, int] = WIDTHS


class DecoderRun:
    """A decoder in training: weights, averages, optimiser, step. Step n sees the same data whenever."""

    def __init__(self, plan: Plan, pipeline: Any) -> None:
        torch.manual_seed(1)
        self.plan, self.pipeline = plan, pipeline
        self.device = pipeline.transformer.device
        self.decoder = decoders.Decoder(plan.widths).to(self.device)
        self.averages = [p.detach().clone() for p in self.decoder.parameters()]
        self.optimiser = torch.optim.AdamW(self.decoder.parameters(), betas=(0.9, 0.98), weight_decay=0.01)
        self.step = 0
        self.seconds = 0.0
        """Of processor time; on a GPU, of time."""
        self._pairs: dict[int, decoder_pairs.Pairs] = {}

    def advance(self) -> dict[str, Tensor]:
        """Take one step; returns what to log, in 0 to 255, which a device may still be working out."""
        clock = time.process_time if self.device.type == "cpu" else time.monotonic
        began = clock()
        near, wanted = self._batch()
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.step, self.plan.steps, peak=self.plan.peak)
        with dtypes.autocast(self.device):
            found = self.decoder(near)
        parts = losses(found, wanted)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.decoder.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        training.follow(self.averages, list(self.decoder.parameters()), step=self.step, limit=_EMA)
        self.step += 1
        self.seconds += clock() - began
        # How far it has come: the same of cleaned frames, smoothly enlarged, is where it began.
        began_with = losses(decoders.enlarged(near[:, :3]), wanted)
        return {
            **{name: value.detach() * 127.5 for name, value in parts.items()},
            **{f"{name}_before": value * 127.5 for name, value in began_with.items()},
        }

    def _batch(self) -> tuple[Tensor, Tensor]:
        """What the decoder is shown, and what it should show."""
        chance = random.Random(f"previz-decoder-step-{self.step}")
        many = min(self.plan.most_groups, self.plan.groups_at_start + self.step // self.plan.turn)
        cuts = [
            decoder_pairs.crop(self._group(chance.randrange(many)), self.plan.side, chance)
            for _ in range(self.plan.crops)
        ]
        clips = self.pipeline.vae.decode_plainly(torch.stack([cut.latents for cut in cuts]))
        near = [
            decoders.around(clip, (cut.time, cut.time + 1), cut.cleaned.transpose(0, 1))
            for clip, cut in zip(clips, cuts, strict=True)
        ]
        return torch.cat(near), torch.cat([cut.frames for cut in cuts])

    def _group(self, group: int) -> decoder_pairs.Pairs:
        if group not in self._pairs:
            self._pairs[group] = decoder_pairs.kept(
                self.plan.folder / "pairs", self.pipeline, group, self.plan.footage
            )
        return self._pairs[group]

    def averaged(self) -> decoders.Decoder:
        """The decoder with the averaged weights, apart from the one in training."""
        fresh = decoders.Decoder(self.plan.widths).to(self.device)
        for parameter, average in zip(fresh.parameters(), self.averages, strict=True):
            parameter.data.copy_(average)
        return fresh.eval()

    def save(self, path: Path) -> None:
        """Write a checkpoint so that a crash leaves the old one or the new one, never half of one."""
        part = path.with_suffix(".writing")
        state = {
            "decoder": self.decoder.state_dict(),
            "averages": self.averages,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        torch.save(state, part)
        part.replace(path)

    def restore(self, path: Path) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.decoder.load_state_dict(state["decoder"])
        for average, saved in zip(self.averages, state["averages"], strict=True):
            average.copy_(saved)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]


def rate(step: int, steps: int, *, peak: float = PEAK) -> float:
    """The learning rate of a step: up quickly, level, and down to nearly nothing at the end."""
    falling = min(1.0, (steps - step) / (_DECAY * steps))
    return peak * min(1.0, (step + 1) / _WARM_UP) * max(_LAST, falling)


def losses(found: Tensor, wanted: Tensor) -> dict[str, Tensor]:
    """How far frames [2N, 3, H, W] are off, in pairs of neighbours: pixels, edges, block borders, changes.

    Blurred edges cost, evenly wrong tones do not; what rests must rest. Frames begin at a block's corner. One
    step in 32 lies across a border between blocks: without their own part a run learnt everything but these.
    """
    edges = sum(
        (
            functional.l1_loss(found.diff(dim=axis), wanted.diff(dim=axis), reduction="mean")
            for axis in (-1, -2)
        ),
        start=torch.zeros((), device=found.device),
    )
    borders = functional.l1_loss(_across_borders(found), _across_borders(wanted))
    changes = functional.l1_loss(found[1::2] - found[::2], wanted[1::2] - wanted[::2])
    pixels = functional.l1_loss(found, wanted)
    return {"pixels": pixels, "edges": edges, "borders": 0.5 * borders, "changes": 0.5 * changes}


def _across_borders(frames: Tensor) -> Tensor:
    """The steps from pixel to pixel that lie on borders between blocks, of both directions, in one row."""
    first = decoder_pairs.BLOCK - 1
    down, across = (
        frames.diff(dim=-2)[..., first :: first + 1, :],
        frames.diff(dim=-1)[..., first :: first + 1],
    )
    return torch.cat((down.flatten(), across.flatten()))


def with_decoder(codec: PatchCodec, decoder: decoders.Decoder, widths: tuple[int, ...]) -> PatchCodec:
    """The same codec, with a decoder after what cleans its frames."""
    known = codec.config
    fresh: PatchCodec = PatchCodec(
        z_dim=known.z_dim,
        still_dim=known.still_dim,
        scale_factor_temporal=known.scale_factor_temporal,
        scale_factor_spatial=known.scale_factor_spatial
        * (1 if codec.decoder is not None else decoders.ENLARGES),
        refine_width=known.refine_width,
        decode_widths=list(widths),
        smooth=known.smooth,
    )
    fresh.refiner, fresh.decoder = codec.refiner, decoder
    for name in ("still_basis", "motion_basis", "mean", "scale"):
        getattr(fresh, name).data.copy_(getattr(codec, name).data)
    fresh.eval()
    return fresh


def footage(source: Path, codec: PatchCodec) -> decoder_pairs.Footage:
    """What clips of this model are drawn in at full size."""
    card = json.loads((source / weights.CARD_NAME).read_text())
    larger = 1 if codec.decoder is not None else decoders.ENLARGES
    return decoder_pairs.Footage(
        sizes=tuple((width * larger, height * larger) for width, height in card["sizes"]),
        frames=card["max_frames"],
    )


def export(run: DecoderRun, source: Path, folder: Path, *, version: str) -> dict[str, Any]:
    """Write the model of `source` with the averaged decoder into another folder; returns its card."""
    run.pipeline.register_modules(vae=with_decoder(run.pipeline.vae, run.averaged(), run.plan.widths))
    previz_export.write(run.pipeline, folder)
    card: dict[str, Any] = json.loads((source / weights.CARD_NAME).read_text())
    card |= {
        "version": version,
        "weights_sha256": weights.digest(folder),
        "sizes": [list(size) for size in run.plan.footage.sizes],
    }
    card["training"] |= {
        "decoder_steps": run.step,
        "decoder_hours": round(run.seconds / 3600, 2),
        "decoder_parameters": sum(p.numel() for p in run.averages),
    }
    (folder / weights.CARD_NAME).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return card


def train(run: DecoderRun, checkpoint: Path, *, until: int, stopping: Event) -> None:
    """Go on until a step, or until told to stop; a checkpoint every two minutes and at the end."""
    heard: dict[str, list[Tensor]] = defaultdict(list)
    saved = time.monotonic()
    with (run.plan.folder / "log.jsonl").open("a") as log:
        while run.step < until and not stopping.is_set():
            for name, value in run.advance().items():
                heard[name].append(value)
            if run.step % 25 == 0:
                means = {name: round(float(torch.stack(of).mean()), 3) for name, of in heard.items()}
                print(
                    json.dumps({"step": run.step, "seconds": round(run.seconds), **means}),
                    file=log,
                    flush=True,
                )
                heard.clear()
            if time.monotonic() - saved > 120:
                run.save(checkpoint)
                saved = time.monotonic()
    run.save(checkpoint)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--weights", type=Path, default=previz_export.WEIGHTS, help="whose transformer is frozen"
    )
    parser.add_argument("--folder", type=Path, default=Path("var/training/decoder"))
    parser.add_argument("--steps", type=int, default=4000, help="of the whole run: the rate falls towards it")
    parser.add_argument("--until", type=int, help="stop after this step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--crops", type=int, default=12, help="of a step")
    parser.add_argument("--peak", type=float, default=PEAK, help="the highest learning rate")
    parser.add_argument(
        "--groups", type=int, help="choose among so many groups of 16 clips from the first step on"
    )
    parser.add_argument("--out", type=Path, help="write the folder that ships, then stop")
    parser.add_argument("--version", default="0.4")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    pipeline = pipelines.load(given.weights).to(given.device)
    plan = Plan(
        folder=given.folder,
        footage=footage(given.weights, pipeline.vae),
        steps=given.steps,
        crops=given.crops,
        peak=given.peak,
    )
    if given.groups:
        plan = replace(
            plan,
            footage=replace(plan.footage, group=16),
            groups_at_start=given.groups,
            most_groups=given.groups,
        )
    run = DecoderRun(plan, pipeline)
    given.folder.mkdir(parents=True, exist_ok=True)
    checkpoint = given.folder / "checkpoint.pt"
    if checkpoint.exists():
        run.restore(checkpoint)
    if given.out is not None:
        export(run, given.weights, given.out, version=given.version)
        return
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    train(run, checkpoint, until=given.until or given.steps, stopping=stopping)


if __name__ == "__main__":
    main()
