"""Leaving no orphan: what crashes and broken connections left behind is found and put right.

Safe at any time, as often as one likes: nothing younger than a day is deleted, and each deletion checks
under the same lock as registration that no row needs the file.
"""

import logging
import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import Rendition, Version
from dam.core import locks, storage
from dam.core.tasks import enqueue
from dam.ingest import steps, uploads
from dam.ingest.models import Upload, UploadState

log = logging.getLogger(__name__)

ABANDONED = timedelta(days=1)
UNDECIDED = timedelta(minutes=15)
FORGOTTEN = timedelta(days=30)


@dataclass(frozen=True)
class Swept:
    """How many of each were put right."""

    uploads: int
    undecided: int
    scratch: int
    stored: int
    steps: int


def run() -> Swept:
    swept = Swept(
        uploads=_abandoned_uploads(),
        undecided=_undecided_uploads(),
        scratch=_scratch_leftovers(),
        stored=_stored_orphans(),
        steps=steps.resume_lost(),
    )
    Upload.objects.exclude(state__in=[UploadState.RECEIVING, UploadState.RECEIVED]).filter(
        updated_at__lt=timezone.now() - FORGOTTEN
    ).delete()
    log.info("Swept: %s", swept)
    return swept


def _abandoned_uploads() -> int:
    count = 0
    for upload in Upload.objects.filter(
        state=UploadState.RECEIVING, updated_at__lt=timezone.now() - ABANDONED
    ).iterator():
        try:
            uploads.cancel(upload)
        except uploads.Closed:
            continue
        count += 1
    return count


def _undecided_uploads() -> int:
    """Complete uploads whose task was lost: ask again."""
    waiting = Upload.objects.filter(
        state=UploadState.RECEIVED, updated_at__lt=timezone.now() - UNDECIDED
    ).values_list("pk", flat=True)
    for pk in waiting:
        enqueue("media.take_upload", upload_id=str(pk))
    return len(waiting)


def _scratch_leftovers() -> int:
    """Received bytes without a row that wants them, and working folders of dead workers."""
    live = {
        uploads.path_of(upload).name
        for upload in Upload.objects.filter(state__in=[UploadState.RECEIVING, UploadState.RECEIVED])
    }
    count = 0
    for path in _children(uploads.folder()):
        if path.name not in live and _is_old(path):
            path.unlink(missing_ok=True)
            count += 1
    for path in _children(Path(settings.SCRATCH_DIR)):
        if path != uploads.folder() and path.is_dir() and _is_old(path):
            shutil.rmtree(path, ignore_errors=True)
            count += 1
    return count


def _children(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.exists() else []


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > ABANDONED.total_seconds()
    except FileNotFoundError:
        return False


def _stored_orphans() -> int:
    """Stored files that no version and no rendition names: a worker died between file and row."""
    count = 0
    oldest = timezone.now() - ABANDONED
    for brand in Brand.objects.all():
        for entry in storage.entries(str(brand.pk)):
            if entry.modified < oldest and not _is_named(entry.key) and _delete_orphan(brand, entry.key):
                count += 1
    return count


def _is_named(key: str) -> bool:
    return (
        Version.objects.filter(storage_key=key).exists() or Rendition.objects.filter(storage_key=key).exists()
    )


def _delete_orphan(brand: Brand, key: str) -> bool:
    sha256 = Path(key).name.partition(".")[0]
    with transaction.atomic():
        locks.hold(storage.key_for(brand_id=brand.pk, sha256=sha256, suffix=""))
        if _is_named(key):
            return False
        storage.delete(key)
    return True
