"""Files that anybody may have verified: kept until they are read, the verdict for an hour.

The file is read by the `verify` worker, never by the web process. Nothing is written to the database.
"""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.cache import caches
from django.core.files import File
from django.db import DatabaseError
from django.utils import timezone
from django.utils.connection import ConnectionProxy
from django.utils.module_loading import import_string

from dam.core import errors, outages, sandbox, storage
from dam.core.lazily import lazy
from dam.core.tasks import offer, send
from dam.ingest import disk_space
from dam.media import budgets, runner
from dam.media.errors import FileRefused
from provenance.manifests import fetched_addresses, verify
from provenance.manifests.validation_codes import State

cache = ConnectionProxy(caches, "shared")  # web and worker meet there, or not at all

log = logging.getLogger(__name__)

FOLDER = "verify"
KEPT_SECONDS = 3600
LONGEST_ID = 64  # twice as long as those that are given out
# A file that no worker has taken by then is deleted, and the page says so.
PATIENCE = timedelta(seconds=90)
LONGEST_CHECK = timedelta(minutes=10)
COMPARED_WITHIN = timedelta(minutes=2)  # of being sent: pages don't wait longer for its pictures
MOST_ALIKE = 10
SECOND_READS = 128 * 1024**2  # bytes, by the second validator
SIDECARS = "provenance.sidecars.store.by_bytes"
MARKED, ALIKE = "provenance.releases.watermarked.look", "provenance.releases.likeness.look"
MOST_INTERRUPTIONS = 2  # somebody waits for the answer

WAITING, CHECKING, DONE, LOST, FAILED = "waiting", "checking", "done", "lost", "failed"
OVER = (DONE, LOST, FAILED)


class TooManyChecks(errors.TooMany):
    """This address has had as many files verified as it may within the hour."""

    message = lazy("You've reached the hourly limit for verifying files. Try again in an hour.")


class NoRoom(errors.NoRoom):
    """The disk, or the part of it that files of this page may take, holds no other."""

    message = lazy("The server is out of disk space for files to verify. Try again in a few minutes.")


class ChecksAway(errors.Refused):
    """The queue, the cache or storage can't be reached. Of a file that was just sent nothing is kept."""

    code = "unavailable"
    title = lazy("Files can't be verified right now")
    message = lazy("The server is unavailable, and nothing was kept. Upload the file again in a few minutes.")


@dataclass(frozen=True)
class PublicCheck:
    """One file on its way: `report` is Report.to_json(raw=True) once `state` is "done"."""

    id: str
    filename: str
    size: int
    at: datetime
    state: str = WAITING
    sha256: str = ""
    report: dict[str, Any] | None = None
    interruptions: int = 0  # of the program that read it, from outside
    sidecar: bool = False  # a file with its Content Credentials came along
    kept_sidecar: bool = False  # none did, and one is kept here for exactly these bytes
    second: dict[str, Any] | None = None  # what another validator says: `second`
    address: str = ""  # where a worker fetches it from
    problem: str = ""  # why there was nothing to read there: for people, in English


@dataclass(frozen=True)
class Pictures:
    """A video's, by their hash; empty of what has none, or takes more time than there is.

    `skipped`: others waited, so they weren't looked at.
    """

    sha256: str = ""
    skipped: bool = False


def admit(address: str, *, most: int) -> None:
    """Count a file against the sender's hour. Raises TooManyChecks, ChecksAway."""
    key = f"verify-rate:{address}"
    with at_hand():
        cache.add(key, 0, timeout=3600)
        try:
            count = cache.incr(key)
        except ValueError:  # the hour ended between the two calls
            return
    if count > most:
        raise TooManyChecks


def require_room(size: int) -> None:
    """Raise NoRoom unless a file of `size` bytes fits beside those that wait. Raises ChecksAway."""
    with at_hand():
        waiting = sum(entry.size for entry in storage.entries(FOLDER))
    if waiting + size > settings.VERIFY_SPOOL_BYTES or not has_room(size):
        raise NoRoom


