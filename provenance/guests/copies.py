"""Making what a guest watches: claimed, made of the proxy, kept, and cleared once the link has ended.

Rows move by conditional update, and what must happen after a commit follows from them:
provenance.guests.tending sends it again.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.catalog import stored_files
from dam.catalog.models import AssetKind, Rendition, Version
from dam.core import database, failures, locks, log_context, storage, tasks
from dam.core.language import noop
from dam.core.storage import Stored
from dam.ingest import backoff, disk_space, holding, outages
from dam.media import marking
from dam.media.errors import FileRefused, MediaFailed
from provenance.guests import links, rules
from provenance.guests.links import GuestRefused
from provenance.guests.models import CopyState, MarkedCopy
from provenance.guests.rules import Standing
from provenance.manifests import claims, signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signers import SignerExpired
from provenance.releases import signable

log = logging.getLogger(__name__)

TASK = "transcode.mark_guest_copy"
MOST_ATTEMPTS = 3  # of workers that died over it
LIMIT = timedelta(hours=6)
TELL_SECONDS = 2.0
WORN_OUT = noop("The worker stopped several times while preparing the copy.")
NOT_SIGNED = noop("Copies can't be signed right now: the certificate isn't set up.")
MISSING = noop("The prepared copy is no longer in storage.")
CANNOT = (
    MediaFailed,
    FileRefused,
    GuestRefused,
    SignerExpired,
    SigningFailed,
    signing.CannotCarry,
    signing.NotAsSigned,
    *signable.NOT_SET_UP,
)


class Lost(Exception):
    """The copy is no longer this worker's. Nothing was written."""


class Paused(Exception):
    """The link opens nothing for now. Its copy waits until it does (provenance.guests.tending)."""


def run(copy_id: int) -> None:
    """Make the copy, if it waits or its worker is gone. May run twice, and at once: one keeps it."""
    try:
        copy = database.again(lambda: _claim(copy_id, token=uuid4().hex, at=timezone.now()))
        if copy is not None:
            log_context.add(brand=copy.link.brand_id, user=None)
            _run_claimed(copy)
    except database.AWAY as problem:
        raise Reject(problem, requeue=True) from problem


def lost(at: datetime) -> Q:
    """Those whose worker gives no sign of life, or has been at it for too long."""
    return Q(state=CopyState.RUNNING) & (holding.free(at) | Q(started_at__lt=at - LIMIT))


def again(copy: MarkedCopy, *, at: datetime) -> bool:
    """Try one that failed once more."""
    with transaction.atomic():
        rows = MarkedCopy.objects.filter(pk=copy.pk, state=CopyState.FAILED)
        done = rows.update(
            state=CopyState.WAITING, reason="", attempts=0, interruptions=0, progress=0, due_at=at
        )
        if done:
            tasks.enqueue(TASK, copy_id=copy.pk)
            links.tell(copy.link)
    return bool(done)


def clear(copy: MarkedCopy) -> None:
    """Let its file go: nobody watches it any more."""
    with transaction.atomic():
        rows = MarkedCopy.objects.filter(pk=copy.pk).exclude(state=CopyState.CLEARED)
        # As it is now: a worker may have kept its file since the caller read the row.
        row = rows.select_for_update().first()
        if row is None:
            return
        rows.update(state=CopyState.CLEARED, storage_key="", claim="", held_until=None)
        if row.storage_key:
            stored = Stored(key=row.storage_key, sha256=row.sha256, size=row.size or 0)
            stored_files.drop(stored, brand_id=copy.link.brand_id)


def missed(copy: MarkedCopy) -> None:
    """Its file isn't in storage: say so, so that it is made again once somebody asks (`again`)."""
    with transaction.atomic():
        rows = MarkedCopy.objects.filter(pk=copy.pk, state=CopyState.READY, storage_key=copy.storage_key)
        if rows.update(state=CopyState.FAILED, storage_key="", size=None, reason=MISSING):
            log.error("The file of marked copy %s is missing: %s", copy.pk, copy.storage_key)
            links.tell(copy.link)


