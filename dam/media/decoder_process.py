"""The program that opens files from outside: runner.py starts it in the sandbox and calls `main`.

Reads one JSON request from standard input and answers on standard output:
`{"do": "probe", "path"}` with one line of JSON; `{"do": "frames", "path", "info", "indexes", "max_side"}`
with a line of JSON and height × width × 3 bytes for each frame. A refusal is a line with "refused".
"""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

from dam.media import frames, probe_file
from dam.media.errors import FileRefused
from dam.media.probe import MediaInfo


def main() -> None:
    answer(json.load(sys.stdin), sys.stdout.buffer)


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    path = Path(request["path"])
    try:
        if request["do"] == "probe":
            _write(out, {"info": probe_file.read_info(path).to_json()})
        else:
            info = MediaInfo.from_json(request["info"])
            for frame in frames.sample(
                path, info=info, indexes=request["indexes"], max_side=request["max_side"]
            ):
                height, width = frame.rgb.shape[:2]
                _write(
                    out, {"index": frame.index, "time_ms": frame.time_ms, "height": height, "width": width}
                )
                out.write(frame.rgb.tobytes())
            _write(out, {"end": True})
    except FileRefused as refused:
        _write(out, {"refused": refused.code, "message": refused.message})
    except MemoryError:
        _write(out, {"refused": "too_costly", "message": FileRefused("too_costly").message})
    out.flush()


def _write(out: BinaryIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