def has_room(size: int) -> bool:
    """Whether the disk holds so many bytes more; where storage is no disk, that is not ours to know.

    Raises ChecksAway.
    """
    with at_hand():
        free = storage.free()
    return free is None or free >= size + settings.DISK_RESERVE_BYTES


def _require_scratch(size: int) -> None:
    """Raise NoRoom unless the scratch folder of this machine holds so many bytes and its reserve."""
    try:
        disk_space.require_copy(size)
    except FileRefused:
        raise NoRoom from None


def submit(file: "File[bytes]", *, filename: str, sidecar: "File[bytes] | None" = None) -> PublicCheck:
    """Keep the file for the worker and ask for its verdict. The id can't be guessed. Raises ChecksAway."""
    submission = of_file(file, filename=filename, sidecar=sidecar)
    try:
        with at_hand():
            receive(submission, file, sidecar=sidecar)
            send("verify.file", submission_id=submission.id)
    except ChecksAway:
        with suppress(Exception):  # whatever is away for this, too: the sweep comes later
            drop(submission.id)
        raise
    return submission


def submit_address(address: str, *, filename: str) -> PublicCheck:
    """Have a worker fetch what is there, and check it. Raises NoRoom, ChecksAway."""
    _require_scratch(settings.VERIFY_ADDRESS_MAX_BYTES)
    submission = PublicCheck(
        id=secrets.token_urlsafe(24), filename=filename, size=0, at=timezone.now(), address=address
    )
    with at_hand():
        _sweep()
        keep(submission)
        send("verify.address", submission_id=submission.id)
    return submission


def fetch_and_check(submission_id: str) -> None:
    """The worker's part for an address: fetch it, and judge it as one that was sent."""
    submission = kept(submission_id)
    if submission is None or submission.state in OVER:
        return
    keep(replace(submission, state=CHECKING))
    try:
        _require_scratch(settings.VERIFY_ADDRESS_MAX_BYTES)  # it may be another machine's, or fuller by now
        with storage.scratch() as folder:
            path = folder / "fetched"
            with path.open("wb") as file:
                fetched_addresses.fetch(submission.address, into=file, most=settings.VERIFY_ADDRESS_MAX_BYTES)
            judge(replace(submission, size=path.stat().st_size), path)
            with suppress(Exception):  # the verdict stands
                look_up(submission_id, path)
    except NoRoom as full:
        keep(replace(submission, state=FAILED, problem=str(full.message)))
    except fetched_addresses.NotFetched as problem:
        keep(replace(submission, state=FAILED, problem=str(problem)))
    except Exception:
        keep(replace(submission, state=FAILED))
        raise


def of_file(file: "File[bytes]", *, filename: str, sidecar: "File[bytes] | None" = None) -> PublicCheck:
    return PublicCheck(
        id=secrets.token_urlsafe(24),
        filename=filename,
        size=file.size or 0,
        at=timezone.now(),
        sidecar=sidecar is not None,
    )


def receive(submission: PublicCheck, file: "File[bytes]", *, sidecar: "File[bytes] | None" = None) -> None:
    """Keep the file until a worker has read it."""
    _sweep()
    storage.keep(cast(BinaryIO, file), key=key_of(submission.id))
    if sidecar is not None:
        storage.keep(cast(BinaryIO, sidecar), key=_sidecar_key(submission.id))
    keep(submission)


def check(submission_id: str) -> None:
    """The worker's part: read, judge, keep the verdict, delete the file. Twice is harmless."""
    submission = kept(submission_id)
    if submission is None or submission.state in OVER:
        drop(submission_id)
        return
    keep(replace(submission, state=CHECKING))
    try:
        with storage.local_copy(key_of(submission_id)) as path, _sidecar_of(submission) as sidecar:
            judge(submission, path, sidecar=sidecar)  # nobody waits for what comes after it
            with suppress(Exception):  # the verdict stands
                look_up(submission_id, path)
    except Exception as problem:
        if _ask_again(submission, problem):
            return
        keep(replace(submission, state=FAILED))
        drop(submission_id)
        raise
    drop(submission_id)


