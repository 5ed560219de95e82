"""Is this file one of our releases? By its exact bytes, for anybody; and what became of it since."""

from dataclasses import dataclass
from datetime import datetime

from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus


@dataclass(frozen=True)
class KnownRelease:
    """A file that this library released: only what its holder may know. `ended_at` goes with `state`."""

    brand: str
    released_at: datetime
    state: ReleaseStatus
    ended_at: datetime | None

    @property
    def withdrawn(self) -> bool:
        return self.state == ReleaseStatus.WITHDRAWN

    @property
    def superseded(self) -> bool:
        return self.state == ReleaseStatus.SUPERSEDED


def by_bytes(sha256: str) -> KnownRelease | None:
    """The release with exactly these bytes, whatever the brand."""
    release = (
        Release.objects.filter(sha256=sha256, signed_at__isnull=False)
        .exclude(sha256="")
        .select_related("brand")
        .first()
    )
    if release is None or release.signed_at is None:
        return None
    return KnownRelease(release.brand.name, release.signed_at, ReleaseStatus(release.state), release.ended_at)
