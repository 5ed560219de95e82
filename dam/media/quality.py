"""How much a movie looks like the master that it was made of: VMAF, by libvmaf and its built-in model."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from dam.core import sandbox
from dam.media import budgets, commands, encoders, ffmpeg, preset_files, runner
from dam.media.errors import MediaFailed
from dam.media.probe import MediaInfo

FILTER = "libvmaf"
MOST_FRAMES = 240  # that are compared; all are decoded
LOW = 0.05  # the part of frames that are worse than what is called the low score


@dataclass(frozen=True)
class Score:
    """VMAF, 0 to 100, of the frames that were compared: their mean, and what all but the worst reach."""

    mean: float
    low: float
    frames: int


@dataclass(frozen=True)
class Comparison:
    """FFmpeg's command, and the environment that it needs for drawing words."""

    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def can_measure() -> bool:
    return encoders.has(FILTER)


def measure(master: Path, made: Path, *, info: MediaInfo, size: tuple[int, int]) -> Score:
    """Compare a movie of this size with its master, at that size. Raises MediaFailed, FileRefused."""

    def compare(master: Path, made: Path, every: int, out: Path) -> Comparison:
        ffmpeg.give_table(info, out.parent)
        binary = ffmpeg.binary()
        return Comparison(
            commands.compare(master, made, info=info, size=size, every=every, out=out, binary=binary)
        )

    return _score(compare, master, made, info=info)


def measure_preset(source: Path, made: Path, *, info: MediaInfo, request: preset_files.Request) -> Score:
    """The same of a movie that preset_files.make made for this request: with its crop and its words.

    Raises MediaFailed, FileRefused.
    """

    def compare(source: Path, made: Path, every: int, out: Path) -> Comparison:
        env = preset_files.put_aside(out.parent, info=info, request=replace(request, mark=None))
        command = commands.compare_preset(
            source,
            made,
            info=info,
            recipe=request.recipe,
            focus=request.focus,
            every=every,
            out=out,
            binary=ffmpeg.binary(),
            words=bool(env),
        )
        return Comparison(command, env)

    return _score(compare, source, made, info=info)


def _score(
    compare: Callable[[Path, Path, int, Path], Comparison], master: Path, made: Path, *, info: MediaInfo
) -> Score:
    """`compare` is told what to read, how many frames one stands for, and where the report goes."""
    made = made.resolve()
    frames = info.frame_count - info.held_frames
    every = max(1, math.ceil(frames / MOST_FRAMES))
    limits = budgets.transcode(frames=frames, seconds=0, pixels=info.width * info.height)
    with runner.readable(master, info=info) as film, TemporaryDirectory() as outside:
        report = Path(outside) / "report.json"
        with ffmpeg.making(report) as out:
            asked = compare(film, made, every, out)
            completed = sandbox.run(
                asked.command, limits=limits, reads=[film, made], folder=out.parent, env=asked.env
            )
            ffmpeg.require(completed, limits)
        return read(report.read_text())


def read(report: str) -> Score:
    """The score in libvmaf's JSON. Raises MediaFailed where there is none. Pure."""
    try:
        values = sorted(float(frame["metrics"]["vmaf"]) for frame in json.loads(report)["frames"])
    except (ValueError, KeyError, TypeError) as problem:
        raise MediaFailed(_("The quality couldn't be measured.")) from problem
    if not values or not all(map(math.isfinite, values)):
        raise MediaFailed(_("The quality couldn't be measured."))
    mean = sum(values) / len(values)
    return Score(round(mean, 1), round(values[int(LOW * len(values))], 1), len(values))
