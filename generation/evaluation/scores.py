"""How well a generator draws what it is asked for, judged by reading its clips back.

All prompts are of the tenth of (shape, colour, motion) triples that training leaves out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from generation.evaluation import picture_quality
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
_EXAMINED = 144
"""Rows in which clips are read; larger ones are made smaller first."""
_BLOCKS = 9
"""Of the bundled model's codec, along the shorter side."""
_CHANGING = ("turn", "pour")
"""Motions that change the outline of what moves."""
_ROUNDING = 1 / 12
"""Mean squared error of bytes that differ by rounding alone."""

T = TypeVar("T")
Picture = NDArray[np.uint8]
"""[H, W, 3]"""
Progress = Callable[[int, int], None]
"""Told the clips done, and the clips in all."""
Report = dict[str, object]


@dataclass(frozen=True, slots=True)
class Look:
    """One clip: what is read in it, and what meets the eye whatever it shows."""

    reading: Reading
    blockiness: float
    steepness: float


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
    folder: Path,
    *,
    prompts: int = 200,
    seeds: int = 2,
    processes: int = 1,
    on_progress: Progress | None = None,
) -> Report:
    """Evaluate the model in a folder. Raises GeneratorError if it cannot be loaded."""
    # Loading diffusers takes seconds, and an evaluation of the renderer does without.
    from generation.evaluation.sampling import Sampler

    sampler = Sampler(folder)
    model = sampler.card.identity
    figures = evaluate(sampler, prompts=prompts, seeds=seeds, processes=processes, on_progress=on_progress)
    named = {"name": model.name, "version": model.version, "weights_sha256": model.weights_sha256}
    return {**figures, "model": named}


def evaluate(
    generator: Generator,
    *,
    prompts: int = 200,
    seeds: int = 2,
    at_once: int = _AT_ONCE,
    processes: int = 1,
    on_progress: Progress | None = None,
) -> Report:
    """Shares, 0 to 1, of clips that show what was asked; `joint` is colour, motion and shape at once.

    `first_frame_psnr` is in dB, of clips begun with a picture; `loop_seam` is the step from the last frame
    to the first, in usual steps from frame to frame, None without prompts for loops; `flicker` is in 0 to 1.
    What meets the eye: `blockiness` and `sharpness` are 1 for the renderer's own clips; `shape_kept`, the
    outline's likeness at the end and the beginning, `count_kept`, the share of frames with as many things as
    usual, and `turn_told`, how often what turns changes more than what rests (0.5: they are not told apart,
    None without both), are in 0 to 1.
    Clips are made `at_once`, and read by so many `processes` while others are made.
    `ceiling` says what the reader makes of the renderer's own clips of the same scenes, `floor` how well
    clips fit the prompts of their neighbours.
    """
    expected = exam(FIRST_SEED, prompts)
    begun = expected[:_PICTURES]
    looped = [scene for scene in expected if scene.motion in _RETURNING][:_LOOPS]
    steps = _Steps(on_progress, prompts * (seeds + 1) + len(begun) + len(looped))
    shape = (_FRAMES, _HEIGHT, _WIDTH)
    with _readers(processes) as readers:
        awaited: list[Future[Look]] = []
        for seed in range(seeds):
            for at in range(0, prompts, at_once):
                some = expected[at : at + at_once]
                made = generator.make(
                    [captions.plain(scene) for scene in some],
                    [seed * prompts + at + k for k in range(len(some))],
                )
                shape = made.shape[1:4]
                awaited += [readers.submit(look, clip) for clip in made]
                # Made clips wait for their readers in memory.
                for late in awaited[: -2 * (at_once + processes)]:
                    late.result()
                steps.at(sum(each.done() for each in awaited))
        fidelity = [_fidelity(generator, scene, seed, shape) for seed, scene in enumerate(begun)]
        seams = [_seam(generator, scene, seed, shape) for seed, scene in enumerate(looped)]
        ideal = [readers.submit(_rendered, scene, shape) for scene in expected]
        looks, drawn = ([each.result() for each in of] for of in (awaited, ideal))
    steps.at(prompts * (seeds + 1) + len(begun) + len(looped))
    readings, shown = [look.reading for look in looks], expected * seeds
    best = [look.reading for look in drawn]
    return {
        **_scores(readings, shown),
        **seen(looks, drawn * seeds),
        **steadiness(readings, shown),
        "first_frame_psnr": _mean(fidelity, digits=2),
        "loop_seam": _mean(seams) if seams else None,
        "prompts": prompts,
        "seeds": seeds,
        **{f"by_{name}": _breakdown(readings, shown, name) for name in JOINT},
        "ceiling": {**_scores(best, expected), **steadiness(best, expected)},
        "floor": _scores(readings, [*shown[1:], *shown[:1]]),
    }


