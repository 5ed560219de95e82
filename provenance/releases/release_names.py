"""Which versions signed files are of, by the checksum of such a file or the name of its manifest."""

import re
from collections.abc import Iterator
from uuid import UUID

from dam.search import identifiers
from provenance.manifests.models import NEWEST, ManifestRecord
from provenance.releases.models import Release, ReleaseRenewal

_CHECKSUM = re.compile(r"[0-9a-f]{8,64}")


def versions(name: str, brand_id: int) -> Iterator[tuple[UUID, bool]]:
    """As dam.search.identifiers asks: whoever has the file of a release may know what it is of."""
    begun = name.lower()
    if _CHECKSUM.fullmatch(begun):
        within = {"brand": brand_id, "sha256__gte": begun, "sha256__lt": f"{begun}g"}
        releases = Release.objects.filter(**within).values_list("version", flat=True)
        renewed = ReleaseRenewal.objects.filter(**within).values_list("release__version", flat=True)
        yield from ((key, True) for key in releases[: identifiers.MOST])
        yield from ((key, True) for key in renewed[: identifiers.MOST])
    elif "urn:" in begun:
        records = ManifestRecord.objects.filter(release__isnull=False, version__brand=brand_id)
        found = records.alias(newest=NEWEST).filter(newest=name)
        yield from ((key, True) for key in found.values_list("version", flat=True)[: identifiers.MOST])
