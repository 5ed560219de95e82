"""Training clips as latents on disk: drawn once, read often, the same for every run.

Clip `i` is the scene of seed `i`. `python -m generation.previz.data --config FILE` draws ahead of training
in a second process; training draws whatever it finds missing.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from generation.previz import codec as codecs
from generation.previz.config import TrainingConfig
from generation.previz.world import rendering, scenes

CODEC_SEEDS = range(2_000_000_000, 2_000_000_240)
_DRAW_AT_ONCE = 8


def fit_codec(config: TrainingConfig) -> codecs.PatchCodec:
    """The codec for these settings: fitted once to clips that training never sees, then kept."""
    folder = config.folder / "codec"
    if not (folder / "config.json").exists():
        batches = (draw(config, CODEC_SEEDS[i : i + 16]) for i in range(0, len(CODEC_SEEDS), 16))
        fitted = codecs.fit(
            batches,
            z_dim=config.channels,
            block_frames=config.block_frames,
            block=config.block,
            seed=config.seed,
        )
        fitted.save_pretrained(folder)
    loaded: codecs.PatchCodec = codecs.PatchCodec.from_pretrained(folder, local_files_only=True)
    loaded.eval()
    return loaded


def draw(config: TrainingConfig, seeds: Sequence[int]) -> Tensor:
    """Frames uint8 [B, T, H, W, 3] of the scenes of these seeds."""
    chosen = [scenes.sample(seed) for seed in seeds]
    return rendering.render(chosen, frames=config.frames, height=config.height, width=config.width)


class LatentStore:
    """`config.clips` latents as float16 [N, z, T', h, w] in one file, with a flag for each that is drawn."""

    def __init__(self, config: TrainingConfig, codec: codecs.PatchCodec) -> None:
        self._config, self._codec = config, codec
        shape = (config.clips, config.channels, *config.latent_grid)
        self._latents = _open(config.folder / "latents.f16", dtype=np.float16, shape=shape)
        self._drawn = _open(config.folder / "latents.drawn", dtype=np.uint8, shape=(config.clips,))

    def get(self, places: Sequence[int]) -> Tensor:
        """Latents float32 [B, z, T', h, w]; those that are missing are drawn first."""
        missing = sorted({place for place in places if not self._drawn[place]})
        for start in range(0, len(missing), _DRAW_AT_ONCE):
            self._fill(missing[start : start + _DRAW_AT_ONCE])
        return torch.from_numpy(self._latents[list(places)].astype(np.float32))

    def _fill(self, places: list[int]) -> None:
        with torch.no_grad():
            latents = self._codec.encode(codecs.to_video(draw(self._config, places)))
        self._latents[places] = latents.to(torch.float16).numpy()
        self._drawn[places] = 1


def _open(path: Path, *, dtype: type, shape: tuple[int, ...]) -> np.memmap:
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    if not path.exists() or path.stat().st_size != size:
        with path.open("wb") as file:
            file.truncate(size)
    return np.memmap(path, dtype=dtype, mode="r+", shape=shape)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw the clips of a training run ahead of it.")
    parser.add_argument("--config", type=Path, required=True)
    config = TrainingConfig.load(parser.parse_args().config)
    torch.set_num_threads(1)
    store = LatentStore(config, fit_codec(config))
    for start in range(0, config.clips, _DRAW_AT_ONCE):
        store.get(range(start, min(start + _DRAW_AT_ONCE, config.clips)))
        if start % 1000 == 0:
            print(f"{start} of {config.clips} clips", flush=True)


if __name__ == "__main__":
    main()
