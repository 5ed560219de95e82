"""Releases for tests, as review and a worker would have left them."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from dam.catalog import versions
from dam.catalog.models import ReleaseState, Version
from dam.core import storage
from dam.core.storage import Stored
from provenance.models import Release, Review
from provenance.releases import worker
from provenance.releases.states import ReleaseStatus
from provenance.review.states import ReviewState
from tests.review_factory import Case


def approved(version: Version, *, at: datetime | None = None) -> Review:
    """A review that approved the version."""
    return Review.objects.create(
        brand=version.brand,
        version=version,
        content_sha256=version.sha256,
        stages=["legal"],
        state=ReviewState.APPROVED,
        submitted_by=version.created_by,
        closed_at=at or timezone.now(),
    )


def waiting(version: Version, **fields: object) -> Release:
    """A release that is to be signed."""
    given = {"review": approved(version), "uses": ["web"], "territories": ["worldwide"]} | fields
    release: Release = Release.objects.create(
        brand=version.brand,
        asset=version.asset,
        version=version,
        master_sha256=version.sha256,
        **given,
    )
    versions.set_release(version.pk, ReleaseState(release.state))
    return release


def ready(version: Version, *, stored: Stored | None = None, **fields: object) -> Release:
    """The version's release with this file, or with one of which there is the row alone."""
    sha256 = hashlib.sha256(version.pk.bytes).hexdigest()
    file = stored or Stored(key=f"{version.brand_id}/{sha256[:2]}/{sha256}.mp4", sha256=sha256, size=1000)
    release = waiting(
        version,
        **{
            "state": ReleaseStatus.READY,
            "sha256": file.sha256,
            "size": file.size,
            "storage_key": file.key,
            "content_type": "video/mp4",
            "signed_at": timezone.now(),
        }
        | fields,
    )
    if release.state == ReleaseStatus.READY:
        versions.set_released(version)
    return release


def case_of(master: Path, *, suffix: str = ".mp4") -> Case:
    """A draft whose master is this file."""
    case = Case()
    stored = storage.put(master, brand_id=case.brand.pk, suffix=suffix)
    Version.objects.filter(pk=case.version.pk).update(
        sha256=stored.sha256, storage_key=stored.key, size=stored.size
    )
    case.version.refresh_from_db()
    return case


def sign(version: Version, *, token: str = "") -> Release:
    """Let the worker's part run for the version's newest release; the release as it is then."""
    release: Release = Release.objects.filter(version=version).latest("pk")
    worker.run(release.pk, token=token)
    release.refresh_from_db()
    return release
