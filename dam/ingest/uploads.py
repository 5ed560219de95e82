"""Files that come in in pieces (docs/uploads.md). A file is staged in storage until it is accepted.

Any web process takes the next piece, on whatever machine, and any worker decides on the whole.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from threading import BoundedSemaphore
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from dam.core import database, errors, events, storage
from dam.core.language import number
from dam.core.lazily import lazy
from dam.core.tasks import enqueue
from dam.ingest import disk_space, filenames, upload_quotas
from dam.ingest.checksums import Checksum
from dam.ingest.models import PARTIAL, UNDER_WAY, Upload, UploadState
from dam.media.errors import FileRefused, require_kind
from dam.media.sniffer import HEAD_BYTES

FOLDER = "staging/uploads"
# A check that nobody has begun for so long is told to wait.
PROMPT = timedelta(seconds=60)
WRITERS = max(1, settings.DATABASE_POOL_SIZE // 2)  # of one web process
PATIENCE_SECONDS = 5.0  # of a piece that waits for its turn
_places = BoundedSemaphore(WRITERS)
DELAYED = lazy(
    "Checks are delayed. The file is safe and will be checked automatically; you can leave this page."
)


class Closed(errors.Refused):
    """The upload takes no more."""

    code = "closed"
    message = lazy("This upload is already complete, cancelled or refused.")


class WrongOffset(errors.Refused):
    """The piece does not begin where the upload stands, at `offset`."""

    code = "wrong_offset"

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(_("The upload is at byte %(offset)s.") % {"offset": number(offset)})


class Busy(errors.Refused):
    """Another request is writing this upload."""

    code = "busy"
    message = lazy("Another request is writing to this upload. Check its offset, then continue.")


class WrongChecksum(errors.Refused):
    """The piece is not what its sender says; nothing of it is kept."""

    code = "checksum_mismatch"
    title = lazy("Checksum mismatch")
    message = lazy("The bytes don't match their checksum, so this piece isn't kept. Send it again.")


class TooMuch(errors.Refused):
    """The piece is too large, or reaches past the declared length."""

    code = "too_large"

    def __init__(self) -> None:
        most = _("%(upload_chunk_bytes)s bytes") % {"upload_chunk_bytes": number(settings.UPLOAD_CHUNK_BYTES)}
        super().__init__(
            _("A piece can be at most %(most)s and can't go past the end of the file.") % {"most": most}
        )


class WrongLength(errors.Refused):
    """The length that is told now is not the one that was told before, or less than what has come."""

    code = "wrong_length"
    message = lazy(
        "This isn't the length declared before, or it's less than what has arrived, which is kept."
    )


def key_of(upload: Upload) -> str:
    """Where its bytes are staged: named by its id, never by what the sender called it."""
    return f"{FOLDER}/{upload.pk}"


def keys_of(upload: Upload) -> list[str]:
    """That place, and those of its parts."""
    return [key_of(upload), *(f"{FOLDER}/{part}" for part in upload.joins or ())]


def staged_as(key: str) -> str:
    """The place of the upload that a stored file belongs to: storage may write something around its name.

    >>> staged_as("staging/uploads/.5f0c.a1b2"), staged_as("staging/uploads/5f0c.tail")
    ('staging/uploads/5f0c', 'staging/uploads/5f0c')
    """
    name = key.rpartition("/")[2].lstrip(".").partition(".")[0]
    return f"{FOLDER}/{name}"


def create(
    *,
    brand: Brand,
    user: User,
    filename: str,
    size: int | None,
    asset: Asset | None = None,
    metadata: str = "",
    sha256: str = "",
    partial: bool = False,
    note: str = "",
) -> Upload:
    """Begin an upload of `size` bytes, as the next version of `asset` if there is one.

    `sha256` (hex) is what they are to come to; empty where nobody says. `note` says what changed, cleaned.
    A `partial` one is a part of another (dam.ingest.concatenation). One whose size is None is told it later,
    and until then counts as the largest there may be.

    Raises FileRefused for an empty or too large file and a full disk, and upload_quotas.TooManyOpen.
    """
    if size is not None:
        require_size(size)
    upload = Upload(
        brand=brand,
        user=user,
        filename=filenames.clean(filename),
        size=settings.UPLOAD_MAX_BYTES if size is None else size,
        length_known=size is not None,
        asset=asset,
        metadata=metadata,
        sha256=sha256,
        details={"note": note} if note else {},
        concat=PARTIAL if partial else "",
    )
    with transaction.atomic():
        upload_quotas.require(brand=brand, user=user, size=upload.size)
        # Once: what is accepted is the staged file under another name.
        disk_space.require(disk_space.promised() + (size or 0))
        upload.save(force_insert=True)
    return upload


def require_size(size: int) -> None:
    """Raise FileRefused for an empty and for a too large file."""
    if size == 0:
        raise FileRefused("empty")
    if size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES / 1024**3
        raise FileRefused(
            "too_large",
            (
                _("The file is %(size)s GB. The limit is %(most)s GB.")
                % {"size": f"{size / 1024**3:,.1f}", "most": f"{most:,.1f}"}
            ),
        )


def write(
    upload: Upload,
    *,
    offset: int,
    piece: BinaryIO,
    length: int | None,
    checksum: Checksum | None = None,
    size: int | None = None,
) -> Upload:
    """Append a piece of `length` bytes, or all there is; the upload as it then stands.

    Holds one piece in memory, never more. `size` is that of the whole file, where it is told only now.

    A connection that breaks keeps what had come, unless a checksum tells that it is not all. Raises Closed,
    WrongOffset, WrongChecksum, WrongLength, Busy, TooMuch, and FileRefused when the first bytes show that
    this is no video, or the disk is full (then the upload stays open), and storage.Unavailable.
    """
    with place(), alone(upload):
        if upload.state != UploadState.RECEIVING:
            raise Closed
        if offset != upload.received:
            raise WrongOffset(upload.received)
        if size is not None:
            _declare(upload, size)
        room = min(settings.UPLOAD_CHUNK_BYTES, upload.size - offset)
        if room < (length or 0):
            raise TooMuch
        disk_space.require(room if length is None else length)
        data = _read(piece, room + 1 if length is None else length)
        if len(data) > room:
            raise TooMuch
        if checksum is not None and not checksum.fits(data):
            raise WrongChecksum
        refused = _refusal(upload, data) or _append(upload, data)
        if refused is not None:
            refuse(upload, refused, frm=UploadState.RECEIVING)
    if refused is not None:  # only now: raised earlier, it would undo that it was kept
        raise refused
    return upload


def write_more(upload_id: UUID, *, offset: int, data: bytes) -> bool:
    """Append a piece of a sender who was let in a moment ago; whether that went without a word.

    Where it did not, `write` says why.
    """
    try:
        upload = Upload.objects.get(pk=upload_id)
        write(upload, offset=offset, piece=BytesIO(data), length=len(data))
    except (Upload.DoesNotExist, errors.Refused, OSError, DatabaseError):
        return False
    finally:
        database.release()
    return True


def cancel(upload: Upload) -> None:
    """Drop what was received. Raises Closed when there is nothing to cancel any more."""
    if not any(_close(upload, UploadState.CANCELLED, frm=state) for state in UNDER_WAY):
        raise Closed


def give_up(upload: Upload) -> bool:
    """Drop what was received of one that nobody goes on with; False where somebody does.

    At this moment, or since it was read: nothing is dropped that came in between.
    """
    same = Upload.objects.filter(pk=upload.pk, state=upload.state, updated_at=upload.updated_at)
    with transaction.atomic():
        free = same.select_for_update(skip_locked=True).values_list("pk").first()
        ended = free is not None and _end(upload, UploadState.CANCELLED, frm=UploadState(upload.state))
    if ended:
        _drop(upload)
    return ended


def refuse(upload: Upload, refused: FileRefused, *, frm: UploadState) -> None:
    """Keep why the file is not taken, and drop it."""
    _close(upload, UploadState.REFUSED, frm=frm, code=refused.code, reason=refused.message)


def waiting_for(upload: Upload, *, at: datetime) -> str:
    """Why a complete upload is not decided on yet, for people; empty while all goes as it should."""
    if upload.state != UploadState.RECEIVED or upload.reason:
        return upload.reason
    at_work = upload.held_until is not None and upload.held_until > at
    return DELAYED if not at_work and at - upload.updated_at > PROMPT else ""


def publish(upload: Upload) -> None:
    events.publish(brand_id=upload.brand_id, name=f"upload-{upload.pk}")


def discard(upload: Upload) -> None:
    """Drop what is staged of it, and of its parts."""
    for key in keys_of(upload):
        storage.discard(key)


def hand_over(upload: Upload) -> None:
    """Have a worker decide on a complete upload, once this is committed."""
    again = Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVED)
    soon = partial(again.update, due_at=timezone.now())
    enqueue("check.upload", upload_id=str(upload.pk), unsent=soon)
    publish(upload)


def _close(upload: Upload, state: UploadState, *, frm: UploadState, code: str = "", reason: str = "") -> bool:
    closed = _end(upload, state, frm=frm, code=code, reason=reason)
    if closed:
        _drop(upload)
    return closed


def _end(upload: Upload, state: UploadState, *, frm: UploadState, code: str = "", reason: str = "") -> bool:
    same = Upload.objects.filter(pk=upload.pk, state=frm)
    return bool(same.update(state=state, code=code, reason=reason[:300], updated_at=timezone.now()))


def _drop(upload: Upload) -> None:
    discard(upload)
    publish(upload)


@contextmanager
def place() -> Iterator[None]:
    """One of the few that write to storage at once, for each holds a connection to the database meanwhile.

    So a store that hangs takes uploads along and no other page. Raises storage.Unavailable.
    """
    database.release()
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        raise storage.Unavailable(_("Storage has not finished what others have sent."))
    try:
        yield
    finally:
        _places.release()


@contextmanager
def alone(upload: Upload) -> Iterator[None]:
    """For this request alone, on whatever machine: the row is locked while the piece is written."""
    with transaction.atomic():
        locked = Upload.objects.select_for_update(skip_locked=True).filter(pk=upload.pk)
        fresh = locked.values_list("state", "received", "parts", "size", "length_known").first()
        if fresh is None:
            raise Busy
        upload.state, upload.received, upload.parts, upload.size, upload.length_known = fresh
        yield


def _declare(upload: Upload, size: int) -> None:
    """Note how large the file is. Its row says so once the piece is kept."""
    if size < upload.received or (upload.length_known and size != upload.size):
        raise WrongLength
    require_size(size)
    upload.size, upload.length_known = size, True


def _read(piece: BinaryIO, length: int) -> bytes:
    data = piece.read(length)
    while len(data) < length and (block := piece.read(length - len(data))):
        data += block
    return data


def _refusal(upload: Upload, data: bytes) -> FileRefused | None:
    """Why the file isn't taken, as far as its first bytes can tell, however many pieces they came in."""
    wanted = min(HEAD_BYTES, upload.size)
    if upload.concat == PARTIAL:  # it may begin anywhere in the file
        return None
    if not upload.received < wanted <= upload.received + len(data):
        return None
    try:
        head = (
            storage.beginning(key_of(upload), upload.parts, size=upload.received) if upload.received else b""
        )
        require_kind((head + data)[:HEAD_BYTES])
    except FileNotFoundError:
        return lost()
    except FileRefused as refused:
        return refused
    return None


