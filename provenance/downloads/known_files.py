"""Is this file one that was made of a release? By its bytes or pictures, also when we keep it no longer."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from provenance.downloads.models import PresetFile
from provenance.releases import known
from provenance.releases.known import KnownRelease
from provenance.releases.states import ReleaseStatus


def by_bytes(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release with these bytes, or the one of which a file with these bytes was made."""
    found = known.by_bytes(sha256, at=at)
    if found is not None or not sha256:
        return found
    file = _with_release(PresetFile.objects.filter(sha256=sha256)).first()
    return known.of(file.release, at=at or timezone.now()) if file else None


def by_pictures(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release that shows exactly these pictures, or the one of which a file that does was made."""
    found = known.by_pictures(sha256, at=at)
    if found is not None or not sha256:
        return found
    made = PresetFile.objects.filter(pictures_sha256=sha256)
    ready = Case(When(release__state=ReleaseStatus.READY.value, then=0), default=1)
    file = _with_release(made).order_by(ready, "-release__signed_at").first()
    return replace(known.of(file.release, at=at or timezone.now()), by_pictures=True) if file else None


def _with_release(files: QuerySet[PresetFile]) -> QuerySet[PresetFile]:
    return files.select_related(
        "release__brand", "release__asset", "release__version__rights", "release__version__inherited"
    )
