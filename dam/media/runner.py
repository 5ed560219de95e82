"""Running FFmpeg and the decoding child: the only place where media work starts a process.

Every child is confined (dam/media/confine.py) in time, address space and output size, belongs to no
terminal, and dies with the worker that started it.
"""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from dam.media import budgets, commands, frames, specs, thumbnails
from dam.media.budgets import GIB, Limits
from dam.media.errors import Refused
from dam.media.frames import Frame
from dam.media.probe import MediaInfo
from dam.media.specs import Movie

CONFINE = Path(__file__).with_name("confine.py")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
TAIL_BYTES = 16 * 1024
MOST_SIDE = 8192  # of a frame that the child sends


class MediaFailed(Exception):
    """FFmpeg or the decoding child could not do its work; the message says why, for people."""


def probe(path: Path) -> MediaInfo:
    """The facts about a file from outside. Raises Refused for one that can't be taken."""
    request = {"do": "probe", "path": str(path.resolve())}
    with _child(request, budgets.PROBE) as answers:
        answer = _read_answer(answers)
    return MediaInfo.from_json(answer["info"])


def sample_frames(
    path: Path,
    *,
    info: MediaInfo | None = None,
    count: int | None = None,
    every_ms: int | None = None,
    max_side: int = 640,
) -> Iterator[Frame]:
    """Frames in order: `count` of them, or one each `every_ms`. Raises Refused or MediaFailed.

    Give `info` when it is known; otherwise the file is probed first.
    """
    info = info or probe(path)
    request = {
        "do": "frames",
        "path": str(path.resolve()),
        "info": info.to_json(),
        "indexes": frames.choose(info, count=count, every_ms=every_ms),
        "max_side": max_side,
    }
    with _child(request, budgets.FRAMES) as answers:
        while "end" not in (head := _read_answer(answers)):
            yield _read_frame(answers, head)


def poster(path: Path, out: Path, *, info: MediaInfo, spec: specs.Poster = specs.POSTER) -> tuple[int, int]:
    """Write the poster; its width and height in pixels."""
    candidates = list(sample_frames(path, info=info, count=spec.candidates, max_side=spec.width))
    if not candidates:
        raise MediaFailed("No frame of it can be decoded.")
    picture = thumbnails.draw_poster(thumbnails.choose_poster(candidates), spec)
    picture.save(out, "WEBP", quality=spec.quality)
    return picture.size


def sprite(
    path: Path, out: Path, *, info: MediaInfo, spec: specs.Sprite = specs.SPRITE
) -> tuple[tuple[int, int], dict[str, Any]]:
    """Write the sprite; its size in pixels, and its grid (thumbnails.draw_sprite)."""
    tiles = list(sample_frames(path, info=info, count=spec.tiles, max_side=spec.tile_side))
    if not tiles:
        raise MediaFailed("No frame of it can be decoded.")
    picture, details = thumbnails.draw_sprite(tiles, spec)
    picture.save(out, "WEBP", quality=spec.quality)
    return picture.size, details


def proxy(path: Path, out: Path, *, info: MediaInfo) -> MediaInfo:
    """Write the review proxy; its own facts, read back from it."""
    return _make_movie(path, out, info=info, spec=specs.PROXY)


def transcode_release(path: Path, out: Path, *, info: MediaInfo | None = None) -> MediaInfo:
    """Write a full-size MP4 for release, where the master's own format can't carry credentials."""
    return _make_movie(path, out, info=info or probe(path), spec=specs.RELEASE)


def encode_frames(frames: NDArray[np.uint8], *, frame_rate: Fraction, path: Path) -> None:
    """Write [T, H, W, 3] RGB frames as an MP4 (H.264); the same frames give the same bytes.

    Raises ValueError for another shape, type or an odd side, MediaFailed when FFmpeg fails.
    """
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[3] != 3 or not len(frames):
        raise ValueError(f"Frames must be [T, H, W, 3] uint8, not {frames.shape} {frames.dtype}.")
    _, height, width, _ = frames.shape
    if width % 2 or height % 2:
        raise ValueError(f"Both sides must be even, not {width} × {height}.")
    command = commands.encode_raw(
        path.resolve(), width=width, height=height, frame_rate=frame_rate, spec=specs.RELEASE, binary=ffmpeg()
    )
    with _confined(command, budgets.ENCODE) as child:
        assert child.stdin is not None
        with suppress(BrokenPipeError):  # its own words say why
            for frame in frames:
                child.stdin.write(np.ascontiguousarray(frame).tobytes())
            child.stdin.close()
        child.finish()


def ffmpeg() -> str:
    """The FFmpeg to run: FFMPEG_BINARY, or the one that imageio-ffmpeg brings."""
    given = shutil.which(settings.FFMPEG_BINARY) if settings.FFMPEG_BINARY else None
    if given:
        return given
    if settings.FFMPEG_BINARY:
        raise MediaFailed(f"FFMPEG_BINARY={settings.FFMPEG_BINARY} is not a program that can be run.")
    import imageio_ffmpeg  # a deployment with an FFmpeg of its own does without

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _make_movie(path: Path, out: Path, *, info: MediaInfo, spec: Movie) -> MediaInfo:
    command = commands.make_movie(path.resolve(), out.resolve(), info=info, spec=spec, binary=ffmpeg())
    allowed = budgets.transcode(seconds=info.duration_ms / 1000, pixels=info.width * info.height)
    with _confined(command, allowed) as child:
        child.finish()
    try:
        return probe(out)
    except Refused as refused:
        raise MediaFailed("No frame of it could be decoded.") from refused


