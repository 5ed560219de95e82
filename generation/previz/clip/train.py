"""Train previz-clip. Stops and resumes at any time. Three stages: small pictures, near objects teach sooner.

    CLIP="python -m generation.previz.clip.train"
    $CLIP --size 64 --near 1 --steps 1600 --folder var/previz-clip-64
    $CLIP --size 96 --near 0.4 --steps 700 --folder var/previz-clip-96 --start var/previz-clip-64
    $CLIP --near 0.2 --steps 700 --start var/previz-clip-96

Which texts answer to which pictures is known exactly, so every pair of a batch is a yes or a no
(the sigmoid loss of SigLIP with true labels) and nothing is pushed apart that belongs together.
"""

import argparse
import json
import logging
import math
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from dam.core import dtypes
from generation.previz.clip import model as clip_model
from generation.previz.clip import phrases, pictures
from generation.previz.world import scenes
from generation.previz.world.scenes import Scene

WEIGHTS = Path(__file__).resolve().parent.parent / "weights" / "previz-clip"
SCENES, EACH = 48, 2
ABSENT = -1
PEAK, WARM_UP, DECAY = 1.5e-3, 100, 0.05
ATTRIBUTE_SHARE = 1.0
HARDER = {"shape": 3.0, "material": 3.0}
"""How much more these attributes weigh: ground and light are learned by themselves, and drown them else."""
SAVE_SECONDS = 120
SEEDS_APART = 1_000_000
"""So that stages of different picture sizes see different scenes."""

log = logging.getLogger("previz-clip")


class Trainer:
    """The model, its optimiser and where it is. Step n draws the same data whenever it runs."""

    def __init__(self, *, steps: int, folder: Path, size: int = clip_model.SIZE, near: float = 0.0) -> None:
        torch.manual_seed(0)
        self.near = near
        self.steps, self.step, self.folder, self.size = steps, 0, folder, size
        self.seconds = 0.0  # of processor time
        self.model = clip_model.build(size).to(memory_format=torch.channels_last)
        self.tokenizer = clip_model.tokenizer()
        # One small classifier for each attribute reads pictures and texts alike, and is then thrown away.
        self.readers = torch.nn.ModuleDict(
            {name: torch.nn.Linear(128, len(scenes.ATTRIBUTES[name])) for name in phrases.VISIBLE}
        )
        decayed = [p for p in self._parameters() if p.ndim > 1]
        kept = [p for p in self._parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": DECAY}, {"params": kept, "weight_decay": 0.0}],
            lr=PEAK,
            betas=(0.9, 0.98),
        )

    def run(self) -> None:
        """Train to the last step, with a checkpoint every two minutes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._resume()
        saved = time.monotonic()
        while self.step < self.steps:
            started = time.process_time()
            report = self._learn()
            self.seconds += time.process_time() - started
            self.step += 1
            if self.step % 20 == 0:
                self._write_down(report)
            if time.monotonic() - saved > SAVE_SECONDS or self.step == self.steps:
                self._save()
                saved = time.monotonic()

    def _learn(self) -> dict[str, float]:
        torch.manual_seed(self.step)
        chance = random.Random(f"previz-clip-{self.step}")
        first = SEEDS_APART * self.size + self.step * SCENES
        shown = [self._draw(first + place, chance) for place in range(SCENES)]
        descriptions = [phrases.describe(scene, chance) for scene in shown for _ in range(EACH)]
        seen = [scene for scene in shown for _ in range(EACH)]
        images = pictures.frames(shown, chance, each=EACH, size=self.size).contiguous(
            memory_format=torch.channels_last
        )
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.model.train()
        with dtypes.autocast(images.device):
            image_vectors = self.model.encode_image(images)
            text_vectors = self.model.encode_text(self._tokens([phrase.text for phrase in descriptions]))
        image_vectors = functional.normalize(image_vectors.float(), dim=-1)
        text_vectors = functional.normalize(text_vectors.float(), dim=-1)
        logits = self.model.logit_scale.exp() * text_vectors @ image_vectors.T + self.model.logit_bias
        target, certain = answers(descriptions, seen)
        pairs = functional.binary_cross_entropy_with_logits(logits, target, weight=certain, reduction="sum")
        contrast = pairs / len(descriptions)
        attributes = self._read(image_vectors, text_vectors, seen, descriptions)
        loss = contrast + ATTRIBUTE_SHARE * attributes
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters(), 1.0)
        self.optimiser.step()
        with torch.no_grad():
            self.model.logit_scale.clamp_(max=math.log(60))
            found = ((logits > 0) & (target > 0)).sum() / target.sum()
            right = ((logits > 0) & (target > 0)).sum() / (logits > 0).sum().clamp(min=1)
        return {
            "contrast": float(contrast.detach()),
            "attributes": float(attributes.detach()),
            "found": float(found),
            "right": float(right),
        }

    def _draw(self, seed: int, chance: random.Random) -> Scene:
        scene = scenes.sample(seed)
        return pictures.nearer(scene, chance) if chance.random() < self.near else scene

    def _read(
        self, images: Tensor, texts: Tensor, seen: Sequence[Scene], descriptions: Sequence[phrases.Phrase]
    ) -> Tensor:
        """How badly attributes are told from pictures and texts; what is not shown or named is left out."""
        shown = indices([_settled(scene) for scene in seen])
        described = indices([phrase.named for phrase in descriptions])
        total = torch.zeros(())
        for place, (name, reader) in enumerate(self.readers.items()):
            share = HARDER.get(name, 1.0)
            for vectors, values in ((images, shown[:, place]), (texts, described[:, place])):
                if (values >= 0).any():
                    lost = functional.cross_entropy(reader(vectors * 10), values, ignore_index=ABSENT)
                    total = total + share * lost
        return total

    def _tokens(self, texts: list[str]) -> Tensor:
        batch = self.tokenizer(
            texts, padding="max_length", max_length=clip_model.CONTEXT, truncation=True, return_tensors="pt"
        )
        ids: Tensor = batch.input_ids
        return ids

    def _rate(self) -> float:
        if self.step < WARM_UP:
            return PEAK * (self.step + 1) / WARM_UP
        done = (self.step - WARM_UP) / max(1, self.steps - WARM_UP)
        return PEAK * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))

    def _parameters(self) -> list[torch.nn.Parameter]:
        return [*self.model.parameters(), *self.readers.parameters()]

    def _state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "readers": self.readers.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    def _save(self) -> None:
        part = self.folder / "checkpoint.part"
        torch.save(self._state(), part)
        part.replace(self.folder / "checkpoint.pt")

    def begin_from(self, folder: Path) -> None:
        """Take over what a model for smaller pictures has learned."""
        state = torch.load(folder / "checkpoint.pt", weights_only=True)
        clip_model.enlarge(self.model, state["model"])
        self.readers.load_state_dict(state["readers"])

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.readers.load_state_dict(state["readers"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        log.info("Resumed at step %d of %d.", self.step, self.steps)

    def _write_down(self, report: dict[str, float]) -> None:
        line = {
            "step": self.step,
            "cpu_seconds": round(self.seconds),
            **{k: round(v, 4) for k, v in report.items()},
        }
        with (self.folder / "curve.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")
        log.info("%s", line)


def indices(named: Sequence[Mapping[str, str]]) -> Tensor:
    """The place of each visible attribute's value: [N, attributes], ABSENT where it has none."""
    return torch.tensor(
        [
            [
                scenes.ATTRIBUTES[name].index(each[name]) if name in each else ABSENT
                for name in phrases.VISIBLE
            ]
            for each in named
        ]
    )


