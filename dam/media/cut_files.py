"""Making a cut by FFmpeg, in the sandbox: one pass over all its pieces."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from dam.core import sandbox, storage
from dam.core.sandbox import Limits
from dam.media import budgets, colour, commands, cutting, ffmpeg, letters, printed, runner, watermark_filters
from dam.media.cutting import Cut, Heard, Piece
from dam.media.errors import MediaFailed
from dam.media.invisible_watermark import Mark
from dam.media.probe import Kind, MediaInfo
from dam.media.runner import Told

BY_SOUND = 0.1  # of the way


def make(
    pieces: Sequence[Piece],
    out: Path,
    *,
    cut: Cut,
    own_sound: bool = True,
    bed: tuple[Path, MediaInfo] | None = None,
    level: float = 1.0,
    mark: Mark | None = None,
    told: Told,
) -> None:
    """Write the MP4. `told` hears now and then how much is done, 0 to 1; what it raises ends the work.

    `bed` is a sound that lies under the whole, `level` how loud (1: as it is). Raises MediaFailed, and
    FileRefused when the disk is full.
    """
    with ExitStack() as files, storage.scratch() as folder:
        pieces = [replace(each, path=_film(each, files)) for each in pieces]
        sound = _sound(pieces, folder, cut=cut, own_sound=own_sound, bed=bed, level=level)
        told(BY_SOUND)
        with ffmpeg.making(out) as made:
            _put_aside(pieces, made.parent, cut=cut, mark=mark)
            marked = mark is not None
            command = commands.make_cut(
                pieces, made, cut=cut, binary=ffmpeg.binary(), sound=sound, marked=marked
            )
            limits, total = _limits(pieces, cut), sum(each.frames(cut.rate) for each in pieces)
            reads = [each.path for each in pieces if not each.still] + ([sound] if sound else [])
            with sandbox.start(command, limits=limits, reads=reads, folder=made.parent, stdin=b"") as process:
                for frame in printed.frames(process.stdout):
                    told(BY_SOUND + (1 - BY_SOUND) * min(1.0, frame / total))
                completed = process.finish()
            ffmpeg.require(completed, limits)
    facts = runner.probe(out)
    if (facts.width, facts.height, facts.frame_count) != (cut.width, cut.height, total):
        raise MediaFailed(_("The result doesn't have the length and size that were asked for."))


def _film(piece: Piece, files: ExitStack) -> Path:
    if piece.still:
        return piece.path
    return files.enter_context(runner.readable(piece.path, info=piece.info)).resolve()


def _put_aside(pieces: Sequence[Piece], folder: Path, *, cut: Cut, mark: Mark | None) -> None:
    """What FFmpeg reads beside the films."""
    for number, piece in enumerate(pieces):
        if piece.still:
            side = min(runner.MOST_SIDE, 4 * max(cut.width, cut.height))
            rgb = runner.still(piece.path, max_side=side)
            centre = (piece.focus[0] / 1000, piece.focus[1] / 1000)
            size = (cut.width, cut.height)
            fitted = ImageOps.fit(Image.fromarray(rgb), size, Image.Resampling.LANCZOS, centering=centre)
            raw = folder / f"{number}.rgb"
            raw.write_bytes(np.asarray(fitted).tobytes())
            raw.chmod(0o644)
        elif not (picture := colour.of(piece.info)).is_plain:
            letters.write(folder / f"colours-{number}.cube", colour.table(picture))
    if mark is not None:
        watermark_filters.put_aside(folder, mark, width=cut.width, height=cut.height)


def _sound(
    pieces: Sequence[Piece],
    folder: Path,
    *,
    cut: Cut,
    own_sound: bool,
    bed: tuple[Path, MediaInfo] | None,
    level: float,
) -> Path | None:
    """The sound of the whole; None where there is none to be heard."""
    laid: dict[Path, Path] = {}
    heard = []
    for number, piece in enumerate(pieces):
        path = None
        if own_sound and piece.info.kind is Kind.VIDEO and piece.info.has_audio:
            if piece.path not in laid:
                laid[piece.path] = folder / f"{number}.pcm"
                _extract(piece.path, laid[piece.path], piece.info)
            path = laid[piece.path]
        first = Fraction(0) if piece.still else piece.first / piece.info.frame_rate
        heard.append(Heard(path, first, piece.frames(cut.rate)))
    under = None
    if bed is not None:
        under = folder / "bed.pcm"
        _extract(bed[0], under, bed[1])
    if not laid and under is None:
        return None
    out = folder / "sound.pcm"
    cutting.lay_sound(out, heard, rate=cut.rate, bed=under, level=level)
    return out


def _extract(path: Path, out: Path, info: MediaInfo) -> None:
    runner.sound(path, out, info=info, rate=cutting.SOUND_RATE, channels=cutting.CHANNELS)


def _limits(pieces: Sequence[Piece], cut: Cut) -> Limits:
    """Every film is decoded up to where its piece ends."""
    films = [each for each in pieces if not each.still]
    pixels = max([cut.width * cut.height, *(each.info.width * each.info.height for each in films)])
    read = sum(each.end for each in films)
    written = sum(each.frames(cut.rate) for each in pieces)
    return budgets.transcode(frames=read + written, seconds=float(written / cut.rate), pixels=pixels)
