"""The worker's part: open an attachment in the sandbox, make what is shown of it, and say so."""

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from celery.exceptions import Reject
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image

from dam.catalog import stored_files
from dam.core import database, failures, log_context, storage
from dam.ingest import holding, outages
from dam.media import runner, specs
from dam.media.errors import FileRefused, MediaFailed
from dam.media.probe import Kind, MediaInfo
from provenance.attachments import files
from provenance.attachments.files import Shown
from provenance.attachments.models import Attachment, AttachmentKind

log = logging.getLogger(__name__)

MOST_SIDE = 1600  # pixels of a preview
QUALITY = 85
KINDS = {
    Kind.STILL: AttachmentKind.PICTURE,
    Kind.VIDEO: AttachmentKind.VIDEO,
    Kind.SOUND: AttachmentKind.SOUND,
}
CANNOT = (MediaFailed, FileRefused)


def run(attachment_id: str) -> None:
    """Make the preview of an attachment that waits. May run twice, and at once. Raises Reject."""
    try:
        row = database.again(lambda: files.claim(attachment_id, token=uuid4().hex, at=timezone.now()))
        if row is not None:
            log_context.add(brand=row.brand_id, user=row.user_id)
            _run_claimed(row)
    except database.AWAY as problem:
        raise Reject(problem, requeue=True) from problem


def _run_claimed(row: Attachment) -> None:
    database.release()
    try:
        with holding.held(lambda: files.own(row)):
            _make(row)
    except files.Lost:
        log.info("Attachment %s was discarded, or went to another worker.", row.pk)
    except (SystemExit, KeyboardInterrupt):  # the worker is told to stop
        _unless_lost(lambda: files.put_back(row, at=timezone.now()))
        raise
    except Exception as problem:  # noqa: BLE001, as what nobody foresaw is raised on from there
        _take_problem(row, problem)


def _make(row: Attachment) -> None:
    with storage.scratch() as folder, storage.local_copy(row.storage_key) as path:
        info = runner.probe(path)
        out, content_type, size = _shown(path, folder, info)
        stored = storage.put(out, brand_id=row.brand_id, suffix=out.suffix)
        width, height = size or (None, None)
        shown = Shown(stored, content_type, width, height)
        length = info.duration_ms if info.kind is not Kind.STILL else None
        try:
            database.again(lambda: files.keep_preview(row, shown, kind=KINDS[info.kind], duration_ms=length))
        except BaseException:
            # Where the database is gone too, the sweep of stored files finds it.
            with suppress(DatabaseError), transaction.atomic():
                stored_files.drop(stored, brand_id=row.brand_id)
            raise


def _shown(path: Path, folder: Path, info: MediaInfo) -> tuple[Path, str, tuple[int, int] | None]:
    """What is made of it, its content type and, of a picture, width and height in pixels."""
    if info.kind is Kind.SOUND:
        out = folder / f"preview{specs.LISTEN.suffix}"
        runner.convert_sound(path, out, info=info, spec=specs.LISTEN)
        return out, specs.LISTEN.content_type, None
    index = 0 if info.kind is Kind.STILL else info.frame_count // 4
    picture = Image.fromarray(runner.frame(path, info=info, index=index, max_side=MOST_SIDE).rgb)
    out = folder / "preview.jpg"
    picture.save(out, "JPEG", quality=QUALITY)
    return out, "image/jpeg", picture.size


def _take_problem(row: Attachment, problem: Exception) -> None:
    away = outages.describe(problem)
    if away is not None:
        log.warning("Attachment %s could not be opened now: %s (%r)", row.pk, away, problem)
        _unless_lost(lambda: files.put_back(row, reason=away, at=timezone.now()))
        return
    reason = failures.sentence(problem, of=f"attachment {row.pk}", worded=CANNOT)
    _unless_lost(lambda: files.fail(row, reason=reason))
    if not isinstance(problem, CANNOT):
        raise problem


def _unless_lost(end: Callable[[], None]) -> None:
    try:
        database.again(end)
    except files.Lost:
        log.info("The attachment was discarded, or went to another worker.")
