"""Leaving no orphan: what crashes and broken connections left behind is found and put right.

Safe at any time, as often as one likes: no file younger than a day is deleted, and each deletion checks
under the same lock as registration that no row needs the file.
"""

import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog import stored_files, tags
from dam.core import storage
from dam.core.storage import Stored, StoredFile
from dam.ingest import direct, retention, uploads
from dam.ingest.models import UNDER_WAY, Upload, UploadState
from dam.media import films

log = logging.getLogger(__name__)

ABANDONED = timedelta(days=1)
FORGOTTEN = timedelta(days=30)
NEEDED = (*UNDER_WAY, UploadState.RECEIVED)
BATCH = 500  # uploads read, and stored files asked about, at once
PATIENCE_SECONDS = 60.0  # of one sweep, with a store that doesn't answer for uploads


@dataclass(frozen=True)
class CleanedUp:
    """How many of each were put right."""

    uploads: int
    staged: int
    scratch: int
    stored: int


def run(*, at: datetime | None = None) -> CleanedUp:
    at = at or timezone.now()
    removed = CleanedUp(
        uploads=_abandoned_uploads(at),
        staged=_staged_leftovers(at),
        scratch=_scratch_leftovers(at),
        stored=_stored_orphans(at),
    )
    tags.delete_unused()
    Upload.objects.exclude(state__in=NEEDED).filter(updated_at__lt=at - FORGOTTEN).delete()
    log.info("Cleaned up: %s", removed)
    return removed


def _abandoned_uploads(at: datetime) -> int:
    count = 0
    ends = time.monotonic() + PATIENCE_SECONDS
    for upload in _read_in_slices(retention.abandoned_uploads(at=at).order_by("updated_at")):
        try:
            count += not direct.has_more(upload) and uploads.give_up(upload)
        except OSError as problem:
            log.warning("Upload %s stays until the next time: %s", upload.pk, problem)
            if time.monotonic() > ends:
                break
    return count


def _read_in_slices(found: QuerySet[Upload]) -> Iterator[Upload]:
    """Not by a cursor: it ends with the connection, which isn't kept while somebody looks into the store."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        yield from found.filter(pk__in=keys[start : start + BATCH])


def _staged_leftovers(at: datetime) -> int:
    """Received bytes without a row that wants them."""
    old: dict[str, set[str]] = defaultdict(set)
    for entry in _aged(storage.entries(uploads.FOLDER), at):
        old[uploads.staged_as(entry.key)].add(entry.key)
    live = Upload.objects.filter(state__in=NEEDED) if old else []
    for upload in live:
        for key in uploads.keys_of(upload):
            old.pop(key, None)
    for key, found in old.items():
        storage.discard(key)
        for unfinished in found - {key}:  # a copy whose process died
            storage.delete(unfinished)
    return len(old)


def _scratch_leftovers(at: datetime) -> int:
    """What processes of this machine that died were working with."""
    scratch = Path(settings.SCRATCH_DIR)
    count = films.forget()
    for path in list(scratch.iterdir()) if scratch.exists() else []:
        if not _is_old(path, at):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count


def _is_old(path: Path, at: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < at - ABANDONED
    except FileNotFoundError:
        return False


def _stored_orphans(at: datetime) -> int:
    """Stored files that no row names: a worker died between file and row."""
    count = 0
    for brand in Brand.objects.all():
        old = iter(_aged(storage.entries(str(brand.pk)), at))
        while batch := list(islice(old, BATCH)):
            sizes = {entry.key: entry.size for entry in batch}
            for key in stored_files.unnamed(list(sizes)):
                orphan = Stored(key=key, sha256=Path(key).name.partition(".")[0], size=sizes[key])
                with transaction.atomic():
                    count += stored_files.drop(orphan, brand_id=brand.pk)
    return count


def _aged(entries: Iterable[StoredFile], at: datetime) -> Iterator[StoredFile]:
    return (entry for entry in entries if entry.modified < at - ABANDONED)
