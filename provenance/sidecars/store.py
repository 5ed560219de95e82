"""The sidecars that are kept: found by the bytes of the file that they belong to."""

from collections.abc import Iterable

from dam.catalog import versions
from provenance.releases.known import in_use_first
from provenance.releases.models import Release
from provenance.sidecars.models import Sidecar

MOST_LIKE_IT = 100  # captions with the same words that are looked through
MOST_BYTES = 4 * 1024**2  # with the manifests of all that the file was made from


def keep(release: Release, *, sha256: str, content: bytes) -> None:
    """That of a file of this release; the file may have been made before."""
    Sidecar.objects.update_or_create(
        release=release, track=None, sha256=sha256, defaults={"content": content}
    )


def of_file(release: Release, sha256: str) -> bytes | None:
    """What belongs to exactly this file of the release."""
    rows = Sidecar.objects.filter(release=release, sha256=sha256, content__isnull=False).exclude(sha256="")
    content = rows.values_list("content", flat=True).first()
    return None if content is None else bytes(content)


def among(release: Release, hashes: Iterable[str]) -> set[str]:
    """Those of these files of the release that have one."""
    rows = Sidecar.objects.filter(release=release, sha256__in=[each for each in hashes if each])
    return set(rows.filter(content__isnull=False).values_list("sha256", flat=True))


def by_bytes(sha256: str) -> bytes | None:
    """What belongs to a file that somebody has, of whatever brand; of several, what stands now.

    Not of captions while their clip is under embargo: who has its file holds the clip, but who has a few
    words may have guessed them, and nobody is told before its time that there is such a clip.
    """
    rows = Sidecar.objects.filter(sha256=sha256, content__isnull=False).exclude(sha256="")
    rows = rows.order_by(*in_use_first("release__"))
    found = list(rows.values_list("pk", "track_id", "release__version_id")[:MOST_LIKE_IT])
    told = versions.not_under_embargo([version for _pk, track, version in found if track is not None])
    first = next((pk for pk, track, version in found if track is None or version in told), None)
    content = Sidecar.objects.filter(pk=first).values_list("content", flat=True).first() if first else None
    return None if content is None else bytes(content)
