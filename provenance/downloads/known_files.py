"""Is this file one that was made of a release? By its exact bytes, also when we keep them no longer."""

from datetime import datetime

from django.utils import timezone

from provenance.downloads.models import PresetFile
from provenance.releases import known
from provenance.releases.known import KnownRelease


def by_bytes(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release with these bytes, or the one of which a file with these bytes was made."""
    found = known.by_bytes(sha256, at=at)
    if found is not None or not sha256:
        return found
    file = (
        PresetFile.objects.filter(sha256=sha256)
        .select_related(
            "release__brand",
            "release__asset",
            "release__version__rights",
            "release__version__inherited",
        )
        .first()
    )
    return known.of(file.release, at=at or timezone.now()) if file else None
