"""What is made of a video file, by FFmpeg and by the decoder process, both in the sandbox."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from PIL import Image

from dam.core import sandbox, storage
from dam.core.sandbox import Completed, Limits, Outcome, Output, SandboxedProcess
from dam.media import (
    budgets,
    commands,
    damage,
    ffmpeg,
    films,
    frames,
    printed,
    sampling,
    specs,
    subrip,
    watermark_filters,
)
from dam.media.errors import FileRefused, MediaFailed
from dam.media.frames import Frame
from dam.media.invisible_watermark import Mark
from dam.media.probe import Kind, MediaInfo
from dam.media.sniffer import ANIMATED_WEBP
from dam.media.specs import Movie
from dam.media.watching import Asked, Cut, Decoded, Found, Thinned, Wishes
from dam.media.xmp_files.place import Values

log = logging.getLogger(__name__)

Told = Callable[[float], None]  # hears now and then how much is done, 0 to 1

# The decoder's code alone: importing `dam` itself would bring Celery along, and our settings.
DECODER = """
import sys, types
sys.modules["dam"] = types.ModuleType("dam")
sys.modules["dam"].__path__ = [sys.argv[1]]
from dam.media import decoder_process
decoder_process.main()
"""
HEARD_RATE = 16_000  # samples a second, as speech recognition wants them
MOST_SIDE = 8192  # of a frame that the decoder sends


def probe(path: Path, *, limits: Limits | None = None) -> MediaInfo:
    """The facts about a file from outside. Raises FileRefused for one that can't be taken."""
    with _decoding({"do": "probe"}, path=path, limits=limits or budgets.PROBE) as decoder:
        answer = _read_answer(decoder.stdout)
    return MediaInfo.from_json(answer["info"])


@contextmanager
def readable(path: Path, *, info: MediaInfo) -> Iterator[Path]:
    """The file that PyAV and FFmpeg read for this one, resolved: itself, but of a WebP that moves a film.

    The film (dam.media.animations) is gone when the block ends, and laid out once for all who ask within an
    hour (dam.media.films). Whoever reads the pictures of a master opens it here. Raises FileRefused or
    MediaFailed.
    """
    path = path.resolve()
    if info.format is not ANIMATED_WEBP:
        yield path
        return
    with films.of(path, lambda film: _lay_out(path, film, info=info)) as film:
        yield film


def _lay_out(path: Path, film: Path, *, info: MediaInfo) -> None:
    frames, pixels = info.frame_count - info.held_frames, info.width * info.height
    with ffmpeg.making(film) as made:
        limits = budgets.film(frames=frames, pixels=pixels)
        request = {"do": "film", "out": str(made)}
        with _decoding(request, path=path, limits=limits, folder=made.parent) as decoder:
            _read_answer(decoder.stdout)


def sample_frames(
    path: Path,
    *,
    info: MediaInfo | None = None,
    count: int | None = None,
    every_ms: int | None = None,
    max_side: int = 640,
    limits: Limits | None = None,
) -> Iterator[Frame]:
    """Frames in order: `count` of them, or one each `every_ms`. Raises FileRefused or MediaFailed.

    Give `info` when it is known; otherwise the file is probed first. Of `limits`, where they are given, the
    size of the answer is worked out here.
    """
    info = info or probe(path)
    indexes = frames.choose(info, count=count, every_ms=every_ms)
    yield from frames_at(path, info=info, indexes=indexes, max_side=max_side, limits=limits)


def watch(path: Path, *, info: MediaInfo, max_side: int, wishes: Wishes | None = None) -> Iterator[Found]:
    """Look at every picture once: what dam.media.watching gives. Raises FileRefused or MediaFailed."""
    wishes = wishes or {}
    request = {"do": "watch", "info": info.to_json(), "max_side": max_side, "wishes": wishes}
    limits = budgets.watch(
        frames=info.frame_count,
        pixels=info.width * info.height,
        most=sampling.MOST,
        max_side=max_side,
        more=[(side, len(indexes)) for side, indexes in wishes.values()],
    )
    with readable(path, info=info) as film, _decoding(request, path=film, limits=limits) as decoder:
        while "end" not in (head := _read_answer(decoder.stdout)):
            if "cut" in head:
                yield Cut(int(head["cut"]))
            elif "thinned" in head:
                yield Thinned(int(head["thinned"]))
            elif "decoded" in head:
                yield Decoded(str(head["decoded"]), int(head["count"]))
            elif "what" in head:
                yield Asked(str(head["what"]), _read_frame(decoder.stdout, head))
            else:
                yield _read_frame(decoder.stdout, head)


