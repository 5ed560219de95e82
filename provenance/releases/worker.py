"""The worker's part: claim a release, make its file, keep it, and say so whatever happens."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from dam.catalog import stored_files
from dam.core import failures, outages, sandbox, storage
from dam.media.errors import FileRefused
from dam.media.runner import MediaFailed
from provenance.manifests import signing
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.signers import SignerExpired
from provenance.releases import release_file, releases, signable
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
    signing.CannotCarry,
    signing.NotAsSigned,
)
DISK_FULL = "There is no room left on the server. Tell your administrator."
AWAY = "The file storage could not be reached."
INTERRUPTED = "The program that signs was stopped."


def run(release_id: int, *, token: str = "") -> None:
    """Sign the release, if it waits for that. May run twice, and at once: one of them keeps its file."""
    release = releases.claim(release_id, token=token or uuid4().hex, at=timezone.now())
    if release is None:
        return
    try:
        with _heartbeat(release):
            _sign(release)
    except releases.ClaimLost as lost:
        log.info("%s", lost)
    except sandbox.Interrupted as problem:
        _put_back(release, reason=INTERRUPTED, problem=problem)
    except CANNOT_SIGN as problem:
        if outages.describe(problem) == outages.DISK_FULL:
            return _put_back(release, reason=DISK_FULL, problem=problem)
        reason = failures.sentence(problem, of=f"Release {release.pk}", worded=CANNOT_SIGN)
        if isinstance(problem, signable.NOT_SET_UP):
            log.error("Release %s could not be signed: %s", release.pk, problem)
            reason = signable.NO_CERTIFICATE
        _unless_lost(lambda: releases.fail(release, reason=reason, at=timezone.now()))
    except (OperationalError, InterfaceError):
        raise  # nothing can be written; the claim runs out, and recovery sends it again
    except OSError as problem:
        full = outages.describe(problem) == outages.DISK_FULL
        _put_back(release, reason=DISK_FULL if full else AWAY, problem=problem)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: releases.give_back(release, reason="", at=timezone.now(), counts=False))
        raise
    except Exception as problem:
        unforeseen = failures.sentence(problem, of=f"Release {release.pk}")
        _unless_lost(lambda: releases.fail(release, reason=unforeseen, at=timezone.now()))
        raise


def _sign(release: Release) -> None:
    with release_file.make(release, at=timezone.now()) as signed:
        stored = storage.put(signed.path, brand_id=release.brand_id, suffix=signed.path.suffix)
    try:
        releases.keep(
            release, stored, content_type=signed.content_type, report=signed.report, at=timezone.now()
        )
    except BaseException:
        # Where the database is gone too, the sweep of stored files finds it.
        with suppress(DatabaseError), transaction.atomic():
            stored_files.drop(stored, brand_id=release.brand_id)
        raise


def _put_back(release: Release, *, reason: str, problem: Exception) -> None:
    """What was away may be back the next time: the release waits for that, some times."""
    log.warning("Release %s could not be signed now: %s", release.pk, problem)
    _unless_lost(lambda: releases.give_back(release, reason=reason, at=timezone.now(), counts=True))


def _unless_lost(end: Callable[[], None]) -> None:
    """End the claim, unless it is no longer ours: then its end is not ours to write."""
    try:
        end()
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
