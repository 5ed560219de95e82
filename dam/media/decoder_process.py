"""The program that opens files from outside: runner.py starts it in the sandbox and calls `main`.

Reads one JSON request from standard input and answers on standard output:
`{"do": "probe", "path"}` with one line of JSON; `{"do": "frames", "path", "info", "indexes", "max_side"}`
with a line of JSON and height × width × 3 bytes for each frame; `{"do": "watch", "path", "info", "max_side",
"wishes"}` with such frames, those that were wished for with "what", and lines {"cut"}, {"thinned"} and
{"decoded"} (dam.media.watching); `{"do": "decoded", "path", "info"}` with the last of these alone;
`{"do": "still", "path", "max_side"}` with one such picture; `{"do": "whole", "path", "info", "max_side"}`
with one of three channels, or four where it is transparent; `{"do": "mark", "path", "most_side", "box"}` with
one of four; `{"do": "describe", "path", "out", "values"}`, which writes a file, with {"unwritten": why not,
or nothing}; `{"do": "film", "path", "out"}`, which writes the film of a WebP that moves. A refusal is a line
with "refused".

Each request imports what it needs, and no more: a process lives for one, and loading everything took most of
the time of most of them.
"""

import errno
import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dam.media.errors import FileRefused
from dam.media.probe import Kind, MediaInfo

if TYPE_CHECKING:
    from dam.media.frames import Frame
    from dam.media.watching import Found
    from dam.media.xmp_files.place import Values


# What PyAV says of a file that it writes, or can't open, with numbers of the system's.
OF_THE_MACHINE = (
    errno.ENOSPC,
    errno.EFBIG,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.EACCES,
    errno.ENOENT,
)
MOST_SAID = 4000  # characters of what went wrong


def main() -> None:
    answer(json.load(sys.stdin), sys.stdout.buffer)


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    path = Path(request["path"])
    try:
        match request["do"]:
            case "probe":
                from dam.media import probe_file

                _write(out, {"info": probe_file.read_info(path).to_json()})
            case "watch":
                info = MediaInfo.from_json(request["info"])
                _write_watched(out, _watch(path, request, info=info))
                _write(out, {"end": True})
            case "decoded":
                info = MediaInfo.from_json(request["info"])
                if info.kind is Kind.STILL:
                    _write(out, {"decoded": _decoded_still(path, info), "count": 1})
                else:
                    from dam.media import decoded_hash

                    whole = decoded_hash.of(path, info=info)
                    _write(out, {"decoded": whole.sha256, "count": whole.count})
            case "still":
                _write_frame(out, _picture(path, max_side=request["max_side"]))
            case "whole":
                info = MediaInfo.from_json(request["info"])
                _write_frame(out, _still(path, info, request["max_side"], grounded=False))
            case "mark":
                _write_frame(out, _mark(path, request))
            case "describe":
                _write(out, {"unwritten": _describe(path, Path(request["out"]), request["values"])})
            case "film":
                from dam.media import animations

                animations.write_film(path, Path(request["out"]))
                _write(out, {"end": True})
            case _:
                info = MediaInfo.from_json(request["info"])
                wanted: dict[str, Any] = {name: request[name] for name in ("indexes", "max_side")}
                for frame in _sample(path, info=info, **wanted):
                    _write_frame(out, frame)
                _write(out, {"end": True})
    except FileRefused as refused:
        _write(out, {"refused": refused.code, "message": refused.message})
    except MemoryError:
        _write(out, {"refused": "too_costly", "message": FileRefused("too_costly").message})
    except Exception as problem:
        if _is_the_machines(problem):
            raise
        # Whatever hostile bytes bring about here, they are to blame; the worker's log says what it was.
        said = "".join(traceback.format_exception(problem))[-MOST_SAID:]
        _write(out, {"refused": "damaged", "message": FileRefused("damaged").message, "log": said})
    out.flush()


def _is_the_machines(problem: Exception) -> bool:
    """Whether not the file is to blame but a full disk, say, or a part of the product that is missing."""
    if isinstance(problem, ImportError):
        return True
    if not isinstance(problem, OSError):
        return False
    return problem.errno in OF_THE_MACHINE or not type(problem).__module__.startswith("av")


def _describe(path: Path, out: Path, values: "Values") -> str:
    """Why the file couldn't be written, or nothing."""
    from dam.media import xmp, xmp_embedding
    from dam.media.xmp_files.place import NoPlace

    try:
        xmp_embedding.write(path, out, values)
    except (NoPlace, xmp.Unreadable) as problem:
        return str(problem)
    return ""


def _watch(path: Path, request: dict[str, Any], *, info: MediaInfo) -> "Iterator[Found]":
    from dam.media import watching

    if info.kind is Kind.STILL:
        sha256 = _decoded_still(path, info)
        known = [watching.Decoded(sha256, 1)] if sha256 else []
        return iter([_still(path, info, request["max_side"]), *known])
    return watching.watch(path, info=info, max_side=request["max_side"], wishes=request.get("wishes"))


def _write_watched(out: BinaryIO, seen: "Iterator[Found]") -> None:
    from dam.media.watching import Asked, Cut, Decoded, Thinned

    for found in seen:
        match found:
            case Cut(time_ms):
                _write(out, {"cut": time_ms})
            case Thinned(gap_ms):
                _write(out, {"thinned": gap_ms})
            case Decoded(sha256, count):
                _write(out, {"decoded": sha256, "count": count})
            case Asked(what, frame):
                _write_frame(out, frame, what=what)
            case _:
                _write_frame(out, found)


def _sample(path: Path, *, info: MediaInfo, indexes: Sequence[int], max_side: int) -> "Iterator[Frame]":
    if info.kind is Kind.STILL:
        return iter([_still(path, info, max_side)])
    from dam.media import frames

    return frames.sample(path, info=info, indexes=indexes, max_side=max_side)


def _decoded_still(path: Path, info: MediaInfo) -> str:
    from dam.media import stills

    return stills.decoded(path, formats=(info.format.decoder,))


def _still(path: Path, info: MediaInfo, max_side: int, *, grounded: bool = True) -> "Frame":
    return _picture(path, max_side=max_side, formats=(info.format.decoder,), grounded=grounded)


def _picture(path: Path, **how: Any) -> "Frame":
    from dam.media import stills
    from dam.media.frames import Frame

    return Frame(0, 0, stills.read(path, **how))


def _mark(path: Path, request: dict[str, Any]) -> "Frame":
    from dam.media import stills
    from dam.media.frames import Frame

    box = tuple(request["box"])
    return Frame(0, 0, stills.read_mark(path, most_side=request["most_side"], box=box))


def _write_frame(out: BinaryIO, frame: "Frame", **more: str) -> None:
    height, width, channels = frame.rgb.shape
    head = {"index": frame.index, "time_ms": frame.time_ms, "height": height, "width": width}
    _write(out, {**head, "channels": channels, **more})
    out.write(frame.rgb.tobytes())


def _write(out: BinaryIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