def ceiling(prompts: int = 200, *, on_progress: Progress | None = None) -> Report:
    """The same of the renderer's own clips: what the reader can tell at best."""
    expected = exam(FIRST_SEED, prompts)
    steps = _Steps(on_progress, prompts)
    readings = []
    for number, scene in enumerate(expected, start=1):
        readings.append(_rendered(scene, (_FRAMES, _HEIGHT, _WIDTH)).reading)
        steps.at(number)
    return {
        **_scores(readings, expected),
        **steadiness(readings, expected),
        "prompts": prompts,
        **{f"by_{name}": _breakdown(readings, expected, name) for name in JOINT},
        "floor": _scores(readings, [*expected[1:], *expected[:1]]),
    }


class _Steps:
    """Tells who wants to know how many clips are done."""

    def __init__(self, on_progress: Progress | None, most: int) -> None:
        self._on_progress, self._most = on_progress, most

    def at(self, count: int) -> None:
        if self._on_progress is not None:
            self._on_progress(count, self._most)


class _Here(Executor):
    """Works at once and where it is asked, so that a single process needs no second one."""

    def submit(self, work: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(work(*args, **kwargs))
        return done


def _readers(processes: int) -> Executor:
    if processes < 2:
        return _Here()
    # Not forked: a model may be on a device by now.
    return ProcessPoolExecutor(processes, get_context("spawn"), initializer=_alone)


def _alone() -> None:
    """One thread to each of many processes."""
    torch.set_num_threads(1)


def _rendered(scene: Scene, shape: tuple[int, ...]) -> Look:
    """The renderer's own clip; its steepness is that of the size in which clips are viewed."""
    frames, height, width = shape
    viewed = picture_quality.VIEWED
    clip = rendering.render([scene], frames=frames, height=height, width=width)[0].numpy()
    large = rendering.render(
        [scene], frames=picture_quality.MOMENTS, height=viewed, width=round(width * viewed / height)
    )[0].numpy()
    return replace(look(clip), steepness=picture_quality.steepness(large))


def look(clip: Frames) -> Look:
    """Read a clip, and look at it."""
    return Look(
        reading=recognition.read(_small(clip)),
        blockiness=picture_quality.blockiness(clip, block=round(min(clip.shape[1:3]) / _BLOCKS)),
        steepness=picture_quality.steepness(clip),
    )


def _small(clip: Frames) -> Frames:
    """A clip as the reader knows clips: pixels are averaged in squares where there are more of them."""
    side = min(clip.shape[1:3]) // _EXAMINED
    if side < 2:
        return clip
    frames, height, width, _ = clip.shape
    cut = clip[:, : height // side * side, : width // side * side].reshape(
        frames, height // side, side, width // side, side, 3
    )
    small: Frames = np.rint(cut.mean(axis=(2, 4), dtype=np.float32)).astype(np.uint8)
    return small


def seen(looks: Sequence[Look], drawn: Sequence[Look]) -> dict[str, float]:
    """Blocks and sharpness of clips against the renderer's own of the same scenes, whose figures are 1."""
    pairs = list(zip(looks, drawn, strict=True))
    return {
        "blockiness": _mean([look.blockiness / best.blockiness for look, best in pairs]),
        "sharpness": _mean([look.steepness / best.steepness for look, best in pairs]),
    }


def steadiness(readings: Sequence[Reading], expected: Sequence[Scene]) -> dict[str, float | None]:
    """Whether things stay what they are, and whether what turns can be told from what rests.

    `turn_told` is the share of pairs, one that should turn and one that should rest, in which the first
    changes more.
    """
    pairs = list(zip(readings, expected, strict=True))
    lasting = [reading for reading, scene in pairs if scene.motion not in _CHANGING]
    turned, rested = (
        np.array([reading.changed for reading, scene in pairs if scene.motion == motion])
        for motion in ("turn", "still")
    )
    told = np.sign(turned[:, None] - rested[None]) / 2 + 0.5
    return {
        "shape_kept": _mean([reading.kept for reading in lasting]),
        "count_kept": _mean([reading.steady_count for reading in lasting]),
        "turn_told": round(float(told.mean()), 4) if told.size else None,
    }


def _first_picture(scene: Scene, shape: tuple[int, ...]) -> Picture:
    _, height, width = shape
    # Two frames: with one alone, the renderer shows the middle of the motion.
    picture: Picture = rendering.render([scene], frames=2, height=height, width=width)[0, 0].numpy()
    return picture


def _fidelity(generator: Generator, scene: Scene, seed: int, shape: tuple[int, ...]) -> float:
    """How near a clip's first frame is to the picture it was begun with, in dB."""
    picture = _first_picture(scene, shape)
    first = generator.from_picture(captions.plain(scene), picture, seed)[0]
    error = float(np.square(first.astype(np.float32) - picture).mean())
    return 10 * math.log10(255**2 / max(error, _ROUNDING))


def _seam(generator: Generator, scene: Scene, seed: int, shape: tuple[int, ...]) -> float:
    """The step from a loop's last frame to its first, in usual steps from frame to frame."""
    clip = generator.loop(captions.plain(scene), _first_picture(scene, shape), seed).astype(np.float32)
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
