"""Is this file one that was made of a release? By its bytes or pictures, also when we keep it no longer."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from provenance.downloads.models import PresetFile
from provenance.releases import known
from provenance.releases.known import KnownRelease
from provenance.releases.models import Release


def by_bytes(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release with these bytes, or the one of which a file with these bytes was made."""
    found = known.by_bytes(sha256, at=at)
    if found is not None or not sha256:
        return found
    file = (
        _with_release(PresetFile.objects.filter(sha256=sha256))
        .order_by(*known.in_use_first("release__"))
        .first()
    )
    return known.of(file.release, at=at or timezone.now()) if file else None


def by_pictures(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release that shows exactly these pictures, or the one of which a file that does was made."""
    found = known.by_pictures(sha256, at=at)
    if found is not None or not sha256:
        return found
    made = PresetFile.objects.filter(pictures_sha256=sha256)
    file = _with_release(made).order_by(*known.in_use_first("release__")).first()
    return replace(known.of(file.release, at=at or timezone.now()), by_pictures=True) if file else None


def release_of(sha256: str, pictures_sha256: str) -> int | None:
    """The release with these bytes, or else these pictures, or of which a file with them was made."""
    for field, value in (("sha256", sha256), ("pictures_sha256", pictures_sha256)):
        if not value:
            continue
        bytes_or_pictures = known.with_bytes(value) if field == "sha256" else Q(pictures_sha256=value)
        of_release = Release.objects.filter(bytes_or_pictures, signed_at__isnull=False)
        of_release = of_release.order_by(*known.in_use_first())
        of_file = PresetFile.objects.filter(**{field: value}).order_by(*known.in_use_first("release__"))
        found: int | None = (
            of_release.values_list("pk", flat=True).first()
            or of_file.values_list("release_id", flat=True).first()
        )
        if found is not None:
            return found
    return None


def _with_release(files: QuerySet[PresetFile]) -> QuerySet[PresetFile]:
    return files.select_related(
        "release__brand", "release__asset", "release__version__rights", "release__version__inherited"
    )
