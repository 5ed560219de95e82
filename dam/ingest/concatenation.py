"""One file that comes as several uploads at once (tus concatenation): its parts, and what is made of them.

The parts are put together by the worker that decides on the whole, so that nobody waits for it; they are gone
once that is done.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dam.accounts.models import Brand, User
from dam.catalog.models import Asset
from dam.core import errors, locks, storage
from dam.core.lazily import lazy
from dam.ingest import disk_space, filenames, uploads
from dam.ingest.models import PARTIAL, Upload, UploadState


class NoPart(errors.Refused):
    """Something that is named as a part is none of this person's, or named twice."""

    code = "no_part"
    message = lazy("A part of this file doesn't exist, has been used already or is named twice.")


class Unfinished(errors.Refused):
    """Not every part has all of its bytes; those that came are kept."""

    code = "unfinished"
    message = lazy("Some parts aren't complete. What has been uploaded is kept. Finish them, then try again.")


def join(
    *,
    brand: Brand,
    user: User,
    parts: Sequence[UUID],
    concat: str,
    filename: str,
    asset: Asset | None = None,
    metadata: str = "",
    sha256: str = "",
    note: str = "",
) -> Upload:
    """The complete upload that has these parts; the same one where it was made before.

    Raises NoPart, Unfinished, and FileRefused for what is too large and for a full disk.
    """
    ids = [str(part) for part in parts]
    mine = Upload.objects.filter(brand=brand, user=user)
    with transaction.atomic():
        locks.hold(f"uploads of user {user.pk}")
        made = mine.filter(joins=ids).exclude(state__in=[UploadState.REFUSED, UploadState.CANCELLED]).first()
        if made is not None:  # its answer was lost
            return made
        found = list(mine.select_for_update().filter(concat=PARTIAL, pk__in=ids))
        if not ids or len(found) != len(ids):
            raise NoPart
        states = {part.state for part in found}
        if states - {UploadState.RECEIVING, UploadState.PART}:
            raise NoPart
        if UploadState.RECEIVING in states:
            raise Unfinished
        size = sum(part.size for part in found)
        uploads.require_size(size)
        disk_space.require(disk_space.promised() + size)  # the parts go only when the whole is there
        upload = Upload.objects.create(
            brand=brand,
            user=user,
            filename=filenames.clean(filename),
            size=size,
            received=size,
            state=UploadState.RECEIVED,
            asset=asset,
            metadata=metadata,
            sha256=sha256,
            details={"note": note} if note else {},
            concat=concat,
            joins=ids,
        )
        mine.filter(pk__in=ids).update(state=UploadState.JOINED, updated_at=timezone.now())
        uploads.hand_over(upload)
    return upload


def complete(upload: Upload) -> None:
    """Make the staged file whole. May be done twice. Raises FileNotFoundError when some of it is gone."""
    key = uploads.key_of(upload)
    if upload.joins is None:
        storage.complete(key, upload.parts, size=upload.size)
        return
    stored = storage.stat(key)
    if stored is not None and stored.size == upload.size:
        return
    parts = {str(part.pk): part for part in Upload.objects.filter(pk__in=upload.joins)}
    if len(parts) != len(upload.joins):
        raise FileNotFoundError(f"{key} has lost some of its parts.")
    for part in parts.values():
        storage.complete(uploads.key_of(part), part.parts, size=part.size)
    storage.join([uploads.key_of(parts[each]) for each in upload.joins], to=key)