class _Confined:
    """A running child, with the last of what it said on standard error."""

    def __init__(self, process: "subprocess.Popen[bytes]", limits: Limits) -> None:
        self.process, self.limits = process, limits
        self.stdin, self.stdout = process.stdin, process.stdout
        self.said = b""
        self.too_long = False
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.timer = threading.Timer(limits.wall_seconds, self._stop)
        self.timer.daemon = True
        self.listener.start()
        self.timer.start()

    def finish(self) -> None:
        """Wait for a clean end. Raises MediaFailed otherwise."""
        if self.stdin is not None:
            with suppress(BrokenPipeError):
                self.stdin.close()
        status = self.process.wait()
        self.listener.join()
        if status != 0:
            raise MediaFailed(self._reason(status))

    def end(self) -> None:
        """Leave nothing running and nothing open."""
        self.timer.cancel()
        self.process.kill()
        self.process.wait()
        self.listener.join()
        for pipe in (self.stdin, self.stdout, self.process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for block in iter(partial(os.read, self.process.stderr.fileno(), 4096), b""):
            self.said = (self.said + block)[-TAIL_BYTES:]

    def _stop(self) -> None:
        self.too_long = True
        self.process.kill()

    def _reason(self, status: int) -> str:
        said = self.said.decode(errors="replace")
        if self.too_long or status == -24:  # SIGXCPU
            return f"It took longer than the {self.limits.wall_seconds / 60:.0f} minutes one file may take."
        if status == -25 or "File too large" in said:  # SIGXFSZ
            return "What came of it is larger than one file may become."
        if "No space left on device" in said:
            return "There is no room left on the server's disk. Make room, then try again."
        if "Cannot allocate memory" in said or "MemoryError" in said:
            return f"It needs more memory than the {self.limits.memory_bytes // GIB} GB one file may use."
        last = said.strip().splitlines()[-1] if said.strip() else f"status {status}"
        return f"FFmpeg could not read it: {last[:160]}"


@contextmanager
def _confined(program: Sequence[str], allowed: Limits) -> Iterator[_Confined]:
    bounds = (allowed.memory_bytes, allowed.cpu_seconds, allowed.file_bytes)
    launcher = [sys.executable, "-I", "-S", str(CONFINE), *map(str, bounds), "--"]
    process = subprocess.Popen(
        [*launcher, *program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
        cwd="/",
        start_new_session=True,
    )
    child = _Confined(process, allowed)
    try:
        yield child
    finally:
        child.end()


def _environment() -> dict[str, str]:
    """Of our own environment nothing secret: no keys, no address of the database."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    # A thread's arena of address space each is what a linear algebra library reserves otherwise.
    return {**passed, "PYTHONPATH": str(settings.BASE_DIR), "OPENBLAS_NUM_THREADS": "1"}


@contextmanager
def _child(request: Mapping[str, Any], allowed: Limits) -> Iterator[IO[bytes]]:
    """The decoding child's answers to this request."""
    with _confined([sys.executable, "-P", "-m", "dam.media.decoder_process"], allowed) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        with suppress(BrokenPipeError):
            child.stdin.write(json.dumps(request).encode())
            child.stdin.close()
        try:
            yield child.stdout
        except _NoAnswer:
            _refuse_dead_child(child)


class _NoAnswer(Exception):
    """The child ended before it had answered."""


def _refuse_dead_child(child: _Confined) -> None:
    status = child.process.wait()
    child.listener.join()
    if child.too_long or status in (-24, -9) or b"MemoryError" in child.said:
        raise Refused("too_costly")
    if status < 0:  # the decoder crashed on it
        raise Refused("damaged")
    raise MediaFailed(f"The decoder stopped: {child.said.decode(errors='replace').strip()[-300:]}")


def _read_answer(answers: IO[bytes]) -> dict[str, Any]:
    line = answers.readline(1024 * 1024)
    if not line.endswith(b"\n"):
        raise _NoAnswer
    answer: dict[str, Any] = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"], answer["message"])
    return answer


def _read_frame(answers: IO[bytes], head: Mapping[str, Any]) -> Frame:
    height, width = int(head["height"]), int(head["width"])
    if not 0 < height <= MOST_SIDE or not 0 < width <= MOST_SIDE:
        raise MediaFailed("The decoder sent a picture of an impossible size.")
    data = answers.read(height * width * 3)
    if len(data) != height * width * 3:
        raise _NoAnswer
    rgb = np.frombuffer(data, np.uint8).reshape(height, width, 3)
    return Frame(int(head["index"]), int(head["time_ms"]), rgb)
