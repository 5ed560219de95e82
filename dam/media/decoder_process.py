"""The program that opens files from outside: `python -m dam.media.decoder_process`, confined by runner.py.

Reads one JSON request from standard input and answers on standard output:
`{"do": "probe", "path"}` with one line of JSON; `{"do": "frames", "path", "info", "indexes", "max_side"}`
with a line of JSON and height × width × 3 bytes for each frame. A refusal is a line with "refused".
"""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

from dam.media import frames, probe_file
from dam.media.errors import Refused
from dam.media.probe import MediaInfo


def main(request: dict[str, Any], out: BinaryIO) -> None:
    path = Path(request["path"])
    try:
        if request["do"] == "probe":
            _answer(out, {"info": probe_file.read_info(path).to_json()})
        else:
            info = MediaInfo.from_json(request["info"])
            for frame in frames.sample(
                path, info=info, indexes=request["indexes"], max_side=request["max_side"]
            ):
                height, width = frame.rgb.shape[:2]
                _answer(
                    out, {"index": frame.index, "time_ms": frame.time_ms, "height": height, "width": width}
                )
                out.write(frame.rgb.tobytes())
            _answer(out, {"end": True})
    except Refused as refused:
        _answer(out, {"refused": refused.code, "message": refused.message})
    except MemoryError:
        _answer(out, {"refused": "too_costly", "message": Refused("too_costly").message})
    out.flush()


def _answer(out: BinaryIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line).encode() + b"\n")


if __name__ == "__main__":
    main(json.load(sys.stdin), sys.stdout.buffer)
