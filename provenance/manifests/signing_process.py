"""Signing a file from outside: the sandbox parses and writes it, the key stays here.

The file comes from anybody, and whatever goes wrong in reading it shall not happen beside the key. Of the
sandbox we take one request for a signature, and the result only once it was verified (signing.py).
"""

import base64
import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dam.core import failures, sandbox
from dam.core.sandbox import Completed, Limits, Outcome, SandboxedProcess
from dam.core.sandbox.outcomes import judge
from provenance.manifests import c2pa_io
from provenance.manifests.c2pa_io import Anchor, Ingredient, SigningFailed

log = logging.getLogger(__name__)

BASE_SECONDS = 120
BYTES_PER_SECOND = 10 * 1024**2
MANIFEST_BYTES = 64 * 1024**2  # that a manifest and its ingredients may add
MEMORY_BYTES = 4 * 1024**3
LONGEST_LINE = 64 * 1024**2

WHY = {
    Outcome.TIMED_OUT: "Signing took too long.",
    Outcome.OUT_OF_MEMORY: "Signing needs more memory than the limit for one file.",
    Outcome.TOO_MUCH_OUTPUT: "The signed file is larger than the limit.",
    Outcome.CRASHED: "The signing library crashed. The file may be damaged. Export it again.",
}


def sign(
    manifest: dict[str, Any],
    *,
    source: Path,
    out: Path,
    content_type: str,
    edits: bool,
    ingredients: Sequence[Ingredient],
    algorithm: str,
    chain_pem: str,
    sign_bytes: Callable[[bytes], bytes],
    anchors: Sequence[Anchor],
    beside: bool = False,
    update: bool = False,
) -> None:
    """c2pa_io.sign in the sandbox; `out` is in a folder that holds nothing else.

    Raises SigningFailed, and sandbox.Interrupted when it was ended from outside.
    """
    source, script = source.resolve(), Path(c2pa_io.__file__)
    query = {
        "do": "sign",
        "manifest": manifest,
        "source": str(source),
        "out": str(out),
        "content_type": content_type,
        "edits": edits,
        "ingredients": [_plain(ingredient) for ingredient in ingredients],
        "algorithm": algorithm,
        "chain_pem": chain_pem,
        "anchors": [asdict(anchor) for anchor in anchors],
        "beside": beside,
        "update": update,
    }
    parents = [
        ingredient.source.resolve() for ingredient in ingredients if isinstance(ingredient.source, Path)
    ]
    with sandbox.start(
        [sys.executable, "-I", script],
        limits=_limits(sum(path.stat().st_size for path in (source, *parents))),
        reads=[source, *parents, script],
        folder=out.parent,
        stdin=None,
    ) as process:
        answer = _converse(process, query, sign_bytes)
        completed = process.finish()
    if answer.get("signed"):
        return
    failed = str(answer.get("failed") or "")
    if Outcome.DISK_FULL in (completed.outcome, judge(1, failed)):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    log.warning("Signing failed: %s", failed or completed.stderr)
    raise SigningFailed(failed if failures.is_plain(failed) else _explain(completed))


def _converse(
    process: SandboxedProcess, query: dict[str, Any], sign_bytes: Callable[[bytes], bytes]
) -> dict[str, Any]:
    """Give what was asked for once, and return the last word; nothing when there was none."""
    _write_line(process, query)
    answer = _read_line(process)
    if "sign" not in answer:
        return answer
    signature = sign_bytes(base64.b64decode(answer["sign"]))
    _write_line(process, {"signature": base64.b64encode(signature).decode()})
    return _read_line(process)


def _write_line(process: SandboxedProcess, line: dict[str, Any]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # its end says why
        process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.flush()


def _read_line(process: SandboxedProcess) -> dict[str, Any]:
    try:
        answer = json.loads(process.stdout.readline(LONGEST_LINE))
    except ValueError:  # nothing, or nothing that we understand
        return {}
    return answer if isinstance(answer, dict) else {}


def _plain(ingredient: Ingredient) -> dict[str, Any]:
    """An ingredient as JSON."""
    source = ingredient.source
    where = (
        {"path": str(source.resolve())}
        if isinstance(source, Path)
        else {"data": base64.b64encode(source).decode()}
    )
    return {"about": ingredient.about, "content_type": ingredient.content_type, **where}


def _limits(size: int) -> Limits:
    seconds = BASE_SECONDS + size / BYTES_PER_SECOND
    return Limits(
        wall_seconds=seconds,
        cpu_seconds=int(2 * seconds),
        memory_bytes=MEMORY_BYTES,
        file_bytes=size + MANIFEST_BYTES,
    )


def _explain(completed: Completed) -> str:
    return WHY.get(completed.outcome) or "The file couldn't be signed. It may be damaged: export it again."