def _append(upload: Upload, data: bytes) -> FileRefused | None:
    """Store the piece and move on. A full disk is raised and leaves the upload as it was."""
    received = upload.received + len(data)
    last = upload.length_known and received == upload.size
    try:
        parts = storage.append(key_of(upload), upload.parts, offset=upload.received, data=data, last=last)
    except FileNotFoundError:
        return lost()
    except OSError as problem:
        if problem.errno in storage.FULL:
            raise FileRefused("disk_full") from problem
        raise
    state = UploadState.RECEIVING
    if last:
        state = UploadState.PART if upload.concat == PARTIAL else UploadState.RECEIVED
    upload.updated_at = timezone.now()
    Upload.objects.filter(pk=upload.pk).update(
        received=received,
        parts=parts,
        state=state,
        size=upload.size,
        length_known=upload.length_known,
        due_at=None,
        updated_at=upload.updated_at,
    )
    if state == UploadState.RECEIVED:
        hand_over(upload)
    upload.received, upload.parts, upload.state = received, parts, state
    return None


def altered() -> FileRefused:
    """Why a file isn't taken that is another than its sender said."""
    return FileRefused(
        "damaged",
        _("The file changed while it was uploaded, or was damaged on the way. Upload it again."),
    )


def lost() -> FileRefused:
    """Why an upload ends whose earlier pieces storage has no more."""
    return FileRefused("damaged", _("The server no longer has the uploaded part. Upload the file again."))
