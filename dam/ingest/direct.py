"""Uploads whose parts go from the browser straight to the bucket (docs/uploads.md#straight-to-the-storage).

An upload like any other, announced and counted before its first byte. We hand out an address for each part,
which takes that many bytes, in that place, for a while; we look which parts lie there; and once all of them
do, a worker decides on the whole. At any time the upload can go on through us, from where its parts end.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dam.core import errors, storage
from dam.core.lazily import lazy
from dam.core.storage import PART_BYTES, PartAddress, PartExpected
from dam.ingest import retention, uploads
from dam.ingest.models import Upload, UploadState
from dam.media.errors import FileRefused, require_kind
from dam.media.sniffer import HEAD_BYTES

# An address is asked for when its part is about to go: a part that has begun by then may take longer.
ADDRESS_SECONDS = 600
# How old what we know of the parts may be while addresses are handed out.
LOOK_AGAIN = timedelta(seconds=15)
# Somebody who closes the page with the last part doesn't tell us: so long after its address we look.
LAST_WORD = timedelta(minutes=1)
AT_ONCE = 100
LOOK_SECONDS = 20.0  # after which a round of looks begins no other


class NotDirect(errors.Refused):
    """Storage takes no parts from browsers, or this upload has begun to come through us."""

    code = "not_direct"
    message = lazy("The parts of this upload can't go straight to the storage. Send its bytes here.")


class NoBeginning(errors.Refused):
    """Nobody can tell yet what the file is."""

    code = "no_beginning"
    message = lazy("Send the first bytes of the file in “head”, with the first request for an address.")


@dataclass(frozen=True)
class Standing:
    """The parts that lie there: all up to the number `until`, and those beyond it that are in `also`."""

    until: int
    also: tuple[int, ...]


def address(upload: Upload, *, number: int, sha256: str, head: bytes | None) -> PartAddress:
    """Where the sender puts part `number`, whose bytes come to `sha256` (base64; "" where nobody says).

    `head` is the beginning of the file: it is wanted once, before the first address. Raises Closed,
    NotDirect, NoBeginning, uploads.TooMuch for a part past the end, Busy, storage.Unavailable, and
    FileRefused for what is nothing on the list (then the upload is over) or a full store (then it stays).
    """
    if upload.state != UploadState.RECEIVING:
        raise uploads.Closed
    if not storage.takes_parts() or not is_possible(upload):
        raise NotDirect
    if not 1 <= number <= count_of(upload):
        raise uploads.TooMuch
    if not is_begun(upload):
        _begin(upload, head, sums=bool(sha256))
    elif timezone.now() - upload.updated_at > LOOK_AGAIN:
        try:
            look(upload, sending=True)
        except uploads.Busy:  # another request looks; perhaps to see whether the upload is given up
            if timezone.now() - upload.updated_at > retention.UNBEGUN / 2:
                raise
        if upload.state != UploadState.RECEIVING:
            raise uploads.Closed
    if upload.parts.get("sums") and not sha256:  # the store wants one of every part, or of none
        raise NotDirect
    if number == count_of(upload):
        _look_next(_receiving(upload), timezone.now() + LAST_WORD)
    part = PartExpected(number=number, size=size_of(upload, number), sha256=sha256)
    return storage.part_address(uploads.key_of(upload), upload.parts, part, seconds=ADDRESS_SECONDS)


def look(upload: Upload, *, sending: bool = False) -> Standing:
    """Which parts lie in storage now; the upload as it then stands. Once all do, a worker decides on it.

    With `sending` it isn't abandoned from now on, whatever lies there: another part is about to go.
    Raises NotDirect, Busy, storage.Unavailable, and FileRefused where storage has lost them: then it is over.
    """
    lost = None
    with uploads.place(), uploads.alone(upload):
        if upload.state != UploadState.RECEIVING:
            return Standing(until=count_of(upload), also=())
        if not is_begun(upload):
            if is_possible(upload):
                return Standing(until=0, also=())
            raise NotDirect
        try:
            standing = _standing(upload)
        except FileNotFoundError:
            lost = uploads.lost()
            uploads.refuse(upload, lost, frm=UploadState.RECEIVING)
        else:
            _note(upload, standing, sending=sending)
    if lost is not None:  # only now: raised earlier, it would undo that it was kept
        raise lost
    return standing


def look_at_due(at: datetime) -> int:
    """Look at the uploads whose last part may have come without a word; how many are complete.

    One that isn't is looked at again after as long as nothing has come of it. A store that doesn't answer
    ends the round, and so do LOOK_SECONDS: who wasn't looked at by then stays due.
    """
    ends = time.monotonic() + LOOK_SECONDS
    due = Upload.objects.filter(state=UploadState.RECEIVING, due_at__lte=at)
    complete = 0
    for upload in due.order_by("due_at")[:AT_ONCE]:
        if time.monotonic() > ends:
            break
        still_due = _receiving(upload).filter(due_at__lte=at)
        if not _look_next(still_due, at + max(LAST_WORD, at - upload.updated_at)):
            continue
        try:
            look(upload)
        except NotDirect:
            _look_next(_receiving(upload), None)
        except storage.Unavailable:
            break
        except (errors.Refused, OSError):  # it is over, or being written
            continue
        complete += upload.state == UploadState.RECEIVED
    return complete


def has_more(upload: Upload) -> bool:
    """Whether parts came that nobody had looked at, or somebody is at it: then it isn't abandoned yet.

    Raises storage.Unavailable where nobody can tell.
    """
    if not is_begun(upload):
        return False
    known = upload.updated_at
    try:
        look(upload)
    except (uploads.Busy, FileRefused):  # another request is at it; or it is over
        return True
    except NotDirect:
        return False
    return upload.updated_at != known or upload.state != UploadState.RECEIVING


def is_begun(upload: Upload) -> bool:
    return bool(upload.parts.get("direct"))


def is_possible(upload: Upload) -> bool:
    """Whether its parts go straight to storage, as far as the upload can tell."""
    untouched = not upload.parts and not upload.received
    plain = upload.length_known and not upload.concat and upload.joins is None
    return plain and (is_begun(upload) or untouched)


def count_of(upload: Upload) -> int:
    return ceil(upload.size / PART_BYTES)


def size_of(upload: Upload, number: int) -> int:
    """The bytes of a part: all but the last are of one size."""
    return min(PART_BYTES, upload.size - (number - 1) * PART_BYTES)


def _begin(upload: Upload, head: bytes | None, *, sums: bool) -> None:
    if head is None or len(head) < min(HEAD_BYTES, upload.size):
        raise NoBeginning
    refused = None
    with uploads.place(), uploads.alone(upload):
        if upload.state != UploadState.RECEIVING:
            raise uploads.Closed
        if is_begun(upload):  # its answer was lost
            return
        if not is_possible(upload):
            raise NotDirect
        try:
            require_kind(head[:HEAD_BYTES])
        except FileRefused as problem:
            refused = problem
            uploads.refuse(upload, refused, frm=UploadState.RECEIVING)
        else:
            parts = _begun(upload, sums=sums)
            if parts is None:
                raise NotDirect
            now = timezone.now()
            fields = {"parts": parts, "updated_at": now, "due_at": now + LAST_WORD}
            Upload.objects.filter(pk=upload.pk).update(**fields)
            upload.parts, upload.updated_at = parts, now
    if refused is not None:
        raise refused


def _begun(upload: Upload, *, sums: bool) -> storage.Parts | None:
    try:
        return storage.begin_direct(uploads.key_of(upload), sums=sums)
    except OSError as problem:
        if problem.errno in storage.FULL:
            raise FileRefused("disk_full") from problem
        raise


def _standing(upload: Upload) -> Standing:
    """What storage has. A part that isn't as long as it should be is as good as missing."""
    until = int(upload.parts["count"])
    found = storage.direct_parts(uploads.key_of(upload), upload.parts, after=until)
    there = {number for number, size in found.items() if number <= count_of(upload)}
    there = {number for number in there if found[number] == size_of(upload, number)}
    row = set(_row(there, after=until))
    return Standing(until=until + len(row), also=tuple(sorted(there - row)))


