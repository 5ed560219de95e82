"""Reading a file's credentials. The file may come from anybody: the sandbox reads it.

Knows no Django beyond the settings; the verdict itself is report.py's.
"""

import errno
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from dam.core import sandbox
from dam.core.sandbox import Limits, Outcome
from dam.core.storage import scratch
from dam.media import sniffer
from dam.media.sniffer import CredentialSupport
from provenance.manifests import c2pa_io, report
from provenance.manifests import trust_anchors as trust
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.report import Report
from provenance.manifests.trust import STAMPS_ALONE
from provenance.manifests.validation_codes import State

__all__ = ["Report", "State", "check"]

# Reading 1.1 GB takes 1.5 s and 515 MB on two cores; above 512 MB the library spills to a file.
BASE_SECONDS = 60.0
BASE_CPU_SECONDS = 8  # whatever a small file holds: a claim of 10,000 assertions takes minutes
BASE_MEMORY = 1024**3
LARGEST_SIDECAR = 64 * 1024**2
UNKNOWN = "application/octet-stream"
BYTES_PER_SECOND = 20 * 1024**2
LIMITS = Limits(
    wall_seconds=BASE_SECONDS,
    cpu_seconds=BASE_CPU_SECONDS,
    memory_bytes=4 * 1024**3,
    file_bytes=64 * 1024**3,
    stdout_bytes=8 * 1024**2,
)


def check(path: Path, *, anchors: Sequence[Anchor] = (), sidecar: Path | None = None) -> Report:
    """Read and judge the credentials of a file: trusted by the house's anchors and the given ones.

    A sidecar's are read in the place of its own: then the file may be of any kind. Never fetches anything,
    and never raises for what the files hold. Raises OSError when a file itself cannot be opened or the disk
    is full, and sandbox.Interrupted when the reader was ended from outside.
    """
    path, trusted = path.resolve(), (*trust.house(), *anchors)
    kind = sniffer.read(path)
    if sidecar is not None:
        if sidecar.stat().st_size > LARGEST_SIDECAR:
            return report.without_chain(State.UNREADABLE, report.TOO_MUCH)
        return _read(path, kind.content_type if kind else UNKNOWN, trusted, sidecar=sidecar.resolve())
    if kind is None:
        empty = path.stat().st_size == 0
        return report.without_chain(State.UNREADABLE, report.UNREADABLE if empty else report.KIND_UNKNOWN)
    if kind.credentials is CredentialSupport.NONE:
        return report.without_chain(State.NONE, report.KIND_WITHOUT)
    return _read(path, kind.content_type, trusted)


def _address(number: int, anchor: Anchor) -> str:
    alone = anchor.name.startswith(STAMPS_ALONE)
    return f"{STAMPS_ALONE if alone else 'urn:reelproof:anchor:'}{number}"


def _read(path: Path, kind: str, trusted: Sequence[Anchor], *, sidecar: Path | None = None) -> Report:
    # Addresses of our own: names may hold anything.
    named = {_address(n, anchor): anchor for n, anchor in enumerate(trusted)}
    settings = c2pa_io.settings_for(
        [Anchor(address, anchor.pem, anchor.kinds) for address, anchor in named.items()]
    )
    query = {"do": "read", "path": str(path), "content_type": kind, "settings": settings}
    beside = [sidecar] if sidecar else []
    reader = Path(c2pa_io.__file__)
    work = path.stat().st_size / BYTES_PER_SECOND
    with scratch() as folder:
        done = sandbox.run(
            [sys.executable, "-I", reader],
            limits=replace(
                LIMITS,
                wall_seconds=BASE_SECONDS + work,
                cpu_seconds=int(BASE_CPU_SECONDS + 2 * work),
                memory_bytes=min(LIMITS.memory_bytes, BASE_MEMORY + path.stat().st_size),
            ),
            reads=[path, reader, *beside],
            folder=folder,
            stdin=json.dumps(query | {"sidecar": str(sidecar or "")}).encode(),
        )
    match done.outcome:
        case Outcome.DONE:
            named_by_people = {address: anchor.name for address, anchor in named.items()}
            return report.of(json.loads(done.stdout), anchors=named_by_people)
        case Outcome.TIMED_OUT | Outcome.OUT_OF_MEMORY | Outcome.TOO_MUCH_OUTPUT:
            return report.without_chain(State.UNREADABLE, report.TOO_MUCH)
        case Outcome.DISK_FULL:
            raise OSError(
                errno.ENOSPC, _("The disk is full, so the file's Content Credentials can't be read")
            )
        case _:
            return report.without_chain(State.UNREADABLE, report.UNREADABLE)
