"""Credentials on the asset page."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Version
from dam.core import storage
from provenance.manifests import records, signing
from provenance.manifests.models import ManifestRecord
from provenance.models import Review
from provenance.review import reviews
from tests import claim_factory
from tests.factories import BrandFactory, member
from tests.media_factory import clip
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(settings: Any, tmp_path: Path) -> Case:
    """A signed and checked draft."""
    settings.SIGNING_DIR = tmp_path / "signing"
    master = tmp_path / "signed.mp4"
    facts = claim_factory.generated(prompt_disclosure="text")
    signing.sign_generated(clip(tmp_path / "clip.mp4"), out=master, facts=facts)
    case = Case()
    stored = storage.put(master, brand_id=case.brand.pk, suffix=".mp4")
    Version.objects.filter(pk=case.version.pk).update(sha256=stored.sha256, storage_key=stored.key)
    case.version.refresh_from_db()
    records.check_master(case.version)
    return case


def get(case: Case, person: Member) -> Any:
    client = Client()
    client.force_login(person.user)
    return client.get(reverse("asset-credentials", args=[case.brand.slug, case.version.asset_id]))


def text(case: Case) -> str:
    return str(get(case, case.creator).content.decode())


def test_a_member_sees_where_the_master_comes_from(case: Case) -> None:
    html = text(case)
    assert "Signed with a test certificate" in html
    assert "a red kite over the sea" in html


def test_that_nobody_asked_whether_the_certificate_was_revoked_is_said(case: Case) -> None:
    assert "Not checked: its issuer wasn't asked" in text(case)


def test_a_history_that_is_too_long_for_the_page_says_so(case: Case) -> None:
    record = ManifestRecord.objects.get(version=case.version)
    assert "Older entries" not in text(case)
    record.report["shortened"] = True
    record.save()
    assert "Older entries aren't shown" in text(case)


def test_codes_that_are_too_many_for_the_page_are_counted(case: Case) -> None:
    record = ManifestRecord.objects.get(version=case.version)
    record.report["findings"] = [{"code": "claim.malformed", "reason": "Malformed.", "where": "active"}]
    record.report["more_findings"] = 7
    record.save()
    assert "7 more not shown." in text(case)


def test_a_release_stands_above_its_master(case: Case) -> None:
    case.approve_all()
    assert "The release is queued for signing." in text(case)
    sign(case.version)
    html = text(case)
    assert html.index("Release") < html.index("<h3>Master</h3>")
    assert f"Approved for release by {case.brand.name}" in html
    assert "The release is queued for signing." not in html


def test_a_copy_of_a_release_that_was_withdrawn_says_so_first(case: Case) -> None:
    case.approve_all()
    with storage.local_copy(sign(case.version).storage_key) as path:
        copy = case_of(path)
    records.check_master(copy.version)
    assert "Withdrawn" not in text(copy)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
    assert "<h2>Withdrawn: do not use</h2>" in text(copy)


@pytest.fixture
def unsigned(case: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Approved, and signing its release has failed."""

    def fail(*args: Any, **kwargs: Any) -> None:
        raise signing.CannotCarry("The key card is not in its slot.")

    case.approve_all()
    monkeypatch.setattr(signing, "sign_release", fail)
    sign(case.version)
    return case


def test_a_release_that_failed_says_why_and_can_be_signed_again(unsigned: Case) -> None:
    html = text(unsigned)
    assert "The key card is not in its slot." in html
    assert reverse("release-sign", args=[unsigned.brand.slug, unsigned.version.asset_id]) in html


def test_a_stranger_and_a_viewer_of_a_draft_see_nothing(case: Case) -> None:
    stranger, viewer = member(BrandFactory.create()), member(case.brand, Role.VIEWER)
    assert get(case, stranger).status_code == 404
    assert get(case, viewer).status_code == 404


def test_signing_again_is_for_those_who_may_run_steps(case: Case) -> None:
    case.approve_all()
    address = reverse("release-sign", args=[case.brand.slug, case.version.asset_id])
    for person, status in (
        (case.creator, 302),
        (case.brand_reviewer, 403),
        (member(BrandFactory.create()), 404),
    ):
        client = Client()
        client.force_login(person.user)
        assert client.post(address).status_code == status


def pages(case: Case) -> list[str]:
    """Every place that says how the clip stands: asset page, review panel, room, its card, the lists."""
    client = Client()
    client.force_login(case.brand_reviewer.user)
    review = Review.objects.get()
    slug, asset = case.brand.slug, case.version.asset_id
    addresses = [
        reverse("asset", args=[slug, asset]),
        reverse("asset-usage", args=[slug, asset]),
        reverse("asset-review", args=[slug, asset]),
        reverse("asset-card", args=[slug, asset]),
        reverse("review", args=[slug, review.pk]),
        reverse("reviews", args=[slug]) + "?show=closed",
    ]
    return [client.get(address).content.decode() for address in addresses]


def test_an_approval_whose_file_is_not_signed_is_nowhere_a_green_light(case: Case) -> None:
    case.approve_all()
    for html in pages(case):
        assert "not signed yet" in html or "waiting to be signed" in html
        assert ">Approved</span>" not in html.replace("\n", "")
        assert not re.search(r"usage-answer tone-ok", html)


def test_an_approval_whose_signing_failed_says_so_everywhere(unsigned: Case) -> None:
    for html in pages(unsigned):
        assert "igning failed" in html or "igning the file failed" in html
        assert not re.search(r"usage-answer tone-ok", html)


def test_once_it_is_signed_it_is_green(case: Case) -> None:
    case.approve_all()
    sign(case.version)
    for html in pages(case):
        assert "not signed yet" not in html
