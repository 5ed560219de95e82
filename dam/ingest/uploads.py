"""Files that come in in pieces (docs/uploads.md). A file lies in the scratch folder until it is accepted."""

import errno
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from dam.core import events
from dam.core.tasks import enqueue
from dam.ingest import disk_space, filenames
from dam.ingest.models import Upload, UploadState
from dam.media.containers import HEAD_BYTES
from dam.media.errors import Refused, require_container

BLOCK = 256 * 1024


class Closed(Exception):
    """The upload takes no more: it is complete, cancelled or refused."""


class WrongOffset(Exception):
    """The piece does not begin where the upload stands, at `offset`."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(f"The upload stands at byte {offset}.")


class Busy(Exception):
    """Another request is writing this upload."""


class TooMuch(Exception):
    """The piece is too large, or reaches past the declared length."""


def folder() -> Path:
    return Path(settings.SCRATCH_DIR) / "uploads"


def path_of(upload: Upload) -> Path:
    """Where its bytes lie: named by its id, never by what the sender called it."""
    return folder() / f"{upload.pk}.part"


def create(*, brand: Brand, user: User, filename: str, size: int, asset: Asset | None = None) -> Upload:
    """Begin an upload of `size` bytes, as the next version of `asset` if there is one.

    Raises Refused for an empty or too large file and a full disk.
    """
    if size == 0:
        raise Refused("empty")
    if size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES / 1024**3
        raise Refused("too_large", f"The file has {size / 1024**3:.1f} GB; at most {most:.1f} GB are taken.")
    # Twice: once in the scratch folder, and once in storage when it is accepted.
    disk_space.require(disk_space.promised() + 2 * size)
    upload = Upload(brand=brand, user=user, filename=filenames.clean(filename), size=size, asset=asset)
    folder().mkdir(parents=True, exist_ok=True)
    path_of(upload).touch(exist_ok=False)
    upload.save(force_insert=True)
    return upload


def write(upload: Upload, *, offset: int, piece: BinaryIO, length: int) -> Upload:
    """Append a piece of `length` bytes, in constant memory; the upload as it then stands.

    A connection that breaks keeps what had come. Raises Closed, WrongOffset, Busy, TooMuch, and Refused
    when the first piece shows that this is no video, or the disk is full (then the upload stays open).
    """
    if length > settings.UPLOAD_CHUNK_BYTES or offset + length > upload.size:
        raise TooMuch
    with _open(upload) as file:
        upload.refresh_from_db()
        if upload.state != UploadState.RECEIVING:
            raise Closed
        if offset != upload.received:
            raise WrongOffset(upload.received)
        disk_space.require(length)
        received = offset + _append(file, offset, piece, length)
        if offset == 0 and (received >= HEAD_BYTES or received == upload.size):
            _check_head(upload, file)
        _advance(upload, offset, received)
    return upload


def cancel(upload: Upload) -> None:
    """Drop what was received. Raises Closed when there is nothing to cancel any more."""
    if not _close(upload, UploadState.CANCELLED, frm=UploadState.RECEIVING):
        raise Closed


def refuse(upload: Upload, refused: Refused, *, frm: UploadState) -> None:
    """Keep why the file is not taken, and drop it."""
    _close(upload, UploadState.REFUSED, frm=frm, code=refused.code, reason=refused.message)


def publish(upload: Upload) -> None:
    events.publish(brand_id=upload.brand_id, name=f"upload-{upload.pk}")


def _close(upload: Upload, state: UploadState, *, frm: UploadState, code: str = "", reason: str = "") -> bool:
    closed = Upload.objects.filter(pk=upload.pk, state=frm).update(
        state=state, code=code, reason=reason[:300], updated_at=timezone.now()
    )
    if closed:
        path_of(upload).unlink(missing_ok=True)
        publish(upload)
    return bool(closed)


@contextmanager
def _open(upload: Upload) -> Iterator[BinaryIO]:
    """Its file, for this request alone."""
    try:
        file = path_of(upload).open("r+b")
    except FileNotFoundError:
        raise Closed from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield file


def _append(file: BinaryIO, offset: int, piece: BinaryIO, length: int) -> int:
    """Copy up to `length` bytes to `offset`; how many came. A full disk leaves the file as it was."""
    file.seek(offset)
    rest = length
    try:
        while rest and (block := piece.read(min(BLOCK, rest))):
            file.write(block)
            rest -= len(block)
        file.flush()
    except OSError as problem:
        file.truncate(offset)
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("disk_full") from problem
        raise
    return length - rest


def _check_head(upload: Upload, file: BinaryIO) -> None:
    file.seek(0)
    try:
        require_container(file.read(HEAD_BYTES))
    except Refused as refused:
        refuse(upload, refused, frm=UploadState.RECEIVING)
        raise


def _advance(upload: Upload, offset: int, received: int) -> None:
    state = UploadState.RECEIVED if received == upload.size else UploadState.RECEIVING
    with transaction.atomic():
        moved = Upload.objects.filter(pk=upload.pk, received=offset, state=UploadState.RECEIVING).update(
            received=received, state=state, updated_at=timezone.now()
        )
        if not moved:
            raise Closed  # cancelled while the piece came
        if state == UploadState.RECEIVED:
            enqueue("media.take_upload", upload_id=str(upload.pk))
            publish(upload)
    upload.received, upload.state = received, state
