"""From an approval to a released file, and what stops it."""

from pathlib import Path
from typing import Any

import pytest

from dam.audit.models import Event
from dam.catalog.models import Approval, Credentials, Rendition, RenditionKind, Version
from dam.core import storage
from dam.ingest import steps
from dam.ingest.models import StepState
from provenance.manifests import records, releases, signing, tasks, verify
from provenance.manifests.models import ManifestRecord
from provenance.manifests.releases import MasterChanged, NotApproved
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.review import reviews
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def case_of(master: Path, *, suffix: str = ".mp4") -> Case:
    """A draft whose master is this file."""
    case = Case()
    stored = storage.put(master, brand_id=case.brand.pk, suffix=suffix)
    Version.objects.filter(pk=case.version.pk).update(
        sha256=stored.sha256, storage_key=stored.key, size=stored.size
    )
    case.version.refresh_from_db()
    return case


def test_an_approved_master_becomes_a_released_file(generated: Path, tmp_path: Path) -> None:
    case = case_of(generated)
    review = case.approve_all()
    rendition = releases.make(case.version.pk)
    with storage.local_copy(rendition.storage_key) as path:
        report = verify.check(path)
        assert storage.sha256_of(path) == rendition.sha256
    assert report.state is State.TRUSTED
    assert report.review is not None
    assert report.review.review == str(review.pk)
    assert report.review.content_sha256 == case.version.sha256
    assert report.review.organisation == case.brand.name
    assert [stage["role"] for stage in report.review.stages] == ["brand_reviewer", "legal_reviewer"]
    assert report.chain[1].ai_generated


def test_no_persons_name_leaves_with_the_file(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    rendition = releases.make(case.version.pk)
    with storage.local_copy(rendition.storage_key) as path:
        content = path.read_bytes()
    for person in (case.creator, case.brand_reviewer, case.legal_reviewer):
        assert person.name.encode() not in content
        assert person.user.email.encode() not in content


def test_the_model_is_named_again_as_checked_by_a_person(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    releases.make(case.version.pk)
    record = ManifestRecord.objects.get(version=case.version, rendition__kind=RenditionKind.RELEASE)
    assert record.report["manifests"][0]["model"]["oversight"] == "checked by a person"


def test_a_release_leaves_a_record_and_an_event(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    rendition = releases.make(case.version.pk)
    record = ManifestRecord.objects.get(rendition=rendition)
    assert (record.state, record.sha256) == ("trusted", rendition.sha256)
    event = Event.objects.get(verb="release.signed")
    assert event.data["sha256"] == rendition.sha256


def test_made_twice_it_is_one_release(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    assert releases.make(case.version.pk) == releases.make(case.version.pk)
    assert Event.objects.filter(verb="release.signed").count() == 1


def test_a_webm_is_released_as_an_mp4(webm: Path) -> None:
    case = case_of(webm, suffix=".webm")
    case.approve_all()
    rendition = releases.make(case.version.pk)
    assert rendition.content_type == "video/mp4"
    assert rendition.storage_key.endswith(".mp4")


def test_nothing_is_released_without_an_approval(generated: Path) -> None:
    case = case_of(generated)
    case.submit()
    with pytest.raises(NotApproved):
        releases.make(case.version.pk)
    tasks.release(str(case.version.pk))
    assert not Rendition.objects.exists()


def test_an_approval_withdrawn_meanwhile_wins(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(generated)
    case.approve_all()
    sign = signing.sign_release

    def withdraw_first(*args: Any, **kwargs: Any) -> Report:
        reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
        return sign(*args, **kwargs)

    monkeypatch.setattr(signing, "sign_release", withdraw_first)
    with pytest.raises(NotApproved):
        releases.make(case.version.pk)
    assert not Rendition.objects.exists()


def test_a_master_that_is_not_what_was_reviewed_is_not_signed(generated: Path, plain: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    other = storage.put(plain, brand_id=case.brand.pk, suffix=".mp4")
    Version.objects.filter(pk=case.version.pk).update(storage_key=other.key)
    with pytest.raises(MasterChanged):
        releases.make(case.version.pk)


def test_a_master_whose_credentials_do_not_hold_is_not_signed(generated: Path) -> None:
    generated.write_bytes(generated.read_bytes().replace(b"previz-dit", b"previz-dot", 1))
    case = case_of(generated)
    case.approve_all()
    tasks.release(str(case.version.pk))
    assert not Rendition.objects.exists()
    assert "do not hold" in Event.objects.get(verb="release.failed").data["reason"]


@pytest.mark.parametrize(("kind", "expected"), [("generated", "trusted"), ("plain", "none")])
def test_checking_a_master_keeps_its_verdict(
    kind: str, expected: str, request: pytest.FixtureRequest
) -> None:
    case = case_of(request.getfixturevalue(kind))
    records.check_master(case.version)
    records.check_master(case.version)
    case.version.refresh_from_db()
    assert case.version.credentials == expected
    assert ManifestRecord.objects.get(version=case.version).state == expected


def test_the_step_runs_the_check(plain: Path) -> None:
    case = case_of(plain)
    steps.begin(case.version)
    tasks.check_credentials(str(case.version.pk))
    step = case.version.steps.get(name="credentials")
    assert (step.state, step.reason) == (StepState.DONE, str(Credentials.NONE.label))
    assert Version.objects.get(pk=case.version.pk).approval == Approval.DRAFT
