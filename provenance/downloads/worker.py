"""The worker's part: claim the file whose turn it is, make it, keep it, and say so whatever happens."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, transaction
from django.utils import timezone

from dam.catalog import stored_files
from dam.core import database, failures, log_context, storage
from dam.ingest import holding, outages
from dam.media.errors import FileRefused, MediaFailed
from provenance.downloads import making, preset_files
from provenance.downloads.models import FileState, PresetFile
from provenance.manifests import signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signers import SignerExpired
from provenance.releases import signable

log = logging.getLogger(__name__)

TELL_SECONDS = 2.0  # between two signs of progress; a cancelled file is noticed by then

# Making it again would end the same way, until a person has mended something.
CANNOT = (
    *signable.NOT_SET_UP,
    MediaFailed,
    FileRefused,
    SignerExpired,
    SigningFailed,
    making.ReleaseAltered,
    making.ReleaseGone,
    preset_files.DownloadRefused,
    signing.CannotCarry,
    signing.NotAsSigned,
)


def run(file_id: str, *, token: str = "") -> None:
    """Make a file that waits. May run twice, and at once: one of them keeps it. Raises Reject."""
    token = token or uuid4().hex
    try:
        file = database.again(lambda: preset_files.claim(file_id, token=token, at=timezone.now()))
        if file is not None:
            log_context.add(brand=file.brand_id, user=file.user_id)
            _run_claimed(file)
    except database.AWAY as problem:
        log.warning("The database is away; download %s goes back to its queue.", file_id)
        raise Reject(problem, requeue=True) from problem


def _run_claimed(file: PresetFile) -> None:
    mine = PresetFile.objects.filter(pk=file.pk, state=FileState.RUNNING, claim=file.claim)
    database.release()
    try:
        with holding.held(lambda: mine.all()):
            _make(file)
    except preset_files.Lost:
        log.info("%s was cancelled, or went to another worker.", file)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: preset_files.put_back(file, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(file, problem)


def _make(file: PresetFile) -> None:
    with making.make(file, told=_teller(file), at=timezone.now()) as signed:
        stored = storage.put(signed.path, brand_id=file.brand_id, suffix=signed.path.suffix)
    try:
        database.again(
            lambda: preset_files.keep(
                file,
                stored,
                movie=signed.movie,
                content_type=signed.content_type,
                at=timezone.now(),
                pictures_sha256=signed.pictures_sha256,
                watermark=signed.watermark,
                sidecar=signed.sidecar,
            )
        )
    except BaseException:
        # Where the database is gone too, the sweep of stored files finds it.
        with suppress(DatabaseError), transaction.atomic():
            stored_files.drop(stored, brand_id=file.brand_id)
        raise


def _teller(file: PresetFile) -> Callable[[float], None]:
    last = [0.0]

    def tell(done: float) -> None:
        now = time.monotonic()
        if now - last[0] >= TELL_SECONDS:
            last[0] = now
            database.again(lambda: preset_files.progress(file, min(99, int(done * 100))))

    return tell


def _take_problem(file: PresetFile, problem: Exception) -> None:
    at = timezone.now()
    away = outages.describe(problem, key=file.release.storage_key)
    if away is not None:
        log.warning("%s could not be made now: %s (%r)", file, away, problem)
        _unless_lost(lambda: preset_files.put_back(file, reason=away, at=at))
        return
    reason = failures.sentence(problem, of=f"Download {file.pk}", worded=CANNOT)
    if isinstance(problem, signable.NOT_SET_UP):
        log.error("%s could not be signed: %s", file, problem)
        reason = str(signable.NO_CERTIFICATE)
    said = problem.log if isinstance(problem, MediaFailed) else ""
    _unless_lost(lambda: preset_files.fail(file, reason=reason, log=said, at=at))
    if not isinstance(problem, CANNOT):
        raise problem


def _unless_lost(end: Callable[[], None]) -> None:
    """End the claim, unless it is no longer ours: then its end is not ours to write."""
    try:
        database.again(end)
    except preset_files.Lost:
        log.info("The download was cancelled, or went to another worker.")