def judge(submission: PublicCheck, path: Path, *, sidecar: Path | None = None) -> PublicCheck:
    """Keep the verdict on the file that was sent."""
    report = verify.check(path, sidecar=sidecar)
    sha256 = storage.sha256_of(path)
    kept_here = None
    if sidecar is None and not report.chain and report.state in (State.NONE, State.UNREADABLE):
        with suppress(DatabaseError):  # the verdict on the file itself stands
            kept_here = import_string(SIDECARS)(sha256)
    if kept_here is not None:
        with storage.scratch() as folder:
            beside = folder / "kept.c2pa"
            beside.write_bytes(kept_here)
            report = verify.check(path, sidecar=beside)
    said = report.to_json(raw=True)
    asked = bool(report.chain) and sidecar is None and kept_here is None
    done = replace(
        submission,
        state=DONE,
        sha256=sha256,
        report=said,
        kept_sidecar=kept_here is not None,
        second=second(path) if asked else None,
    )
    keep(done)
    return done


def second(path: Path) -> dict[str, Any] | None:
    """{validator, version, state, codes} of another validator, its state empty where it couldn't read it.

    None where none is installed, or the file is too large for it.
    """
    if path.stat().st_size > SECOND_READS:
        return None
    try:
        found = verify.second_opinion(path)
    except Exception:  # the verdict stands
        log.exception("A file that is verified couldn't be read by the second validator.")
        return None
    if found is None or "validator" not in found:
        return None
    report = found.get("report") or {}
    failures = (report.get("validation_results") or {}).get("failure") or []
    return {
        "validator": found["validator"],
        "version": found["version"],
        "state": str(report.get("validation_state") or ""),
        "codes": list(dict.fromkeys(str(each.get("code"))[:100] for each in failures))[:10],
    }


@contextmanager
def _sidecar_of(submission: PublicCheck) -> Iterator[Path | None]:
    if not submission.sidecar:
        yield None
        return
    with storage.local_copy(_sidecar_key(submission.id)) as path:
        yield path


def look_up(submission_id: str, path: Path) -> None:
    """Keep the hash of a video's pictures, and which releases it looks like, each under a key of its own: an
    older release doesn't know it.

    Not while others wait for a verdict: one worker reads all files, and a long video takes its time.
    """
    names = {Path(entry.key).name for entry in storage.entries(FOLDER)} - {submission_id}
    waiting = any(each is not None and each.state == WAITING for each in map(kept, names))
    found = Pictures(skipped=True) if waiting else Pictures(runner.known_by(path, limits=budgets.ASKED))
    if not waiting:
        _look(submission_id, path)
    cache.set(_pictures_key(submission_id), asdict(found), timeout=KEPT_SECONDS)


def look_up_as(submission_id: str, *, same: str) -> None:
    """Keep for it what `look_up` found of the check `same`, of a file with the same bytes."""
    for key in (_marked_key, _alike_key, _pictures_key):
        found = cache.get(key(same))
        if found is not None:
            cache.set(key(submission_id), found, timeout=KEPT_SECONDS)


def _look(submission_id: str, path: Path) -> None:
    """Keep which releases its watermarks lead to, or where none is found which it looks like.

    What is known for certain doesn't hang on either: one that fails is logged, and the other is tried.
    """
    for look, key in ((MARKED, _marked_key(submission_id)), (ALIKE, _alike_key(submission_id))):
        try:
            found = [each.to_json() for each in import_string(look)(path)[:MOST_ALIKE]]
            cache.set(key, found, timeout=KEPT_SECONDS)
        except Exception:
            log.exception("A file that is verified couldn't be compared with releases: %s", look)
            continue
        if found:
            return


