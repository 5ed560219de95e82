"""Reading a file's credentials. The file may come from anybody: a process of its own reads it, within limits.

Knows no Django beyond the settings; the verdict itself is report.py's.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from dam.core import sandbox
from dam.core.storage import scratch
from provenance.manifests import c2pa_io, formats, report
from provenance.manifests import trust_anchors as trust
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State

__all__ = ["Report", "State", "check"]

# Reading 1.1 GB takes 1.5 s and 515 MB on two cores; above 512 MB the library spills to a file.
MEMORY_BYTES = 4 * 1024**3
SPILL_BYTES = 64 * 1024**3
BASE_SECONDS = 60.0
BYTES_PER_SECOND = 20 * 1024**2
OUTPUT_BYTES = 32 * 1024**2


def check(path: Path, *, anchors: Sequence[Anchor] = ()) -> Report:
    """Read and judge the credentials of a file: trusted by the house's anchors and the given ones.

    Never fetches anything, and never raises for what the file holds. Raises OSError when the file
    itself cannot be opened.
    """
    path = path.resolve()
    with path.open("rb") as file:
        head = file.read(formats.HEAD_BYTES)
    kind = formats.content_type(head)
    if kind is None:
        return report.without_chain(State.UNREADABLE, report.KIND_UNKNOWN if head else report.UNREADABLE)
    if kind in formats.WITHOUT_CREDENTIALS:
        return report.without_chain(State.NONE, report.KIND_WITHOUT)
    return _read(path, kind, (*trust.house(), *anchors))


def _read(path: Path, kind: str, trusted: Sequence[Anchor]) -> Report:
    # Addresses of our own: names may hold anything.
    named = {f"urn:reelproof:anchor:{n}": anchor for n, anchor in enumerate(trusted)}
    settings = c2pa_io.settings_for([Anchor(address, anchor.pem) for address, anchor in named.items()])
    asked = json.dumps({"path": str(path), "content_type": kind, "settings": settings})
    with scratch() as folder:
        try:
            done = sandbox.run_limited(
                [sys.executable, "-I", c2pa_io.__file__],
                seconds=BASE_SECONDS + path.stat().st_size / BYTES_PER_SECOND,
                memory_bytes=MEMORY_BYTES,
                file_bytes=SPILL_BYTES,
                cwd=folder,
                stdin=asked.encode(),
                stdout_bytes=OUTPUT_BYTES,
            )
        except sandbox.OutputTooLarge:
            return report.without_chain(State.UNREADABLE, report.TOO_MUCH)
    if not done.ok:
        stopped = done.timed_out or "MemoryError" in done.stderr or "memory allocation" in done.stderr
        return report.without_chain(State.UNREADABLE, report.TOO_MUCH if stopped else report.UNREADABLE)
    reading = json.loads(done.stdout)
    return report.of(reading, anchors={address: anchor.name for address, anchor in named.items()})