def decoded(path: Path, *, info: MediaInfo, limits: Limits | None = None) -> Decoded:
    """The hash of all its pictures (dam.media.decoded_hash, of an image stills.decoded), empty of a drawing.

    Raises FileRefused or MediaFailed.
    """
    pixels = info.width * info.height
    limits = limits or budgets.watch(frames=info.frame_count, pixels=pixels, most=0, max_side=0)
    request = {"do": "decoded", "info": info.to_json()}
    with readable(path, info=info) as film, _decoding(request, path=film, limits=limits) as decoder:
        answer = _read_answer(decoder.stdout)
    return Decoded(str(answer["decoded"]), int(answer["count"]))


def known_by(path: Path, *, limits: Limits | None = None) -> str:
    """The hash of the pictures of a video, or of an image, by which a copy is known; empty of what has none
    that can be read.

    A long film's aren't all decoded for it: neither is it known by them where it is taken in.
    """
    try:
        info = probe(path, limits=limits)
        if info.kind is Kind.SOUND or budgets.is_long(
            frames=info.frame_count, pixels=info.width * info.height
        ):
            return ""
        return decoded(path, info=info, limits=limits).sha256
    except (FileRefused, MediaFailed) as problem:
        log.info("The pictures of %s weren't decoded for their hash: %r", path.name, problem)
        return ""


def still(path: Path, *, max_side: int) -> NDArray[np.uint8]:
    """A picture file, [H, W, 3], no side longer than `max_side`. Raises FileRefused or MediaFailed."""
    request = {"do": "still", "max_side": max_side}
    with _decoding(request, path=path, limits=budgets.still(max_side=max_side)) as decoder:
        return _read_frame(decoder.stdout, _read_answer(decoder.stdout)).rgb
    raise MediaFailed(_("The picture couldn't be decoded."))  # pragma: no cover - the decoder has answered


