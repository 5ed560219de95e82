"""Clips found by exact names: ids, checksums, and what takes, reviews and manifests are called."""

import uuid

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Version
from dam.search import search
from generation.models import GenerationJob
from provenance.manifests.models import ManifestRecord
from provenance.releases.models import Release
from provenance.review.models import Review
from tests.factories import BrandFactory, VersionFactory, member, next_version
from tests.integration.dam.search.seeing import clip

pytestmark = pytest.mark.django_db


def titles(typed: object, *, by: Member) -> list[str]:
    found = search.find(by, words=str(typed), ask=lambda spoken, encoder: None)
    return [hit.asset.title for hit in found.hits]


@pytest.fixture
def version(brand: Brand) -> Version:
    asset = clip(brand, "Kite", approval=Approval.APPROVED)
    clip(brand, "Boat", approval=Approval.APPROVED)
    assert asset.latest is not None
    return asset.latest


def test_an_id_is_found_by_its_beginning_and_beside_other_words(librarian: Member, version: Version) -> None:
    for key in (version.pk, version.asset_id, version.sha256):
        for typed in (key, str(key)[:8], str(key)[:13].upper(), f"{key} elephant", f"elephant {key}"):
            assert titles(typed, by=librarian) == ["Kite"], typed
    assert titles(str(version.pk)[:7], by=librarian) == []


def test_an_earlier_version_leads_those_who_see_drafts_to_its_clip(brand: Brand, librarian: Member) -> None:
    first = VersionFactory.create(asset__brand=brand, asset__title="Kite")
    next_version(first)
    assert titles(first.pk, by=librarian) == titles(first.sha256, by=librarian) == ["Kite"]


def test_a_draft_leads_a_viewer_to_nothing(brand: Brand, librarian: Member, version: Version) -> None:
    viewer = member(brand, Role.VIEWER)
    draft = next_version(version, sha256="ab" * 32)
    assert titles(version.pk, by=viewer) == ["Kite"]
    assert titles(draft.pk, by=viewer) == titles(draft.sha256, by=viewer) == []
    assert titles(draft.pk, by=librarian) == ["Kite"]


def test_takes_and_reviews_lead_those_who_see_drafts_to_their_clip(
    brand: Brand, librarian: Member, version: Version
) -> None:
    user, viewer = librarian.user, member(brand, Role.VIEWER)
    job = GenerationJob.objects.create(
        brand=brand,
        requested_by=user,
        prompt="a kite",
        seed=1,
        frames=8,
        width=64,
        height=64,
        rate_numerator=8,
        steps=1,
        guidance=1.0,
        version=version,
        state="done",
    )
    review = Review.objects.create(
        brand=brand, version=version, content_sha256=version.sha256, stages=["Brand"], submitted_by=user
    )
    for key in (job.pk, review.pk):
        assert titles(key, by=librarian) == titles(str(key)[:9], by=librarian) == ["Kite"]
        assert titles(key, by=viewer) == []
        assert titles(key, by=member(BrandFactory.create(), Role.ADMIN)) == []


def test_a_manifest_leads_to_the_clip_that_was_released_with_it(
    brand: Brand, librarian: Member, version: Version
) -> None:
    user = librarian.user
    review = Review.objects.create(
        brand=brand, version=version, content_sha256=version.sha256, stages=["Brand"], submitted_by=user
    )
    release = Release.objects.create(
        brand=brand,
        asset=version.asset,
        version=version,
        review=review,
        uses=["web"],
        territories=["WORLDWIDE"],
        master_sha256=version.sha256,
    )
    label = f"urn:c2pa:{uuid.uuid4()}"
    ManifestRecord.objects.create(
        version=version,
        release=release,
        sha256="cd" * 32,
        state="trusted",
        report={"raw": {"active_manifest": label}},
        checked_at=timezone.now(),
    )
    assert titles(label, by=librarian) == ["Kite"]
    assert titles(label, by=member(brand, Role.VIEWER)) == ["Kite"]
    assert titles(label[:-1], by=librarian) == []
    assert titles(label, by=member(BrandFactory.create(), Role.VIEWER)) == []
