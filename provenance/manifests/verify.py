"""Reading a file's credentials. The file may come from anybody: the sandbox reads it.

Knows no Django beyond the settings; the verdict itself is report.py's.
"""

import errno
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from dam.core import sandbox
from dam.core.sandbox import Completed, Limits, Outcome
from dam.core.storage import scratch
from dam.media import sniffer
from dam.media.sniffer import CredentialSupport
from provenance.manifests import c2pa_io, report, second_validator
from provenance.manifests import trust_anchors as trust
from provenance.manifests.c2pa_io import Anchor
from provenance.manifests.report import Report
from provenance.manifests.trust import STAMPS_ALONE
from provenance.manifests.validation_codes import State

__all__ = ["Report", "State", "check", "export", "second_opinion"]

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


def export(path: Path, folder: Path) -> bool:
    """Write a file's manifests into an empty folder, as c2pa_io.export does; whether it has any.

    Raises what `check` raises.
    """
    path, kind = path.resolve(), sniffer.read(path)
    if kind is None or kind.credentials is CredentialSupport.NONE:
        return False
    reader, settings = Path(c2pa_io.__file__), c2pa_io.settings_for(_by_address(trust.house()).values())
    query = {"do": "export", "path": str(path), "content_type": kind.content_type, "settings": settings}
    done = _run(reader, path, query, folder=folder)
    return done.outcome is Outcome.DONE and bool(json.loads(done.stdout)["exported"])


def second_opinion(path: Path) -> dict[str, Any] | None:
    """What a validator that shares no code with ours says of a file; None where it isn't installed.

    Raises what `check` raises.
    """
    path, kind = path.resolve(), sniffer.read(path)
    query = {
        "path": str(path),
        "content_type": kind.content_type if kind else UNKNOWN,
        "anchors": "\n".join(anchor.pem for anchor in trust.house()),
    }
    with scratch() as folder:
        done = _run(Path(second_validator.__file__), path, query, folder=folder)
    if done.outcome is not Outcome.DONE:
        return {"problem": f"It ended without an answer: {done.outcome.value}."}
    answer: dict[str, Any] | None = json.loads(done.stdout)
    return answer


def house_settings() -> tuple[dict[str, Any], dict[str, str]]:
    """How the library reads here, and the name that people know for each anchor's address in that."""
    trusted = trust.house()
    settings = c2pa_io.settings_for(_by_address(trusted).values())
    return settings, {_address(n, anchor): anchor.name for n, anchor in enumerate(trusted)}


def _by_address(trusted: Sequence[Anchor]) -> dict[str, Anchor]:
    """The anchors under addresses of our own, for names may hold anything."""
    named = {_address(n, anchor): anchor for n, anchor in enumerate(trusted)}
    return {address: Anchor(address, anchor.pem, anchor.kinds) for address, anchor in named.items()}


def _run(
    program: Path, path: Path, query: dict[str, Any], *, folder: Path, beside: Sequence[Path] = ()
) -> Completed:
    work = path.stat().st_size / BYTES_PER_SECOND
    done = sandbox.run(
        [sys.executable, "-I", program],
        limits=replace(
            LIMITS,
            wall_seconds=BASE_SECONDS + work,
            cpu_seconds=int(BASE_CPU_SECONDS + 2 * work),
            memory_bytes=min(LIMITS.memory_bytes, BASE_MEMORY + path.stat().st_size),
        ),
        reads=[path, program, *beside],
        folder=folder,
        stdin=json.dumps(query).encode(),
    )
    if done.outcome is Outcome.DISK_FULL:
        raise OSError(errno.ENOSPC, _("The disk is full, so the file's Content Credentials can't be read"))
    return done


def _address(number: int, anchor: Anchor) -> str:
    alone = anchor.name.startswith(STAMPS_ALONE)
    return f"{STAMPS_ALONE if alone else 'urn:reelproof:anchor:'}{number}"


def _read(path: Path, kind: str, trusted: Sequence[Anchor], *, sidecar: Path | None = None) -> Report:
    named = {_address(n, anchor): anchor.name for n, anchor in enumerate(trusted)}
    settings = c2pa_io.settings_for(_by_address(trusted).values())
    query = {"do": "read", "path": str(path), "content_type": kind, "settings": settings}
    beside = [sidecar] if sidecar else []
    with scratch() as folder:
        done = _run(
            Path(c2pa_io.__file__),
            path,
            query | {"sidecar": str(sidecar or "")},
            folder=folder,
            beside=beside,
        )
    match done.outcome:
        case Outcome.DONE:
            return report.of(json.loads(done.stdout), anchors=named)
        case Outcome.TIMED_OUT | Outcome.OUT_OF_MEMORY | Outcome.TOO_MUCH_OUTPUT:
            return report.without_chain(State.UNREADABLE, report.TOO_MUCH)
        case _:
            return report.without_chain(State.UNREADABLE, report.UNREADABLE)