def _claim(copy_id: int, *, token: str, at: datetime) -> MarkedCopy | None:
    rows = MarkedCopy.objects.filter(Q(state=CopyState.WAITING) | lost(at), pk=copy_id)
    claimed = rows.filter(attempts__lt=MOST_ATTEMPTS).update(
        state=CopyState.RUNNING,
        claim=token,
        attempts=F("attempts") + 1,
        progress=0,
        reason="",
        started_at=at,
        finished_at=None,
        held_until=holding.until(at),
    )
    if not claimed:
        return None
    made: MarkedCopy = MarkedCopy.objects.select_related(
        "link__brand",
        "link__version__asset",
        "link__version__brand",
        "link__version__inherited",
        "link__review",
        "link__created_by",
    ).get(pk=copy_id)
    links.tell(made.link)
    return made


def _own(copy: MarkedCopy) -> QuerySet[MarkedCopy]:
    return MarkedCopy.objects.filter(pk=copy.pk, state=CopyState.RUNNING, claim=copy.claim)


def _run_claimed(copy: MarkedCopy) -> None:
    database.release()
    try:
        with holding.held(lambda: _own(copy)):
            _make(copy)
    except Lost:
        log.info("Marked copy %s went to another worker, or its link has ended.", copy.pk)
    except Paused:
        _unless_lost(copy, lambda: _wait(copy, at=timezone.now()))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(copy, lambda: _put_back(copy, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(copy, problem)


def _make(copy: MarkedCopy) -> None:
    link = copy.link
    standing = rules.standing(link.facts, at=timezone.now())
    if standing in rules.ENDED:
        raise GuestRefused(_("The link has ended, so nothing was prepared for it."))
    if standing is not Standing.OPEN:
        raise Paused
    shown = Rendition.objects.get(version=link.version_id, kind=links.SHOWN[AssetKind(link.version.kind)])
    disk_space.require_work(shown.size or 0)
    with storage.local_copy(shown.storage_key) as source, storage.scratch() as folder:
        out, made = _marked(copy, source, folder)
        if link.may_download:
            out = _signed(copy, out, made)
        # Before the transaction: sending it may take long, and nobody waits for it on a lock.
        stored = storage.put(out, brand_id=link.brand_id, suffix=out.suffix)
        try:
            database.again(lambda: _keep(copy, out, stored, made=made, at=timezone.now()))
        except BaseException:
            # Where the database is gone too, the sweep of stored files finds it.
            with suppress(DatabaseError), transaction.atomic():
                stored_files.drop(stored, brand_id=link.brand_id)
            raise


def _marked(copy: MarkedCopy, source: Path, folder: Path) -> tuple[Path, marking.Marked]:
    """Pictures with their name and address all over; a sound, on which nothing can be seen, with a tag."""
    link, told = copy.link, _teller(copy)
    match AssetKind(link.version.kind):
        case AssetKind.VIDEO:
            out = folder / "marked.mp4"
            return out, marking.make(source, out, lines=[link.name, link.email], told=told)
        case AssetKind.STILL:
            out = folder / "marked.jpg"
            return out, marking.picture(source, out, lines=[link.name, link.email], told=told)
        case AssetKind.SOUND:
            out = folder / "marked.m4a"
            return out, marking.sound(source, out, name=link.name, told=told)


def _changes(version: Version, made: marking.Marked) -> list[str]:
    """What was done to the master, as C2PA calls it."""
    if version.kind == AssetKind.SOUND:
        return ["c2pa.transcoded", claims.DESCRIBED]
    resized = made.width != version.media_info.get("width")
    encoded = "c2pa.converted" if version.kind == AssetKind.STILL else "c2pa.transcoded"
    return [*(["c2pa.resized.proportional"] if resized else ()), "c2pa.addedText", encoded]


def _signed(copy: MarkedCopy, marked: Path, made: marking.Marked) -> Path:
    """What may leave is signed, as everything that does; what is only watched is not, like other previews."""
    version, out = copy.link.version, marked.with_name(f"signed{marked.suffix}")
    disk_space.require_work(version.size)
    with storage.local_copy(version.storage_key) as master:
        signing.sign_review_copy(
            marked,
            master=master,
            out=out,
            title=version.asset.title,
            changes=_changes(version, made),
            at=timezone.now(),
        )
    return out


def _keep(copy: MarkedCopy, out: Path, stored: Stored, *, made: marking.Marked, at: datetime) -> None:
    """Raises Lost."""
    with transaction.atomic():
        # Whoever lost the copy and made the same bytes drops them under this lock, or has done so: then
        # they are stored once more. `clear` takes it after its row, but the row of a running copy has no key.
        locks.hold(storage.key_for(brand_id=copy.link.brand_id, sha256=stored.sha256, suffix=""))
        storage.put(out, brand_id=copy.link.brand_id, suffix=out.suffix, sha256=stored.sha256)
        _end(
            copy,
            state=CopyState.READY,
            progress=100,
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            content_type=made.content_type,
            width=made.width,
            height=made.height,
            finished_at=at,
        )


def _end(copy: MarkedCopy, **fields: Any) -> None:
    """Write how it ended, and give it out of hand. Raises Lost."""
    if not _own(copy).update(claim="", held_until=None, **fields):
        raise Lost
    links.tell(copy.link)


def _wait(copy: MarkedCopy, *, at: datetime) -> None:
    """Leave it until its link opens something again: tending sends it then. It is no failure."""
    _end(
        copy,
        state=CopyState.WAITING,
        attempts=F("attempts") - 1,
        progress=0,
        due_at=backoff.next_send(at, sends=0),
    )


def _put_back(copy: MarkedCopy, *, reason: str = "", at: datetime) -> None:
    """Leave it to another worker: at once, or, when something was away, after a while and not for ever."""
    fields: dict[str, Any] = {"state": CopyState.WAITING, "attempts": F("attempts") - 1, "progress": 0}
    if not reason:
        fields["due_at"] = at
    elif copy.interruptions + 1 >= backoff.MOST_INTERRUPTIONS:
        _end(copy, state=CopyState.FAILED, reason=reason[:300], finished_at=at)
        return
    else:
        fields["due_at"] = backoff.next_retry(at, interruptions=copy.interruptions)
        fields["interruptions"] = F("interruptions") + 1
    _end(copy, reason=reason[:300], **fields)


def _teller(copy: MarkedCopy) -> Callable[[float], None]:
    last = [0.0]

    def tell(done: float) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_SECONDS:
            last[0] = now
            if not database.again(lambda: _own(copy).update(progress=min(99, int(done * 100)))):
                raise Lost

    return tell


def _take_problem(copy: MarkedCopy, problem: Exception) -> None:
    at = timezone.now()
    away = outages.describe(problem, key="")
    if away is not None:
        log.warning("Marked copy %s could not be made now: %s (%r)", copy.pk, away, problem)
        _unless_lost(copy, lambda: _put_back(copy, reason=away, at=at))
        return
    reason = failures.sentence(problem, of=f"Marked copy {copy.pk}", worded=CANNOT)
    if isinstance(problem, signable.NOT_SET_UP):  # their words name folders of the server
        log.error("Marked copy %s could not be signed: %s", copy.pk, problem)
        reason = str(NOT_SIGNED)
    _unless_lost(copy, lambda: _end(copy, state=CopyState.FAILED, reason=reason[:300], finished_at=at))
    if not isinstance(problem, CANNOT):
        raise problem


def _unless_lost(copy: MarkedCopy, end: Callable[[], None]) -> None:
    try:
        database.again(end)
    except Lost:
        log.info("Marked copy %s went to another worker.", copy.pk)
