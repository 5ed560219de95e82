"""What a brand keeps no longer goes, and nothing that anybody counts on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog.models import Approval, Asset, Version
from dam.ingest import retention, uploads
from dam.ingest.models import Upload
from generation import retention as job_retention
from generation.models import GenerationJob
from tests.factories import BrandFactory, UserFactory, VersionFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def trashed(brand: Brand, *, days: int, **fields: object) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand, **fields)
    Asset.objects.filter(pk=version.asset_id).update(trashed_at=NOW - timedelta(days=days))
    return version


def test_the_trash_is_emptied_of_what_lay_there_too_long() -> None:
    brand = BrandFactory.create(trash_days=30)
    old, new = trashed(brand, days=31), trashed(brand, days=29)
    reviewed = trashed(brand, days=31, approval=Approval.IN_REVIEW)
    other = trashed(BrandFactory.create(), days=999)
    assert retention.empty_trash(at=NOW) == 1
    left = set(Asset.objects.values_list("pk", flat=True))
    assert left == {new.asset_id, reviewed.asset_id, other.asset_id}
    assert Event.objects.get().target == old.asset.title


def test_an_unfinished_upload_stays_as_long_as_its_brand_says() -> None:
    for days in (1, 7):
        brand = BrandFactory.create(unfinished_upload_days=days)
        upload = uploads.create(brand=brand, user=UserFactory.create(), filename="a.mp4", size=9)
        Upload.objects.filter(pk=upload.pk).update(received=1, updated_at=NOW - timedelta(days=2))
    (gone,) = retention.abandoned_uploads(at=NOW)
    assert gone.brand.unfinished_upload_days == 1


def test_failed_takes_go_after_the_brands_days() -> None:
    brand = BrandFactory.create(failed_job_days=7)
    for state, days in (("failed", 8), ("failed", 6), ("cancelled", 8), ("requested", 8)):
        GenerationJob.objects.create(
            brand=brand,
            requested_by=UserFactory.create(),
            prompt="A ball",
            seed=1,
            frames=17,
            width=128,
            height=80,
            rate_numerator=24,
            steps=8,
            guidance=3,
            state=state,
            finished_at=None if state == "requested" else NOW - timedelta(days=days),
        )
    assert job_retention.run(at=NOW) == 2
    assert set(GenerationJob.objects.values_list("state", flat=True)) == {"failed", "requested"}
