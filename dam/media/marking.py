"""Copies that say whom they were made for, made in the sandbox: of a review proxy or a picture with words all
over it (dam.media.watermark), of a sound with a tag that no one hears.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dam.core import foreign_text, sandbox
from dam.core.program_limits import Limits
from dam.media import (
    budgets,
    commands,
    ffmpeg,
    letters,
    preset_files,
    presets,
    printed,
    runner,
    specs,
    watermark,
)
from dam.media.presets import Format, Recipe

SPEC = specs.Movie(longest_side=1280, crf=24, preset="veryfast", keyframe_every=12, audio_kbps=128)
PICTURE = Recipe(format=Format.JPEG, longest_side=2560)

Told = Callable[[float], None]


@dataclass(frozen=True)
class Marked:
    """Of the finished file: its size in pixels, of what has pictures, and its type."""

    width: int | None
    height: int | None
    content_type: str = SPEC.content_type


def make(proxy: Path, out: Path, *, lines: Sequence[str], told: Told) -> Marked:
    """Write the copy of a video. `told` hears how much is done, 0 to 1; what it raises ends the work.

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
        _run(commands.told(command), proxy, made, limits=limits, env=env, frames=frames, told=told)
    facts = runner.probe(out)
    return Marked(facts.width, facts.height)


def picture(source: Path, out: Path, *, lines: Sequence[str], told: Told) -> Marked:
    """The same of an image, as JPEG."""
    source = source.resolve()
    info = runner.probe(source)
    width, height = presets.size(info, PICTURE)
    limits = budgets.transcode(frames=1, seconds=0, pixels=info.width * info.height)
    with preset_files.shown(source, info=info) as (drawn, info), ffmpeg.making(out) as made:
        env = letters.lay(made.parent, watermark.script(lines, width=width, height=height, duration_ms=1))
        ffmpeg.give_table(info, made.parent)
        command = commands.make_preset(
            drawn, made, info=info, recipe=PICTURE, focus=(500, 500), binary=ffmpeg.binary(), words=True
        )
        _run(command, drawn, made, limits=limits, env=env, frames=1, told=told)
    return Marked(width, height, PICTURE.spec.kind.content_type)


def sound(source: Path, out: Path, *, name: str, told: Told) -> Marked:
    """A sound as it is, with this name as its comment: nothing of it is heard, and it is easily removed."""
    source = source.resolve()
    info = runner.probe(source)
    limits = budgets.transcode(frames=0, seconds=info.duration_ms / 1000, pixels=0)
    with ffmpeg.making(out) as made:
        command = commands.name_sound(
            source, made, info=info, name=foreign_text.line(name, longest=80), binary=ffmpeg.binary()
        )
        _run(commands.told(command), source, made, limits=limits, env={}, frames=1, told=told)
    return Marked(None, None, specs.LISTEN.content_type)


def _run(
    command: Sequence[str],
    source: Path,
    made: Path,
    *,
    limits: Limits,
    env: Mapping[str, str],
    frames: int,
    told: Told,
) -> None:
    with sandbox.start(
        list(command), limits=limits, reads=[source], folder=made.parent, stdin=b"", env=dict(env)
    ) as process:
        for frame in printed.frames(process.stdout):
            told(min(1.0, frame / frames))
        completed = process.finish()
    ffmpeg.require(completed, limits)
