"""What the decoder learns from: latents as the transformer gives them, and the clips drawn at full size.

A true clip's latents are made noisy and then made clean again as the sampler does it, from a noise level at
which the transformer still has to guess outlines but no longer places. So it leaves its own faults in them,
and it is still known what they should show. Groups of clips are kept on disk: drawn once, read often.

Drawing needs no model but its codec: `python -m generation.previz.decoder_pairs` draws groups ahead, in as
many processes as there are cores.
"""

import argparse
import random
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from generation.previz import codec as codecs
from generation.previz.pipelines import GUIDANCE
from generation.previz.world import captions, motions, rendering, scenes

FIRST_SEED = 4_000_000_000
_FIRST_SHARE = 8
"""How often clips have the first of the sizes, when any other is had once."""
_MOMENTS = 8
"""So many pairs of frames of each clip are kept at full size, the first two among them."""
_CLEAN_SHARE = 0.35
_LEVELS = (0.2, 0.6)
_STEPS = 3
BLOCK = 32
"""Of the full size, in pixels."""


@dataclass(frozen=True, slots=True)
class Footage:
    """What clips are drawn in: widths and heights in pixels at full size, and frames."""

    sizes: tuple[tuple[int, int], ...]
    frames: int
    group: int = 4
    """Clips that are drawn together."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group of clips of one size, as the world is."""

    latents: Tensor
    """Float16 [N, z, T', h, w]."""
    frames: Tensor
    """uint8 [N, moments, 2, H, W, 3]: a frame and the next."""
    times: Tensor
    """Long [N, moments]: which frames."""
    boxes: Tensor
    """Float [N, moments, 4]: left, top, right, bottom of an object in pixels; zeros where there is none."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """A group of clips of one size, with the latents that the model gives of them."""

    latents: Tensor
    frames: Tensor
    cleaned: Tensor
    """uint8 [N, moments, 2, H / 2, W / 2, 3]: the same frames as the codec decodes and cleans them."""
    times: Tensor
    boxes: Tensor

    def on(self, device: torch.device) -> "Pairs":
        """The same, with all but the times on a device."""
        near = {name: getattr(self, name).to(device) for name in ("latents", "frames", "cleaned")}
        return replace(self, **near)


@torch.no_grad()
def draw(codec: Any, group: int, footage: Footage) -> Drawn:
    """The clips of a group, with the latents that the codec gives of them."""
    chance = random.Random(f"previz-decoder-{group}")
    shares = [_FIRST_SHARE] + [1] * (len(footage.sizes) - 1)
    width, height = chance.choices(footage.sizes, shares)[0]
    moments = min(_MOMENTS, footage.frames - 1)
    chosen = _scenes(group, footage)
    # The first frame always: it may be somebody's picture, and those who gave it look at it closely.
    others = range(1, footage.frames - 1)
    times = torch.tensor([[0, *sorted(chance.sample(others, moments - 1))] for _ in chosen])
    latents, frames = [], []
    for scene, when in zip(chosen, times, strict=True):  # one by one: at full size they are large
        drawn = rendering.render([scene], frames=footage.frames, height=height, width=width)
        frames.append(_moments(drawn, when.unsqueeze(0)))
        latents.append(codecs.fold(codec.encode_blocks(_halved(drawn[0]))))
    unit, middle = min(width, height), torch.tensor([width, height] * 2) / 2
    boxes = torch.zeros(len(chosen), moments, 4)
    for place, scene in enumerate(chosen):
        if scene.objects:
            found = motions.boxes(scene, frames=footage.frames, half_width=width / unit / 2)[0]
            boxes[place] = found[times[place]] * unit + middle
    return Drawn(
        latents=torch.cat(latents).to(torch.float16), frames=torch.cat(frames), times=times, boxes=boxes
    )


def _scenes(group: int, footage: Footage) -> list[scenes.Scene]:
    first = FIRST_SEED + group * footage.group
    return [scenes.sample(seed) for seed in range(first, first + footage.group)]


@torch.no_grad()
def pair(pipeline: Any, drawn: Drawn, group: int, footage: Footage) -> Pairs:
    """The clips of a group as the frozen model of `pipeline` gives them, where that model is."""
    device = pipeline.transformer.device
    chance = random.Random(f"previz-decoder-guess-{group}")
    true = drawn.latents.to(device).float()
    levels = torch.tensor([chance.uniform(*_LEVELS) for _ in true], device=device)
    prompts = [captions.plain(scene) for scene in _scenes(group, footage)]
    guessed = guess(pipeline, true, prompts, levels, seed=group)
    clean = [chance.random() < _CLEAN_SHARE for _ in true]
    latents = torch.where(torch.tensor(clean, device=device).view(-1, 1, 1, 1, 1), true, guessed)
    shown = [
        # Of a clip of true latents the first frame is taken for a picture that was given.
        pipeline.vae.clean(pipeline.vae.decode_plainly(each.unsqueeze(0)), given=int(kept))
        for each, kept in zip(latents, clean, strict=True)
    ]
    return Pairs(
        latents=latents.to(torch.float16),
        frames=drawn.frames.to(device),
        cleaned=_moments([_frames(each[0]) for each in shown], drawn.times),
        times=drawn.times,
        boxes=drawn.boxes,
    )


@torch.no_grad()
def guess(pipeline: Any, latents: Tensor, prompts: Sequence[str], levels: Tensor, *, seed: int) -> Tensor:
    """Latents [N, z, T', h, w] after noise of so much [N] was laid on them and taken off again."""
    words = pipeline.encode_prompt(
        list(prompts),
        [""] * len(prompts),
        do_classifier_free_guidance=True,
        max_sequence_length=pipeline.tokenizer.model_max_length,
    )
    states = torch.cat(words)
    noise = torch.randn(latents.shape, generator=torch.Generator("cpu").manual_seed(seed)).to(latents.device)
    level = levels.view(-1, 1, 1, 1, 1)
    shown = torch.lerp(latents, noise, level)
    for step in range(_STEPS):
        here, there = level * (1 - step / _STEPS), level * (1 - (step + 1) / _STEPS)
        guided, unguided = (
            pipeline.transformer(
                hidden_states=shown.to(states.dtype).repeat(2, 1, 1, 1, 1),
                timestep=here.flatten().repeat(2) * 1000,
                encoder_hidden_states=states,
                return_dict=False,
            )[0]
            .float()
            .chunk(2)
        )
        expected: Tensor = unguided + GUIDANCE * (guided - unguided)
        shown = expected + (shown - expected) * there / here
    return shown


def kept(folder: Path, pipeline: Any, group: int, footage: Footage) -> Pairs:
    """The clips of a group, where the pipeline's model is; from disk where they have been drawn before."""
    device = pipeline.transformer.device
    if device.type != "cpu":  # guessing is quick there, and what is drawn is large
        return pair(pipeline, drawn(folder, pipeline.vae, group, footage), group, footage)
    path = folder / f"pairs-{group:05d}.pt"
    if not path.exists():
        _keep(pair(pipeline, drawn(folder, pipeline.vae, group, footage), group, footage), path)
    return Pairs(**torch.load(path, weights_only=True))


def drawn(folder: Path, codec: Any, group: int, footage: Footage) -> Drawn:
    """The clips of a group as the world is, from disk where they have been drawn ahead.

    Raises ValueError where those are not as many as `footage` says: their captions would be others'.
    """
    path = _ahead(folder, group)
    if not path.exists():
        return draw(deepcopy(codec).cpu(), group, footage)
    found = Drawn(**torch.load(path, weights_only=True))
    if len(found.latents) != footage.group:
        raise ValueError(f"{path} holds {len(found.latents)} clips, and a group has {footage.group}.")
    return found


def _ahead(folder: Path, group: int) -> Path:
    return folder / f"drawn-{group:05d}.pt"


def _keep(found: Drawn | Pairs, path: Path) -> None:
    """Write a file so that a crash leaves the whole of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".writing")
    torch.save({name: getattr(found, name) for name in type(found).__slots__}, part)
    part.replace(path)


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a clip."""

    latents: Tensor
    """[z, T', h, w]"""
    time: int
    frames: Tensor
    """Two neighbouring frames in -1 to 1, [2, 3, H, W]."""
    cleaned: Tensor
    """The same as the codec has them, [2, 3, H / 2, W / 2]."""


def crop(pairs: Pairs, side: int, chance: random.Random) -> Crop:
    """A square of so many blocks at most out of one of the clips; mostly with an object in it."""
    clip, moment = chance.randrange(len(pairs.frames)), chance.randrange(pairs.frames.shape[1])
    rows, columns = (n // BLOCK for n in pairs.frames.shape[3:5])
    side = min(side, rows, columns)
    left, top, right, bottom = pairs.boxes[clip, moment].tolist()
    if right > left and chance.random() < 0.75:
        x, y = chance.uniform(left, right), chance.uniform(top, bottom)
        column, row = (round(at / BLOCK - chance.uniform(0.2, 0.8) * side) for at in (x, y))
    else:
        column, row = chance.randint(0, columns - side), chance.randint(0, rows - side)
    column, row = (min(max(n, 0), most - side) for n, most in ((column, columns), (row, rows)))
    down, across = (slice(n, n + side) for n in (row, column))

    def cut(pictures: Tensor, block: int) -> Tensor:
        """[..., H, W, 3] to [..., 3, side, side] blocks, in -1 to 1"""
        return _video(pictures[..., _times(down, block), _times(across, block), :])

    return Crop(
        latents=pairs.latents[clip, :, :, _times(down, codecs.FOLD), _times(across, codecs.FOLD)].float(),
        time=int(pairs.times[clip, moment]),
        frames=cut(pairs.frames[clip, moment], BLOCK),
        cleaned=cut(pairs.cleaned[clip, moment], BLOCK // 2),
    )


def _times(part: slice, many: int) -> slice:
    return slice(part.start * many, part.stop * many)


def _video(pictures: Tensor) -> Tensor:
    """uint8 [N, H, W, 3] to [N, 3, H, W] in -1 to 1."""
    return pictures.permute(0, 3, 1, 2).float() / 127.5 - 1


def _frames(video: Tensor) -> Tensor:
    """[3, T, H, W] in -1 to 1 to uint8 [T, H, W, 3]."""
    return ((video.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 3, 0)


def _moments(clips: Sequence[Tensor] | Tensor, times: Tensor) -> Tensor:
    """A frame and the next, at the times [N, moments] of clips [T, ...]: [N, moments, 2, ...]."""
    return torch.stack(
        [torch.stack([clip[when], clip[when + 1]], dim=1) for clip, when in zip(clips, times, strict=True)]
    )


def _halved(clip: Tensor) -> Tensor:
    """uint8 [T, H, W, 3] to video [1, 3, T, H / 2, W / 2] in -1 to 1."""
    small = functional.avg_pool2d(clip.permute(0, 3, 1, 2).float(), 2) / 127.5 - 1
    return small.transpose(0, 1).unsqueeze(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw clips for training the decoder ahead of it.")
    parser.add_argument("--codec", type=Path, required=True, help="folder of the codec")
    parser.add_argument("--folder", type=Path, default=Path("var/training/decoder/pairs"))
    parser.add_argument("--sizes", type=_size, nargs="+", default=[(512, 288), (384, 384), (288, 512)])
    parser.add_argument("--frames", type=int, default=49)
    parser.add_argument("--group", type=int, default=16, help="clips of a group")
    parser.add_argument("--groups", type=int, nargs=3, default=(0, 150, 1), help="first, last + 1 and step")
    given = parser.parse_args()
    torch.set_num_threads(1)
    codec = codecs.PatchCodec.from_pretrained(given.codec, local_files_only=True)
    footage = Footage(sizes=tuple(given.sizes), frames=given.frames, group=given.group)
    for group in range(*given.groups):
        path = _ahead(given.folder, group)
        if not path.exists():
            _keep(draw(codec, group, footage), path)
        print(group, flush=True)


def _size(text: str) -> tuple[int, int]:
    """`512x288` as width and height."""
    width, height = (int(part) for part in text.split("x"))
    return width, height


if __name__ == "__main__":
    main()
