"""How well a generator draws what it is asked for, judged by reading its clips back.

All prompts are of the tenth of (shape, colour, motion) triples that training leaves out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from generation.generators.base import Frames
from generation.previz import recognition
from generation.previz.recognition import Reading
from generation.previz.world import captions, rendering, scenes
from generation.previz.world.scenes import Scene

FIRST_SEED = 7_000_000
ATTRIBUTES = ("colour", "motion", "shape", "camera", "count", "ground", "light")
JOINT = ("colour", "motion", "shape")
_AT_ONCE = 4
_PICTURES, _LOOPS = 20, 10
_RETURNING = ("turn", "bounce", "orbit")
"""Motions that end as they began, and so can be made into loops."""
_FRAMES, _HEIGHT, _WIDTH = 49, 144, 256
_ROUNDING = 1 / 12
"""Mean squared error of bytes that differ by rounding alone."""

Picture = NDArray[np.uint8]
"""[H, W, 3]"""
Progress = Callable[[int, int], None]
"""Told the clips done, and the clips in all."""
Report = dict[str, object]


class Generator(Protocol):
    """Makes clips of canonical prompts. The same seed gives the same frames."""

    def make(self, prompts: list[str], seeds: list[int]) -> Frames:
        """[B, T, H, W, 3]"""
        ...

    def from_picture(self, prompt: str, picture: Picture, seed: int) -> Frames:
        """A clip [T, H, W, 3] that begins with a picture."""
        ...

    def loop(self, prompt: str, picture: Picture, seed: int) -> Frames:
        """A clip [T, H, W, 3] that begins with a picture and comes back to it."""
        ...


def exam(seed_base: int, prompts: int) -> list[Scene]:
    """So many scenes of what training never shows."""
    return [scenes.sample(seed_base + place, held_out=True) for place in range(prompts)]


def report(
    folder: Path, *, prompts: int = 200, seeds: int = 2, on_progress: Progress | None = None
) -> Report:
    """Evaluate the model in a folder. Raises GeneratorError if it cannot be loaded."""
    # Loading diffusers takes seconds, and an evaluation of the renderer does without.
    from generation.evaluation.sampling import Sampler

    sampler = Sampler(folder)
    model = sampler.card.identity
    figures = evaluate(sampler, prompts=prompts, seeds=seeds, on_progress=on_progress)
    named = {"name": model.name, "version": model.version, "weights_sha256": model.weights_sha256}
    return {**figures, "model": named}


def evaluate(
    generator: Generator, *, prompts: int = 200, seeds: int = 2, on_progress: Progress | None = None
) -> Report:
    """Shares, 0 to 1, of clips that show what was asked; `joint` is colour, motion and shape at once.

    `first_frame_psnr` is in dB, of clips begun with a picture; `loop_seam` is the step from the last frame
    to the first, in usual steps from frame to frame, None without prompts for loops; `flicker` is in 0 to 1.
    `ceiling` says what the reader makes of the renderer's own clips of the same scenes, `floor` how well
    clips fit the prompts of their neighbours.
    """
    expected = exam(FIRST_SEED, prompts)
    begun = expected[:_PICTURES]
    looped = [scene for scene in expected if scene.motion in _RETURNING][:_LOOPS]
    steps = _Steps(on_progress, prompts * (seeds + 1) + len(begun) + len(looped))
    readings, shape = [], (_FRAMES, _HEIGHT, _WIDTH)
    for seed in range(seeds):
        for at in range(0, prompts, _AT_ONCE):
            some = expected[at : at + _AT_ONCE]
            made = generator.make(
                [captions.plain(scene) for scene in some], [seed * prompts + at + k for k in range(len(some))]
            )
            shape = made.shape[1:4]
            for clip in made:
                readings.append(recognition.read(clip))
                steps.done()
    shown = expected * seeds
    fidelity = [_fidelity(generator, scene, seed, shape, steps) for seed, scene in enumerate(begun)]
    seams = [_seam(generator, scene, seed, shape, steps) for seed, scene in enumerate(looped)]
    return {
        **_scores(readings, shown),
        "first_frame_psnr": _mean(fidelity, digits=2),
        "loop_seam": _mean(seams) if seams else None,
        "prompts": prompts,
        "seeds": seeds,
        **{f"by_{name}": _breakdown(readings, shown, name) for name in JOINT},
        "ceiling": _scores(list(_rendered(expected, shape, steps)), expected),
        "floor": _scores(readings, [*shown[1:], *shown[:1]]),
    }


def ceiling(prompts: int = 200, *, on_progress: Progress | None = None) -> Report:
    """The same of the renderer's own clips: what the reader can tell at best."""
    expected = exam(FIRST_SEED, prompts)
    readings = list(_rendered(expected, (_FRAMES, _HEIGHT, _WIDTH), _Steps(on_progress, prompts)))
    return {
        **_scores(readings, expected),
        "prompts": prompts,
        **{f"by_{name}": _breakdown(readings, expected, name) for name in JOINT},
        "floor": _scores(readings, [*expected[1:], *expected[:1]]),
    }


