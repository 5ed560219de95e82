"""Training clips as latents on disk: drawn once, read often, the same for every run.

Clip `i` is the scene of seed `i`. `python -m generation.previz.data --config FILE` draws ahead of training
in a second process; training draws whatever it finds missing.
"""

import argparse
import fcntl
import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generation.previz import codec as codecs
from generation.previz.config import Size, TrainingConfig
from generation.previz.world import motions, rendering, scenes
from generation.previz.world.scenes import Scene

Corner = tuple[int, int]
"""Row and column, in blocks."""
CODEC_SEEDS = range(2_000_000_000, 2_000_000_160)
_DRAW_AT_ONCE = 8
_REACH = 1024
_BROUGHT_AT_ONCE = 4096


def fit_codec(config: TrainingConfig) -> codecs.PatchCodec:
    """The codec for these settings: fitted once to clips that training never sees, then kept."""
    folder = config.folder / "codec"
    # Of several processes that begin together, one fits it and the others wait.
    with (config.folder / "codec.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _fit_where_missing(config, folder)
    loaded: codecs.PatchCodec = codecs.PatchCodec.from_pretrained(folder, local_files_only=True)
    loaded.eval()
    return loaded


def _fit_where_missing(config: TrainingConfig, folder: Path) -> None:
    if not (folder / "config.json").exists():
        batches = (
            draw(config, CODEC_SEEDS[i : i + 16], config.sizes[0]) for i in range(0, len(CODEC_SEEDS), 16)
        )
        fitted = codecs.fit(
            batches,
            still_channels=config.still_channels,
            motion_channels=config.motion_channels,
            block_frames=config.block_frames,
            block=config.block,
            seed=config.seed,
        )
        fitted.save_pretrained(folder)


def require_codec(config: TrainingConfig) -> None:
    """Raises SystemExit for a run that takes up the weights of another before it has their codec.

    One that is fitted anew has the same axes, but some of them turned around: the weights would mean nothing.
    """
    if config.first_step and not (config.folder / "codec" / "config.json").exists():
        raise SystemExit(
            f"{config.folder} goes on from other weights and has no codec yet. Begin with "
            "`python -m generation.previz.train --start FOLDER`, which puts theirs there, then draw."
        )


def device(config: TrainingConfig) -> torch.device:
    """Where clips are drawn and the model is trained."""
    name = config.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def draw(config: TrainingConfig, seeds: Sequence[int], size: Size) -> Tensor:
    """Frames uint8 [B, T, H, W, 3] of the scenes of these seeds."""
    chosen = [scenes.sample(seed) for seed in seeds]
    drawn = rendering.render(
        chosen, frames=config.frames, height=size[1], width=size[0], device=device(config)
    )
    return drawn.cpu()


class LatentStore:
    """`config.clips` clips as float16 [N, T', blocks, channels] in one file, with a flag for each drawn."""

    def __init__(self, config: TrainingConfig, codec: codecs.PatchCodec | None) -> None:
        """Without a codec, clips can be chosen but not drawn."""
        self._config, self._codec = config, codec
        self._device = device(config)
        self._near: Tensor | None = None
        """The clips that the device holds: reading them from there is what keeps a fast one busy."""
        self._brought = 0
        self._within: dict[tuple[Size, int], list[int]] = {}
        shape = (config.clips, config.latent_frames, config.blocks, config.channels)
        self._latents = _open(config.folder / "latents.f16", dtype=np.float16, shape=shape)
        self._drawn = _open(config.folder / "latents.drawn", dtype=np.uint8, shape=(config.clips,))
        self._paths: dict[int, Tensor] = {}
        self._shares: dict[int, float] = {}
        self._summed: dict[tuple[int, int], list[float]] = {}
        self._turns = [
            size for size, share in zip(config.sizes, config.size_shares, strict=True) for _ in range(share)
        ]

    def size(self, place: int) -> Size:
        """The size that a clip is drawn in."""
        return self._turns[place % len(self._turns)]

    def places(self, size: Size, below: int) -> list[int]:
        """The clips of a size among the first `below`."""
        if (size, below) not in self._within:
            self._within = {(size, below): [place for place in range(below) if self.size(place) == size]}
        return self._within[size, below]

    def reach(self, step: int) -> int:
        """How many clips, from the first, a step may choose from."""
        if not self._config.drawn_elsewhere:
            return min(self._config.clips, self._config.clips_at_start + self._config.clips_per_step * step)
        drawn = self.drawn()
        # In steps, for what is worked out for one reach serves until the next.
        return drawn - drawn % _REACH if drawn > _REACH else drawn

    def drawn(self) -> int:
        """How many clips, from the first, are drawn without a gap."""
        missing = np.flatnonzero(self._drawn == 0)
        return int(missing[0]) if len(missing) else self._config.clips

    def chosen(self, places: Sequence[int], many: int, chance: random.Random) -> list[int]:
        """`many` of these clips, some of them more than once; `shape_shares` says which more often."""
        if not self._config.shape_shares:
            return [chance.choice(places) for _ in range(many)]
        key = (places[0], len(places))
        if key not in self._summed:
            self._summed = {key: list(accumulate(self._share(place) for place in places))}
        return chance.choices(places, cum_weights=self._summed[key], k=many)

    def _share(self, place: int) -> float:
        if place not in self._shares:
            self._shares[place] = self._config.shape_shares.get(scenes.sample(place).shape, 1.0)
        return self._shares[place]

    def get(self, places: Sequence[int], *, size: Size, times: Sequence[int]) -> Tensor:
        """Latents float32 [B, z, len(times), h, w] of clips of one size; missing ones are drawn first."""
        rows, columns = size[1] // self._config.block, size[0] // self._config.block
        blocks = torch.arange(rows * columns).view(1, 1, -1)
        taken = self._taken(torch.tensor(places).view(-1, 1, 1), torch.tensor(times).view(1, -1, 1), blocks)
        return codecs.fold(taken.unflatten(2, (rows, columns)))

    def _taken(self, places: Tensor, times: Tensor, blocks: Tensor) -> Tensor:
        """The numbers float32 [..., channels] of blocks, on the device that is trained on."""
        self.draw([place for place in places.flatten().tolist() if not self._drawn[place]])
        if self._device.type == "cpu":
            found = self._latents[places.numpy(), times.numpy(), blocks.numpy()]
            return torch.from_numpy(found.astype(np.float32))
        near = self._bring(int(places.max()) + 1)
        return near[places.to(near.device), times.to(near.device), blocks.to(near.device)].float()

    def _bring(self, below: int) -> Tensor:
        """All clips, of which the first `below` are on the device."""
        if self._near is None:
            self._near = torch.empty(self._latents.shape, dtype=torch.float16, device=self._device)
        if below > self._brought:
            until = max(below, self.drawn())
            for first in range(self._brought, until, _BROUGHT_AT_ONCE):
                part = slice(first, min(first + _BROUGHT_AT_ONCE, until))
                self._near[part] = torch.from_numpy(np.array(self._latents[part])).to(self._device)
            self._brought = until
        return self._near

    def windows(
        self, places: Sequence[int], *, size: Size, times: Sequence[int], corners: Sequence[Corner]
    ) -> Tensor:
        """Of each clip a window of one latent frame: latents [B, z, 1, h, w]. `corners` are the windows'
        first row and column, in blocks."""
        high, wide = self._config.window
        columns = size[0] // self._config.block
        within = torch.arange(high).view(-1, 1) * columns + torch.arange(wide)
        first = torch.tensor([top * columns + left for top, left in corners])
        taken = self._taken(
            torch.tensor(places).view(-1, 1, 1),
            torch.tensor(times).view(-1, 1, 1),
            first.view(-1, 1, 1) + within,
        )
        return codecs.fold(taken.unsqueeze(1))

    def paths(self, places: Sequence[int], *, size: Size) -> Tensor:
        """True [B, h / 2, w / 2] for the blocks of `get`'s clips that an object is seen in at any time."""
        for place in places:
            if place not in self._paths:
                self._paths[place] = path_blocks(self._config, scenes.sample(place), size)
        return torch.stack([self._paths[place] for place in places])

    def missing(self) -> list[int]:
        return [int(place) for place in np.flatnonzero(self._drawn == 0)]

    def draw(self, places: Sequence[int]) -> None:
        """Draw these clips into the store. Raises RuntimeError where other processes should have."""
        if places and (self._codec is None or (self._config.drawn_elsewhere and self._device.type != "cpu")):
            raise RuntimeError(f"{len(places)} clips have not been drawn yet, from number {min(places)}.")
        for size in self._config.sizes:
            wanted = sorted({place for place in places if self.size(place) == size})
            for start in range(0, len(wanted), _DRAW_AT_ONCE):
                self._fill(wanted[start : start + _DRAW_AT_ONCE], size)

    def _fill(self, places: list[int], size: Size) -> None:
        assert self._codec is not None
        with torch.no_grad():
            drawn = draw(self._config, places, size).to(self._codec.mean.device)
            numbers = self._codec.encode_blocks(codecs.to_video(drawn))
        self._latents[places] = numbers.flatten(2, 3).to(torch.float16).cpu().numpy()
        self._drawn[places] = 1


def path_blocks(config: TrainingConfig, scene: Scene, size: Size) -> Tensor:
    """True [h, w] for blocks of pixels that the box around an object touches in any frame."""
    width, height = size
    unit = min(size) / config.block
    columns, rows = (torch.arange(n // config.block) for n in size)
    boxes = motions.boxes(scene, frames=config.frames, half_width=width / min(size) / 2) * unit
    middle = torch.tensor([width, height] * 2) / config.block / 2
    left, top, right, bottom = (boxes + middle).flatten(0, 1).T.unsqueeze(-1)
    across = (columns + 1 > left) & (columns < right)
    down = (rows + 1 > top) & (rows < bottom)
    touched: Tensor = (down.unsqueeze(-1) & across.unsqueeze(-2)).any(dim=0)
    return touched


def _open(path: Path, *, dtype: type, shape: tuple[int, ...]) -> np.memmap:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # several processes may find nothing there at once
        if file.tell() != size:
            file.truncate(0)
            file.truncate(size)
    return np.memmap(path, dtype=dtype, mode="r+", shape=shape)


def _share(text: str) -> tuple[int, int]:
    """`3/12` as a number below the other. Raises ValueError for anything else."""
    number, of = (int(part) for part in text.split("/"))
    if not 0 <= number < of:
        raise ValueError(text)
    return number, of


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the clips of a training run ahead of it.")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--share", type=_share, default=(0, 1), help="of several processes, which one this is: 0/12 to 11/12"
    )
    parser.add_argument("--device", default="cpu", help="where clips are drawn: cpu leaves a GPU to training")
    parser.add_argument(
        "--codec-device", default="cpu", help="where they become latents, which takes a GPU next to nothing"
    )
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    config = replace(TrainingConfig.load(given.config), device=given.device)
    require_codec(config)
    config.folder.mkdir(parents=True, exist_ok=True)
    store = LatentStore(config, fit_codec(config).to(given.codec_device))
    number, of = given.share
    began, missing = time.monotonic(), store.missing()
    # In turns of as many clips as are drawn together, so that all shares advance alike from the first clip.
    missing = [place for place in missing if place // _DRAW_AT_ONCE % of == number]
    for start in range(0, len(missing), 80):
        store.draw(missing[start : start + 80])
        done = min(start + 80, len(missing))
        progress = {"drawn": done, "of": len(missing), "seconds": round(time.monotonic() - began)}
        print(json.dumps(progress), flush=True)


if __name__ == "__main__":
    main()
