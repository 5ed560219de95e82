"""A copy of a review proxy with words all over its picture (dam.media.watermark), made in the sandbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dam.core import sandbox
from dam.media import budgets, commands, ffmpeg, letters, printed, runner, specs, watermark

SPEC = specs.Movie(longest_side=1280, crf=24, preset="veryfast", keyframe_every=12, audio_kbps=128)


@dataclass(frozen=True)
class Marked:
    """Of the finished file: its size in pixels, and its type."""

    width: int
    height: int
    content_type: str = SPEC.content_type


def make(proxy: Path, out: Path, *, lines: Sequence[str], told: Callable[[float], None]) -> Marked:
    """Write the copy. `told` hears now and then how much is done, 0 to 1; what it raises ends the work.

    Raises MediaFailed, and FileRefused when the disk is full.
    """
    proxy = proxy.resolve()
    info = runner.probe(proxy)
    width, height = specs.fit(info, SPEC.longest_side)
    limits = budgets.transcode(
        frames=info.frame_count - info.held_frames,
        seconds=info.duration_ms / 1000 if info.has_audio else 0,
        pixels=info.width * info.height,
    )
    frames = max(1, info.frame_count - info.held_frames)
    with ffmpeg.making(out) as made:
        script = watermark.script(lines, width=width, height=height, duration_ms=info.duration_ms)
        env = letters.lay(made.parent, script)
        ffmpeg.give_table(info, made.parent)
        command = commands.make_movie(proxy, made, info=info, spec=SPEC, binary=ffmpeg.binary(), words=True)
        with sandbox.start(
            commands.told(command), limits=limits, reads=[proxy], folder=made.parent, stdin=b"", env=env
        ) as process:
            for frame in printed.frames(process.stdout):
                told(min(1.0, frame / frames))
            completed = process.finish()
        ffmpeg.require(completed, limits)
    facts = runner.probe(out)
    return Marked(facts.width, facts.height)