class _Steps:
    """Counts clips for whoever wants to know."""

    def __init__(self, on_progress: Progress | None, most: int) -> None:
        self._on_progress, self._most, self._count = on_progress, most, 0

    def done(self) -> None:
        self._count += 1
        if self._on_progress is not None:
            self._on_progress(self._count, self._most)


def _rendered(expected: Sequence[Scene], shape: tuple[int, ...], steps: _Steps) -> Iterator[Reading]:
    frames, height, width = shape
    for scene in expected:
        clip = rendering.render([scene], frames=frames, height=height, width=width)[0]
        yield recognition.read(clip.numpy())
        steps.done()


def _first_picture(scene: Scene, shape: tuple[int, ...]) -> Picture:
    _, height, width = shape
    # Two frames: with one alone, the renderer shows the middle of the motion.
    picture: Picture = rendering.render([scene], frames=2, height=height, width=width)[0, 0].numpy()
    return picture


def _fidelity(generator: Generator, scene: Scene, seed: int, shape: tuple[int, ...], steps: _Steps) -> float:
    """How near a clip's first frame is to the picture it was begun with, in dB."""
    picture = _first_picture(scene, shape)
    first = generator.from_picture(captions.plain(scene), picture, seed)[0]
    steps.done()
    error = float(np.square(first.astype(np.float32) - picture).mean())
    return 10 * math.log10(255**2 / max(error, _ROUNDING))


def _seam(generator: Generator, scene: Scene, seed: int, shape: tuple[int, ...], steps: _Steps) -> float:
    """The step from a loop's last frame to its first, in usual steps from frame to frame."""
    clip = generator.loop(captions.plain(scene), _first_picture(scene, shape), seed).astype(np.float32)
    steps.done()
    usual = float(np.abs(np.diff(clip, axis=0)).mean())
    # In a clip that stands still, rounding is the usual step.
    return float(np.abs(clip[-1] - clip[0]).mean()) / max(usual, _ROUNDING)


def _scores(readings: Sequence[Reading], expected: Sequence[Scene]) -> dict[str, float]:
    """The share of readings that are right, per attribute."""
    right = {
        name: [_is_right(r, s, name) for r, s in zip(readings, expected, strict=True)] for name in ATTRIBUTES
    }
    right["joint"] = [all(of) for of in zip(*(right[name] for name in JOINT), strict=True)]
    shares = {name: _mean(values) for name, values in right.items()}
    return {**shares, "flicker": _mean([r.flicker for r in readings], digits=5)}


def _is_right(reading: Reading, scene: Scene, name: str) -> bool:
    return bool(getattr(reading, name) == getattr(scene, name))


def _breakdown(readings: Sequence[Reading], expected: Sequence[Scene], name: str) -> dict[str, float]:
    """The share of readings that name an attribute right, per value asked for, in the world's order."""
    right: dict[str, list[bool]] = defaultdict(list)
    for reading, scene in zip(readings, expected, strict=True):
        right[getattr(scene, name)].append(_is_right(reading, scene, name))
    return {value: _mean(right[value]) for value in scenes.ATTRIBUTES[name] if value in right}


def _mean(values: Sequence[float], *, digits: int = 4) -> float:
    return round(sum(values) / len(values), digits) if values else 0.0
