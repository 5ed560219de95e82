"""The worker's part: claim a pack, make it, keep it, and say so whatever happens."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from dam.catalog import stored_files
from dam.core import database, failures, log_context, storage
from dam.ingest import holding, outages
from dam.media.errors import FileRefused
from provenance.evidence_packs import assembly, packs
from provenance.evidence_packs.models import EvidencePack

log = logging.getLogger(__name__)

TELL_SECONDS = 2.0
CANNOT = (FileRefused, assembly.PackRefused)


def run(pack_id: str) -> None:
    """Make a pack that waits. May run twice, and at once: one of them keeps it. Raises Reject."""
    try:
        pack = database.again(lambda: packs.claim(pack_id, token=uuid4().hex, at=timezone.now()))
        if pack is not None:
            log_context.add(brand=pack.brand_id, user=pack.user_id)
            with translation.override(pack.language):
                _run_claimed(pack)
    except database.AWAY as problem:
        raise Reject(problem, requeue=True) from problem


def _run_claimed(pack: EvidencePack) -> None:
    database.release()
    try:
        with holding.held(lambda: packs.own(pack)):
            _make(pack)
    except packs.Lost:
        log.info("Evidence pack %s was removed, or went to another worker.", pack.pk)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: packs.put_back(pack, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(pack, problem)


def _make(pack: EvidencePack) -> None:
    tell = _teller(pack)
    with storage.scratch() as folder:
        out = folder / "evidence.zip"
        written = assembly.write(
            out,
            pack.release,
            with_file=pack.with_file,
            language=pack.language,
            at=timezone.now(),
            told=tell,
        )
        stored = storage.put(out, brand_id=pack.brand_id, suffix=out.suffix)
        try:
            database.again(lambda: packs.keep(pack, stored, written, at=timezone.now()))
        except BaseException:
            # Where the database is gone too, the sweep of stored files finds it.
            with suppress(DatabaseError), transaction.atomic():
                stored_files.drop(stored, brand_id=pack.brand_id)
            raise


def _teller(pack: EvidencePack) -> Callable[[float], None]:
    last = [0.0]

    def tell(done: float) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_SECONDS:
            last[0] = now
            database.again(lambda: packs.progress(pack, min(99, int(done * 100))))

    return tell


def _take_problem(pack: EvidencePack, problem: Exception) -> None:
    at = timezone.now()
    away = outages.describe(problem)
    if away is not None:
        log.warning("Evidence pack %s could not be made now: %s (%r)", pack.pk, away, problem)
        _unless_lost(lambda: packs.put_back(pack, reason=away, at=at))
        return
    reason = failures.sentence(problem, of=f"evidence pack {pack.pk}", worded=CANNOT)
    _unless_lost(lambda: packs.fail(pack, reason=reason, at=at))
    if not isinstance(problem, CANNOT):
        raise problem


def _unless_lost(end: Callable[[], None]) -> None:
    try:
        database.again(end)
    except packs.Lost:
        log.info("The evidence pack was removed, or went to another worker.")
