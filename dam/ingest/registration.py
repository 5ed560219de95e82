"""Taking a file into the library: the one place where assets and versions are made."""

import errno
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.catalog.models import Asset, Origin, Version
from dam.core import events, locks, storage
from dam.core.storage import Stored
from dam.ingest import disk_space, filenames, steps
from dam.media.errors import Refused
from dam.media.probe import MediaInfo
from dam.rights.models import RightsRecord
from dam.search import fulltext


class AlreadyKnown(Exception):
    """The brand has these very bytes already, as `version`."""

    def __init__(self, version: Version) -> None:
        self.version = version
        asset = version.asset
        super().__init__(
            f"The library holds this very file already, in the trash, as “{asset.title}”. Restore it there."
            if asset.trashed_at
            else f"The library holds this very file already, as “{asset.title}”."
        )


def accept(
    path: Path,
    *,
    brand: Brand,
    user: User,
    filename: str,
    title: str,
    origin: Origin,
    media_info: MediaInfo,
    content_type: str,
    search_words: str = "",
    on_accept: Callable[[Version], None] | None = None,
) -> Version:
    """Store the file and, in one transaction, make Asset, Version, RightsRecord, steps and audit event.

    `on_accept` runs in that transaction. Raises AlreadyKnown, and Refused when there is no room. On any
    failure nothing stays behind: neither rows nor the stored file.
    """
    sha256 = storage.sha256_of(path)
    suffix = media_info.format.suffix
    with transaction.atomic():
        # Of two that bring the same bytes at once the second waits here, and then finds them known.
        locks.hold(storage.key_for(brand_id=brand.pk, sha256=sha256, suffix=""))
        known = Version.objects.select_related("asset").filter(brand=brand, sha256=sha256).first()
        if known is not None:
            raise AlreadyKnown(known)
        key = storage.key_for(brand_id=brand.pk, sha256=sha256, suffix=suffix)
        fresh = not storage.exists(key)  # a released file that comes back is stored already
        try:
            disk_space.require(path.stat().st_size)
            stored = storage.put(path, brand_id=brand.pk, suffix=suffix, sha256=sha256)
            version = _write(
                stored,
                brand=brand,
                user=user,
                filename=filenames.clean(filename),
                title=title[: filenames.LONGEST_TITLE],
                origin=origin,
                info=media_info,
                content_type=content_type,
                search_words=search_words,
            )
            if on_accept is not None:
                on_accept(version)
        except BaseException as problem:
            if fresh:  # and nobody else has come to rely on it: the lock is ours
                storage.delete(key)
            if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Refused("disk_full") from problem
            raise
    return version


def _write(
    stored: Stored,
    *,
    brand: Brand,
    user: User,
    filename: str,
    title: str,
    origin: Origin,
    info: MediaInfo,
    content_type: str,
    search_words: str,
) -> Version:
    asset = Asset.objects.create(
        brand=brand, title=title, search_words=search_words, origin=origin, created_by=user
    )
    version = Version.objects.create(
        asset=asset,
        brand=brand,
        sha256=stored.sha256,
        size=stored.size,
        content_type=content_type,
        filename=filename,
        storage_key=stored.key,
        created_by=user,
        media_info=info.to_json(),
        width=info.width,
        height=info.height,
        frame_count=info.frame_count,
        rate_numerator=info.frame_rate.numerator,
        rate_denominator=info.frame_rate.denominator,
        duration_ms=info.duration_ms,
    )
    Asset.objects.filter(pk=asset.pk).update(latest=version)
    asset.latest = version
    RightsRecord.objects.create(version=version)
    fulltext.refresh(asset)
    trail.record(
        "asset.generated" if origin == Origin.GENERATED else "asset.uploaded",
        brand=brand,
        target=title,
        actor=user,
        asset_id=asset.pk,
        data={"filename": filename, "sha256": stored.sha256, "size": stored.size},
    )
    steps.begin(version)
    events.publish(brand_id=brand.pk, name="library")
    return version