def pictures_of(submission: PublicCheck, *, at: datetime) -> Pictures | None:
    """The hash of its pictures once its verdict is there; None while they are decoded. Raises ChecksAway."""
    with at_hand():
        facts = cache.get(_pictures_key(submission.id))
    if facts is not None:
        return Pictures(**facts)
    # A worker that died, or one of an older release, leaves none.
    return None if submission.state == DONE and at - submission.at < COMPARED_WITHIN else Pictures()


def alike(submission: PublicCheck) -> list[dict[str, Any]]:
    """The releases that it looks like (provenance.releases.likeness.Likeness), once `pictures_of` is known.

    Raises ChecksAway.
    """
    with at_hand():
        return cache.get(_alike_key(submission.id)) or []


def marked(submission: PublicCheck) -> list[dict[str, Any]]:
    """The releases that its watermarks lead to (provenance.releases.watermarked.Watermarked), as `alike`."""
    with at_hand():
        return cache.get(_marked_key(submission.id)) or []


def _ask_again(submission: PublicCheck, problem: Exception) -> bool:
    """Whether it is tried once more: a reader that was stopped from outside says nothing about the file."""
    if not isinstance(problem, sandbox.Interrupted) or submission.interruptions >= MOST_INTERRUPTIONS:
        return False
    interruptions = submission.interruptions + 1
    keep(replace(submission, state=WAITING, at=timezone.now(), interruptions=interruptions))
    return offer("verify.file", submission_id=submission.id)


def find(submission_id: str, *, at: datetime) -> PublicCheck | None:
    """How it stands; None when it is unknown or forgotten. Raises ChecksAway."""
    with at_hand():
        return _find(submission_id, at=at)


def _find(submission_id: str, *, at: datetime) -> PublicCheck | None:
    submission = kept(submission_id)
    if submission is None or submission.state in OVER:
        return submission
    patience = PATIENCE if submission.state == WAITING else LONGEST_CHECK
    if at - submission.at > patience:
        submission = replace(submission, state=LOST)
        keep(submission)
        drop(submission_id)
    return submission


@contextmanager
def at_hand() -> Iterator[None]:
    """Say in words that something we need is away."""
    try:
        yield
    except Exception as problem:
        if outages.describe(problem) is None:
            raise
        raise ChecksAway from problem


def key_of(submission_id: str) -> str:
    return f"{FOLDER}/{submission_id}"


def _sidecar_key(submission_id: str) -> str:
    return f"{FOLDER}/{submission_id}.c2pa"


def _cache_key(submission_id: str) -> str:
    return f"verify:{submission_id}"


def _pictures_key(submission_id: str) -> str:
    return f"verify-pictures:{submission_id}"


def _marked_key(submission_id: str) -> str:
    return f"verify-watermark:{submission_id}"


def _alike_key(submission_id: str) -> str:
    return f"verify-alike:{submission_id}"


def keep(submission: PublicCheck) -> None:
    facts = {**asdict(submission), "at": submission.at.isoformat()}
    cache.set(_cache_key(submission.id), facts, timeout=KEPT_SECONDS)


def kept(submission_id: str) -> PublicCheck | None:
    if len(submission_id) > LONGEST_ID:  # anybody may ask for anything, and no key of a cache is so long
        return None
    facts = cache.get(_cache_key(submission_id))
    if not facts:
        return None
    # A newer release may have put more there.
    known = {each.name: facts[each.name] for each in fields(PublicCheck) if each.name in facts}
    return PublicCheck(**{**known, "at": datetime.fromisoformat(facts["at"])})


def drop(submission_id: str) -> None:
    storage.delete(key_of(submission_id))
    storage.delete(_sidecar_key(submission_id))


def _sweep() -> None:
    """Delete what a worker that died has left."""
    oldest = timezone.now() - timedelta(seconds=KEPT_SECONDS)
    for entry in storage.entries(FOLDER):
        if entry.modified < oldest:
            storage.delete(entry.key)