def mark(path: Path, *, most_side: int, box: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture for pages (stills.read_mark), [H, W, 4]. Raises FileRefused or MediaFailed."""
    request = {"do": "mark", "most_side": most_side, "box": box}
    with _decoding(request, path=path, limits=budgets.still(max_side=max(box))) as decoder:
        return _read_frame(decoder.stdout, _read_answer(decoder.stdout), channels=4).rgb
    raise MediaFailed(_("The picture couldn't be decoded."))  # pragma: no cover - the decoder has answered


def frame_at(path: Path, *, info: MediaInfo, time_ms: int, max_side: int) -> Frame:
    """The picture on screen at that time. Raises FileRefused or MediaFailed."""
    index = int(Fraction(2 * time_ms + 1, 2000) * info.frame_rate)
    return frame(path, info=info, index=index, max_side=max_side)


def frame(path: Path, *, info: MediaInfo, index: int, max_side: int) -> Frame:
    """The picture on screen at that frame, beyond the end the last. Raises FileRefused or MediaFailed."""
    index = min(index, max(info.frame_count - 1, 0))
    request = {"do": "frames", "info": info.to_json(), "indexes": [index], "max_side": max_side}
    limits = budgets.frames(count=1, max_side=max_side)
    with readable(path, info=info) as film, _decoding(request, path=film, limits=limits) as decoder:
        head = _read_answer(decoder.stdout)
        if "end" not in head:
            return _read_frame(decoder.stdout, head)
    raise MediaFailed(_("No frame can be decoded at that time."))


def frames_at(
    path: Path, *, info: MediaInfo, indexes: Sequence[int], max_side: int, limits: Limits | None = None
) -> Iterator[Frame]:
    """The pictures on screen at these frames, in order and each once. Raises FileRefused or MediaFailed.

    Beyond what can be decoded there are none. One decoder process gives them all, so ask for some dozens.
    """
    request = {"do": "frames", "info": info.to_json(), "indexes": list(indexes), "max_side": max_side}
    limits = budgets.frames(count=len(indexes), max_side=max_side, within=limits)
    with readable(path, info=info) as film, _decoding(request, path=film, limits=limits) as decoder:
        while "end" not in (head := _read_answer(decoder.stdout)):
            yield _read_frame(decoder.stdout, head)


def sound(path: Path, out: Path, *, info: MediaInfo, rate: int = HEARD_RATE, channels: int = 1) -> None:
    """Write the sound as 16-bit samples, `rate` a second from the first frame on, channels in turn."""
    path = path.resolve()
    limits = budgets.sound(seconds=info.duration_ms / 1000, rate=rate * channels)
    with ffmpeg.making(out) as made:
        command = commands.extract_sound(
            path, made, info=info, rate=rate, channels=channels, binary=ffmpeg.binary()
        )
        ffmpeg.require(sandbox.run(command, limits=limits, reads=[path], folder=made.parent), limits)


def convert_sound(path: Path, out: Path, *, info: MediaInfo, spec: specs.Sound) -> None:
    """Write the sound alone in another format, and see to it that it can be read."""
    path = path.resolve()
    limits = budgets.converted_sound(seconds=info.duration_ms / 1000, lossless=spec.kbps is None)
    with ffmpeg.making(out) as made:
        command = commands.convert_sound(path, made, info=info, spec=spec, binary=ffmpeg.binary())
        ffmpeg.require(sandbox.run(command, limits=limits, reads=[path], folder=made.parent), limits)
    try:
        probe(out)
    except FileRefused as refused:
        if refused.code == "disk_full":
            raise
        raise MediaFailed(_("The audio can't be decoded.")) from refused


def subtitles(path: Path, *, info: MediaInfo) -> list[tuple[int, int, str]]:
    """Start, end (ms from the first frame) and text of the file's own subtitles; none where it has none."""
    path = path.resolve()
    with TemporaryDirectory() as folder:
        made, out = Path(folder) / "inside" / "made", Path(folder) / "subtitles.srt"
        made.parent.mkdir()
        command = commands.extract_subtitles(path, made, info=info, binary=ffmpeg.binary())
        completed = sandbox.run(command, limits=budgets.SUBTITLES, reads=[path], folder=made.parent)
        if not completed.ok:
            return []
        try:
            sandbox.take(made, out)
        except sandbox.NotMade:
            return []
        text = out.read_text("utf-8", errors="replace")
    return subrip.read(text, first_ms=round(info.first_pts * 1000))


def proxy(
    path: Path, out: Path, *, info: MediaInfo, spec: Movie = specs.PROXY, told: Told | None = None
) -> MediaInfo:
    """Write the review proxy; its own facts, read back from it, with the damage found in the master."""
    return _make_movie(path, out, info=info, spec=spec, told=told)


def transcode_release(
    path: Path, out: Path, *, info: MediaInfo | None = None, mark: Mark | None = None
) -> MediaInfo:
    """Write a full-size MP4 for release, where the master's own format can't carry credentials.

    With a `mark` its pictures have it, invisibly (dam.media.invisible_watermark).
    """
    return _make_movie(path, out, info=info or probe(path), spec=specs.RELEASE, mark=mark)


def convert_still(path: Path, out: Path) -> None:
    """Write a still as a PNG of full size, where the master's own format can't carry credentials, or isn't
    the same to everybody. What is transparent stays so. Raises FileRefused or MediaFailed."""
    request = {"do": "whole", "info": probe(path).to_json(), "max_side": budgets.MAX_SIDE}
    with _decoding(request, path=path, limits=budgets.WHOLE) as decoder:
        head = _read_answer(decoder.stdout)
        channels = 4 if head["channels"] == 4 else 3
        frame = _read_frame(decoder.stdout, head, channels=channels, most_side=budgets.MAX_SIDE)
        Image.fromarray(frame.rgb).save(out, "PNG")
        return
    raise MediaFailed(_("The picture couldn't be decoded."))  # pragma: no cover - the decoder has answered


def describe(path: Path, out: Path, values: Values) -> bool:
    """Copy a file with these values as its XMP (dam.media.xmp_packet); whether that could be done.

    Pictures and sound stay the same bytes. Where there is no place for it, or what is there can't be read,
    there is no copy: a file is worth more than what it says of itself. Raises FileRefused of a full disk.
    """
    with TemporaryDirectory(prefix=".describing-", dir=out.resolve().parent) as folder:
        made = Path(folder) / "made"
        request = {"do": "describe", "out": str(made), "values": values}
        limits = budgets.described(path.stat().st_size)
        try:
            with _decoding(request, path=path, limits=limits, folder=made.parent) as decoder:
                unwritten = _read_answer(decoder.stdout)["unwritten"]
        except (FileRefused, MediaFailed) as problem:
            if isinstance(problem, FileRefused) and problem.code == "disk_full":
                raise
            unwritten = str(problem)
        if unwritten:
            log.warning("No metadata was written into a copy of %s: %s", path.name, unwritten)
            return False
        ffmpeg.take(made, out)
    return True


def encode_frames(
    frames: NDArray[np.uint8], *, frame_rate: Fraction, path: Path, mark: Mark | None = None
) -> None:
    """Write [T, H, W, 3] RGB frames as an MP4 (H.264); the same frames give the same bytes.

    With a `mark` they have it, invisibly (dam.media.invisible_watermark).

    Raises ValueError for another shape, type or an odd side, MediaFailed when FFmpeg fails.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not len(frames):
        raise ValueError(f"Frames must be [T, H, W, 3] uint8, not {frames.shape} {frames.dtype}.")
    _, height, width, _ = frames.shape
    if width % 2 or height % 2:
        raise ValueError(f"Both sides must be even, not {width} × {height}.")
    rate, spec = frame_rate, specs.RELEASE
    with ffmpeg.making(path) as made:
        command = commands.encode_raw(
            made,
            width=width,
            height=height,
            frame_rate=rate,
            spec=spec,
            binary=ffmpeg.binary(),
            marked=mark is not None,
        )
        if mark is not None:
            watermark_filters.put_aside(made.parent, mark, width=width, height=height)
        with sandbox.start(command, limits=budgets.ENCODE, folder=made.parent, stdin=None) as encoder:
            assert encoder.stdin is not None
            with suppress(BrokenPipeError):  # its own words say why
                for frame in frames:
                    encoder.stdin.write(np.ascontiguousarray(frame).tobytes())
            ffmpeg.require(encoder.finish(), budgets.ENCODE)


def encode_picture(frame: NDArray[np.uint8], *, path: Path, mark: Mark | None = None) -> None:
    """Write one [H, W, 3] RGB frame as a PNG; the same frame gives the same bytes.

    With a `mark` it has it, invisibly. Raises ValueError for another shape or type, MediaFailed when FFmpeg
    fails.
    """
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
        raise ValueError(f"A picture must be [H, W, 3] uint8, not {frame.shape} {frame.dtype}.")
    if mark is None:
        Image.fromarray(frame).save(path, "PNG")
        return
    height, width, _ = frame.shape
    with ffmpeg.making(path) as made:
        command = commands.mark_raw(made, width=width, height=height, binary=ffmpeg.binary())
        watermark_filters.put_aside(made.parent, mark, width=width, height=height)
        with sandbox.start(command, limits=budgets.ENCODE, folder=made.parent, stdin=None) as encoder:
            assert encoder.stdin is not None
            with suppress(BrokenPipeError):  # its own words say why
                encoder.stdin.write(np.ascontiguousarray(frame).tobytes())
            ffmpeg.require(encoder.finish(), budgets.ENCODE)


def decode_frames(
    path: Path, *, info: MediaInfo, size: tuple[int, int], frame_rate: Fraction, first: int, count: int
) -> NDArray[np.uint8]:
    """At most `count` frames [T, H, W, 3] RGB of a movie from the `first` on, counted at `frame_rate`.

    They fill `size`; what is too wide or high is cut off evenly. Raises FileRefused or MediaFailed, which it
    does too where the movie has no frame there.
    """
    width, height = size
    limits = budgets.raw(
        frames=info.frame_count - info.held_frames,
        pixels=info.width * info.height,
        size=count * width * height * 3,
    )
    with storage.scratch() as folder:
        out = folder / "frames.rgb"
        with readable(path, info=info) as film, ffmpeg.making(out) as made:
            command = commands.decode_raw(
                film,
                made,
                info=info,
                size=size,
                frame_rate=frame_rate,
                first=first,
                count=count,
                binary=ffmpeg.binary(),
            )
            ffmpeg.give_table(info, made.parent)
            ffmpeg.require(sandbox.run(command, limits=limits, reads=[film], folder=made.parent), limits)
        frames = np.fromfile(out, np.uint8)
    whole = len(frames) // (width * height * 3)
    if not whole:
        raise MediaFailed(_("No frame can be decoded at that time."))
    return frames[: whole * width * height * 3].reshape(whole, height, width, 3)


def _make_movie(
    path: Path,
    out: Path,
    *,
    info: MediaInfo,
    spec: Movie,
    told: Told | None = None,
    mark: Mark | None = None,
) -> MediaInfo:
    limits = budgets.transcode(
        frames=info.frame_count - info.held_frames,
        seconds=info.duration_ms / 1000 if info.has_audio else 0,
        pixels=info.width * info.height,
    )
    with readable(path, info=info) as film, ffmpeg.making(out) as made:
        command = commands.make_movie(
            film, made, info=info, spec=spec, binary=ffmpeg.binary(), marked=mark is not None
        )
        ffmpeg.give_table(info, made.parent)
        if mark is not None:
            width, height = specs.fit(info, spec.longest_side)
            watermark_filters.put_aside(made.parent, mark, width=width, height=height)
        told = told or (lambda done: None)
        frames = max(1, info.frame_count - info.held_frames)
        with sandbox.start(
            commands.told(command), limits=limits, reads=[film], folder=made.parent
        ) as process:
            for frame in printed.frames(process.stdout):
                told(min(1.0, frame / frames))
            completed = process.finish()
        ffmpeg.require(completed, limits)
    try:
        facts = probe(out)
    except FileRefused as refused:
        if refused.code == "disk_full":
            raise
        raise MediaFailed(_("No frames could be decoded.")) from refused
    return replace(facts, warnings=(*damage.of(completed.stderr), *facts.warnings))


@contextmanager
def _decoding(
    request: Mapping[str, Any], *, path: Path, limits: Limits, folder: Path | None = None
) -> Iterator[SandboxedProcess]:
    """The decoder process at work on this request; why it ended, when that was before it had answered."""
    path = path.resolve()
    code = settings.BASE_DIR / "dam"
    with sandbox.start(
        [sys.executable, "-I", "-c", DECODER, code],
        limits=limits,
        reads=[path, code],
        folder=folder,
        stdin=json.dumps({**request, "path": str(path)}).encode(),
        # A thread's arena of address space each is what a linear algebra library reserves otherwise.
        env={"OPENBLAS_NUM_THREADS": "1"},
    ) as process:
        try:
            yield process
        except _NoAnswer:
            _explain_decoder(process.finish())


class _NoAnswer(Exception):
    """The decoder process ended before it had answered."""


def _explain_decoder(completed: Completed) -> None:
    """Raises FileRefused where the file is to blame, else MediaFailed."""
    match completed.outcome:
        case Outcome.TIMED_OUT | Outcome.OUT_OF_MEMORY | Outcome.TOO_MUCH_OUTPUT:
            raise FileRefused("too_costly")
        case Outcome.CRASHED:
            raise FileRefused("damaged")
        case Outcome.DISK_FULL:
            raise FileRefused("disk_full")
        case _:
            log.warning("The decoder stopped: %s", completed.stderr.strip())
            failed = MediaFailed(_("The video couldn't be decoded. Export it again or upload the original."))
            failed.log = printed.tail(completed.stderr)
            raise failed


def _read_answer(answers: Output) -> dict[str, Any]:
    line = answers.readline(1024 * 1024)
    if not line.endswith(b"\n"):
        raise _NoAnswer
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        if "log" in answer:
            log.warning("The decoder failed: %s", printed.tail(answer["log"]))
        raise FileRefused(answer["refused"], answer["message"])
    return answer


def _read_frame(
    answers: Output, head: Mapping[str, Any], *, channels: int = 3, most_side: int = MOST_SIDE
) -> Frame:
    height, width = int(head["height"]), int(head["width"])
    if not 0 < height <= most_side or not 0 < width <= most_side:
        raise MediaFailed(_("The decoder returned a frame of an impossible size."))
    data = answers.read(height * width * channels)
    if len(data) != height * width * channels:
        raise _NoAnswer
    rgb = np.frombuffer(data, np.uint8).reshape(height, width, channels)
    return Frame(int(head["index"]), int(head["time_ms"]), rgb)
