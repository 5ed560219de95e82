"""From a received file to a version: look at it, then accept or refuse it."""

import hashlib
import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from dam.accounts import principals
from dam.accounts.models import Brand, User
from dam.catalog.models import Asset, Origin, Version
from dam.core import database, storage
from dam.ingest import (
    concatenation,
    details,
    disk_space,
    filenames,
    folders,
    metadata_mapping,
    next_versions,
    registration,
    uploads,
)
from dam.ingest.details import Details
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
    sha256: str | None = None,
    note: str = "",
) -> Version:
    """Take a file that nobody else can change any more. Raises FileRefused, AlreadyKnown or NoTarget.

    `staged` is the key under which storage has the same bytes already; `sha256` what they come to, as the
    caller saw.
    """
    info = runner.probe(path)
    return registration.accept(
        path,
        brand=brand,
        user=user,
        filename=filename,
        title=metadata_mapping.title(info) or filenames.title_of(filename),
        origin=Origin.UPLOADED,
        media_info=info,
        content_type=info.format.content_type,
        search_words=filenames.clean(filename),
        staged=staged,
        asset=asset,
        on_accept=on_accept,
        sha256=sha256,
        note=note,
    )


def take_from_disk(
    path: Path,
    *,
    brand: Brand,
    user: User,
    asset: Asset | None = None,
    said: Details | None = None,
    root: Path | None = None,
    keywords: bool = False,
) -> Version:
    """Take a file of the server's own disk, by way of a copy: what was looked at is what is stored.

    With a `root` it must lie in that folder, wherever links lead.

    One that is known is read and not copied, so that an import that was killed goes on quickly. `said` is put
    onto the clip; where that can't be, nothing is taken. With `keywords` those in the file become tags of a
    new clip at once. Raises FileRefused, StillWritten, AlreadyKnown, NoTarget, DetailsRefused.
    """
    if not path.exists():
        raise FileRefused("not_a_video", "File not found.")
    with folders.open_settled(path, root=root) as file:
        seen = os.fstat(file.fileno())
        if seen.st_size == 0:
            raise FileRefused("empty")
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        registration.require_unknown(sha256, brand=brand, asset=asset)
        database.release()  # to copy and to look at a large file takes its time
        disk_space.require_copy(seen.st_size)
        with storage.scratch() as folder:
            copy = folder / "incoming"
            file.seek(0)
            with copy.open("wb") as target:
                shutil.copyfileobj(file, target, 1024 * 1024)
            folders.require_unchanged(file, seen)
            on_accept = None
            if said is not None or keywords:
                checked = details.checked(said or Details(), brand=brand, before=Details())
                on_accept = partial(_say, checked, own=asset is None, user=user, keywords=keywords)
            return take(copy, brand=brand, user=user, filename=path.name, asset=asset, on_accept=on_accept)


def _say(said: Details, version: Version, *, own: bool, user: User, keywords: bool) -> None:
    """In the version's transaction, all of it: what isn't put on is told, and the file not taken."""
    by = principals.member(user, version.brand)
    problem = details.put_on(version, said, own=own, by=by) if by else "They don't work in this brand."
    if by and own and keywords and not problem:
        problem = metadata_mapping.add_tags(version, by=by)
    if problem:
        raise details.DetailsRefused({"": problem})


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
        sha256 = storage.sha256_of(path)
        if upload.sha256 and upload.sha256 != sha256:
            raise uploads.altered()
        take(
            path,
            brand=upload.brand,
            user=upload.user,
            filename=upload.filename,
            staged=key,
            asset=asset,
            on_accept=lambda version: _take(upload, version),
            sha256=sha256,
            note=details.of(upload).note,
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
