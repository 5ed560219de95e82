"""The worker's part: claim a release, make its file, keep it, and say so whatever happens."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from dam.catalog import stored_files
from dam.core import database, failures, storage
from dam.ingest import outages
from dam.media.errors import FileRefused, MediaFailed
from provenance.manifests import signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signers import SignerExpired
from provenance.releases import release_file, releases, sending, signable
from provenance.releases.models import Release

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = releases.CLAIM.total_seconds() / 4

# Signing it again would end the same way, until a person has mended something.
CANNOT_SIGN = (
    *signable.NOT_SET_UP,
    MediaFailed,
    FileRefused,
    SignerExpired,
    SigningFailed,
    release_file.MasterChanged,
    release_file.StillThere,
    signing.CannotCarry,
    signing.NotAsSigned,
)


def run(release_id: int, *, token: str = "", may_convert: bool = True) -> None:
    """Sign the release, if it waits for that. May run twice, and at once: one of them keeps its file.

    One that must be converted first goes to the workers for that, unless this one `may_convert`. Raises
    Reject, for the broker to deliver the task again, when the database stays away.
    """
    token = token or uuid4().hex
    try:
        release = database.again(lambda: releases.claim(release_id, token=token, at=timezone.now()))
        if release is not None:
            _run_claimed(release, may_convert=may_convert)
    except database.AWAY as problem:
        log.warning("The database is away; release %s goes back to its queue.", release_id)
        raise Reject(problem, requeue=True) from problem


def _run_claimed(release: Release, *, may_convert: bool) -> None:
    try:
        with _heartbeat(release):
            _sign(release, may_convert=may_convert)
    except releases.ClaimLost as lost:
        log.info("%s", lost)
    except release_file.ToBeConverted:
        task = sending.CONVERTING_TASK
        _unless_lost(lambda: releases.give_back(release, at=timezone.now(), task=task))
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: releases.give_back(release, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(release, problem)


def _take_problem(release: Release, problem: Exception) -> None:
    away = outages.describe(problem, key=release.version.storage_key)
    if away is not None:
        # What was away may be back the next time: the release waits for that, some times.
        log.warning("Release %s could not be signed now: %s (%r)", release.pk, away, problem)
        _unless_lost(lambda: releases.put_back(release, reason=away, at=timezone.now()))
        return
    reason = failures.sentence(problem, of=f"Release {release.pk}", worded=CANNOT_SIGN)
    if isinstance(problem, signable.NOT_SET_UP):
        log.error("Release %s could not be signed: %s", release.pk, problem)
        reason = signable.NO_CERTIFICATE
    _unless_lost(lambda: releases.fail(release, reason=reason, at=timezone.now()))
    if not isinstance(problem, CANNOT_SIGN):
        raise problem


def _sign(release: Release, *, may_convert: bool) -> None:
    made = release_file.make(release, at=timezone.now(), may_convert=may_convert)
    with made as signed:
        stored = storage.put(signed.path, brand_id=release.brand_id, suffix=signed.path.suffix)
    try:
        database.again(
            lambda: releases.keep(
                release,
                stored,
                content_type=signed.content_type,
                report=signed.report,
                at=timezone.now(),
                pictures_sha256=signed.pictures_sha256,
                watermark=signed.watermark,
            )
        )
    except BaseException:
        # Where the database is gone too, the sweep of stored files finds it.
        with suppress(DatabaseError), transaction.atomic():
            stored_files.drop(stored, brand_id=release.brand_id)
        raise


def _unless_lost(end: Callable[[], None]) -> None:
    """End the claim, unless it is no longer ours: then its end is not ours to write."""
    try:
        database.again(end)
    except releases.ClaimLost as lost:
        log.info("%s", lost)


@contextmanager
def _heartbeat(release: Release) -> Iterator[None]:
    """Give signs of life from a thread: a film of hours may have to be converted first."""
    done = Event()

    def beat() -> None:
        alive = True
        while alive and not done.wait(HEARTBEAT_SECONDS):
            try:
                alive = releases.beat(release, at=timezone.now())
            except DatabaseError:
                log.warning("A sign of life of release %s was lost.", release.pk, exc_info=True)
            finally:
                connection.close()

    thread = Thread(target=beat, name=f"heartbeat-release-{release.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
