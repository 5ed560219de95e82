"""What a pack is about: one release, and the moment at which it is told of."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from provenance.evidence_packs import people
from provenance.evidence_packs.people import People
from provenance.releases.models import Release


@dataclass(frozen=True)
class Subject:
    """`up_to` is the last event of the brand's activity log that the pack knows."""

    release: Release
    at: datetime
    up_to: int
    people: People

    @property
    def version(self) -> Version:
        return self.release.version

    @property
    def asset(self) -> Asset:
        return self.release.asset

    @property
    def brand(self) -> Brand:
        return self.release.brand


def of(release: Release, *, at: datetime) -> Subject:
    """Reads the release anew, with all that its sections ask of it."""
    rows = Release.objects.select_related(
        "brand",
        "asset",
        "review__submitted_by",
        "version__rights",
        "version__inherited",
        "version__created_by",
    )
    release = rows.get(pk=release.pk)
    release.version.asset, release.version.brand = release.asset, release.brand
    last = Event.objects.filter(brand=release.brand_id).aggregate(last=Max("sequence"))["last"] or 0
    return Subject(release, at, last, people.of_clip(release.brand, release.asset_id))
