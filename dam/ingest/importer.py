"""From a received file to a version: look at it, then accept or refuse it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from dam.accounts import principals
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Origin, Version
from dam.core import storage
from dam.ingest import concatenation, details, disk_space, filenames, next_versions, registration, uploads
from dam.ingest.models import Upload, UploadState
from dam.ingest.next_versions import NoTarget
from dam.ingest.registration import AlreadyKnown
from dam.media import runner
from dam.media.errors import FileRefused


def take(
    path: Path,
    *,
    brand: Brand,
    user: User,
    filename: str,
    staged: str | None = None,
    asset: Asset | None = None,
    on_accept: Callable[[Version], None] | None = None,
) -> Version:
    """Take a file that nobody else can change any more. Raises FileRefused, AlreadyKnown or NoTarget.

    `staged` is the key under which storage has the same bytes already.
    """
    info = runner.probe(path)
    return registration.accept(
        path,
        brand=brand,
        user=user,
        filename=filename,
        title=filenames.title_of(filename),
        origin=Origin.UPLOADED,
        media_info=info,
        content_type=info.format.content_type,
        search_words=filenames.clean(filename),
        staged=staged,
        asset=asset,
        on_accept=on_accept,
    )


def take_from_disk(path: Path, *, brand: Brand, user: User, asset: Asset | None = None) -> Version:
    """Take a file of the server's own disk, by way of a copy: what was looked at is what is stored.

    Raises FileRefused, AlreadyKnown or NoTarget.
    """
    if not path.exists():
        raise FileRefused("not_a_video", "File not found.")
    if not path.is_file():
        raise FileRefused("not_a_video", "This is not a file.")
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("empty")
    disk_space.require_copy(size)
    with storage.scratch() as folder:
        copy = folder / "incoming"
        shutil.copyfile(path, copy)
        return take(copy, brand=brand, user=user, filename=path.name, asset=asset)


def take_upload(upload_id: UUID | str) -> None:
    """Decide on a complete upload. Runs in a worker; may run twice, also at once."""
    upload = Upload.objects.select_related("brand", "user").get(pk=upload_id)
    if upload.state != UploadState.RECEIVED:
        return
    key = uploads.key_of(upload)
    try:
        _take_staged(upload, key)
    except AlreadyKnown as known:
        _settle(upload, UploadState.KNOWN, known.version, reason=str(known))
    except NoTarget as gone:
        uploads.refuse(upload, FileRefused(gone.code, str(gone)), frm=UploadState.RECEIVED)
    except FileRefused as refused:
        uploads.refuse(upload, refused, frm=UploadState.RECEIVED)
    uploads.discard(upload)


def _take_staged(upload: Upload, key: str) -> None:
    asset = None
    if upload.asset_id is not None:
        asker = principals.member(upload.user, upload.brand)  # as they stand now, not when it began
        asset = next_versions.target(upload.asset_id, principal=asker)
    try:
        concatenation.complete(upload)
    except FileNotFoundError:
        raise uploads.lost() from None
    disk_space.require_local(upload.size)
    with storage.local_copy(key) as path:
        take(
            path,
            brand=upload.brand,
            user=upload.user,
            filename=upload.filename,
            staged=key,
            asset=asset,
            on_accept=lambda version: _take(upload, version),
        )


def _take(upload: Upload, version: Version) -> None:
    """In the version's transaction: whoever says more of the upload from now on finds it taken."""
    unsaid = details.put_on_new(upload.pk, version)
    _settle(upload, UploadState.TAKEN, version, reason=unsaid)


def _settle(upload: Upload, state: UploadState, version: Version, *, reason: str = "") -> None:
    Upload.objects.filter(pk=upload.pk, state=UploadState.RECEIVED).update(
        state=state, version=version, reason=reason[:300], updated_at=timezone.now()
    )
    uploads.publish(upload)