def _row(numbers: set[int], *, after: int) -> Iterator[int]:
    while (after := after + 1) in numbers:
        yield after


def _note(upload: Upload, standing: Standing, *, sending: bool) -> None:
    beyond = len(standing.also)
    is_news = (standing.until, beyond) != (upload.parts["count"], upload.parts.get("beyond", 0))
    if not is_news and not sending:
        return
    # "beyond" is there where there are any (retention): they are more than nothing, too.
    kept = {name: upload.parts[name] for name in upload.parts if name != "beyond"}
    upload.parts = kept | {"count": standing.until} | ({"beyond": beyond} if beyond else {})
    upload.received = min(standing.until * PART_BYTES, upload.size)
    upload.updated_at = timezone.now()
    fields = {"parts": upload.parts, "received": upload.received, "updated_at": upload.updated_at}
    if upload.received == upload.size:
        upload.state = UploadState.RECEIVED
        fields |= {"state": upload.state, "due_at": None}
    Upload.objects.filter(pk=upload.pk).update(**fields)
    if upload.state == UploadState.RECEIVED:
        uploads.hand_over(upload)


def _receiving(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVING)


def _look_next(upload: QuerySet[Upload], due_at: datetime | None) -> bool:
    """Note when to look at it; False where it isn't there, or another request is at it.

    That one may wait for the store for long, and nobody waits for it. It keeps the time it has: since its
    first address an upload is never without one.
    """
    with transaction.atomic():
        free = upload.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
        return free is not None and bool(Upload.objects.filter(pk=free).update(due_at=due_at))
