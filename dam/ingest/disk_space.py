"""Room on the disk: asked for before a file grows, so that a full disk is a message and not a crash."""

import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import F, Sum
from django.db.models.functions import Least
from django.utils import timezone

from dam.core import storage
from dam.ingest.models import Upload, UploadState
from dam.media.errors import FileRefused

PAUSED = timedelta(minutes=10)


def require(size: int) -> None:
    """Raise FileRefused("disk_full") unless storage has room for `size` more bytes and its reserve."""
    _require(size, storage.free())


def require_copy(size: int) -> None:
    """The same for a copy in the scratch folder of this machine."""
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    _require(size, shutil.disk_usage(settings.SCRATCH_DIR).free)


def require_work(size: int) -> None:
    """The same for work that makes about `size` bytes in the scratch folder and then stores them."""
    require(size)
    require_copy(2 * size if _is_one_disk() else size)


def require_local(size: int) -> None:
    """The same for reading a stored file here: it is copied where storage is no disk."""
    if storage.free() is None:
        require_copy(size)


def _require(size: int, free: int | None) -> None:
    if free is not None and free < size + settings.DISK_RESERVE_BYTES:
        raise FileRefused("disk_full")


def _is_one_disk() -> bool:
    """Whether storage and the scratch folder fill the same disk."""
    free = storage.free()
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    return free is not None and Path(settings.STORAGE).stat().st_dev == settings.SCRATCH_DIR.stat().st_dev


def promised() -> int:
    """Bytes that are kept free for uploads under way.

    To announce a file keeps room for one piece, and each byte that comes keeps it for another: who sends
    nothing takes no room from others. An upload that pauses loses its place.
    """
    lately = timezone.now() - PAUSED
    open_uploads = Upload.objects.filter(state=UploadState.RECEIVING, updated_at__gte=lately)
    kept = Least(F("size") - F("received"), F("received") + settings.UPLOAD_CHUNK_BYTES)
    return open_uploads.aggregate(kept=Sum(kept))["kept"] or 0