def answers(descriptions: Sequence[phrases.Phrase], seen: Sequence[Scene]) -> tuple[Tensor, Tensor]:
    """For each text and picture [T, P]: 1 if all that is named is shown; and 0 where nobody can tell.

    Nobody can if all else agrees and the text names what this frame cannot settle.
    """
    described = indices([phrase.named for phrase in descriptions]).unsqueeze(1)
    shown = indices([phrases.shown(scene) for scene in seen]).unsqueeze(0)
    settled = indices([_settled(scene) for scene in seen]).unsqueeze(0)
    open_ = (settled == ABSENT) & (shown != ABSENT)
    named = described != ABSENT
    agrees = ~named | (described == shown)
    target = agrees.all(dim=2) & named.any(dim=2)
    doubtful = (named & open_).any(dim=2) & (agrees | open_).all(dim=2)
    return target.float(), 1 - doubtful.float()


def _settled(scene: Scene) -> dict[str, str]:
    unsure = phrases.unsure(scene)
    return {name: value for name, value in phrases.shown(scene).items() if name not in unsure}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--steps", type=int, default=800)
    arguments.add_argument("--size", type=int, default=clip_model.SIZE, help="pixels a side")
    arguments.add_argument("--near", type=float, default=0.0, help="share of scenes shown from near")
    arguments.add_argument("--start", type=Path, help="the folder of an earlier stage")
    arguments.add_argument(
        "--folder", type=Path, default=Path("var/previz-clip"), help="checkpoint and curve"
    )
    arguments.add_argument(
        "--out", type=Path, default=WEIGHTS, help="the model, once its pictures are full size"
    )
    arguments.add_argument("--threads", type=int, default=1)
    given = arguments.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(given.threads)
    trainer = Trainer(steps=given.steps, folder=given.folder, size=given.size, near=given.near)
    if given.start:
        trainer.begin_from(given.start)
    trainer.run()
    if given.size == clip_model.SIZE:
        clip_model.save(trainer.model.eval(), given.out)


if __name__ == "__main__":
    main()
