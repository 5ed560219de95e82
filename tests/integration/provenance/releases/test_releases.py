"""From an approval to a released file, what stops it, and what ends it."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog.models import Approval, ReleaseState, Version
from dam.core import storage
from provenance.manifests import signing, verify
from provenance.manifests.development_ca import AuthorityBroken
from provenance.manifests.models import ManifestRecord
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.models import Release
from provenance.releases import known, release_file, releases, signable
from provenance.releases.states import ReleaseStatus
from provenance.review import reviews
from tests import forgery
from tests.factories import member
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def stored_files(case: Case) -> set[str]:
    return {entry.key for entry in storage.entries(str(case.brand.pk))}


def cannot(*args: Any, **kwargs: Any) -> None:
    raise signing.CannotCarry("The key card is not in its slot.")


def test_the_last_approval_makes_a_release_with_its_terms(generated: Path) -> None:
    case = case_of(generated)
    review = case.approve_all()
    release = Release.objects.get()
    assert (release.review, release.version, release.state) == (review, case.version, "signing")
    assert (release.uses, release.territories, release.master_sha256) == (
        ["web"],
        ["EU"],
        case.version.sha256,
    )
    case.version.refresh_from_db()
    assert case.version.release == ReleaseState.SIGNING
    assert case.version.asset.released is None


def test_an_approved_master_becomes_a_released_file(generated: Path) -> None:
    case = case_of(generated)
    review = case.approve_all()
    release = sign(case.version)
    with storage.local_copy(release.storage_key) as path:
        report = verify.check(path)
        assert storage.sha256_of(path) == release.sha256
    assert report.state is State.TRUSTED
    assert report.review is not None
    assert report.review.review == str(review.pk)
    assert report.review.content_sha256 == case.version.sha256
    assert report.review.organisation == case.brand.name
    assert [stage["role"] for stage in report.review.stages] == ["brand_reviewer", "legal_reviewer"]
    assert report.chain[1].ai_generated


def test_no_folder_of_the_server_is_named_where_a_certificate_is_broken(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise AuthorityBroken("The development CA in /srv/secret cannot be used.")

    case = case_of(generated)
    case.approve_all()
    monkeypatch.setattr(signing, "sign_release", broken)
    release = sign(case.version)
    assert (release.state, release.reason) == ("failed", signable.NO_CERTIFICATE)
    assert "/srv" not in str(Event.objects.get(verb="release.failed").data)


def test_a_ready_release_is_what_the_asset_has_released(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    sign(case.version)
    version = Version.objects.select_related("asset").get(pk=case.version.pk)
    assert (version.release, version.asset.released) == (ReleaseState.READY, version)


def test_no_persons_name_leaves_with_the_file(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    with storage.local_copy(sign(case.version).storage_key) as path:
        content = path.read_bytes()
    for person in (case.creator, case.brand_reviewer, case.legal_reviewer):
        assert person.name.encode() not in content
        assert person.user.email.encode() not in content


def test_the_model_is_named_again_as_checked_by_a_person(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    record = ManifestRecord.objects.get(release=sign(case.version))
    assert record.report["manifests"][0]["model"]["oversight"] == "checked by a person"


def test_a_model_that_a_stranger_named_is_not_named_in_our_name(generated: Path, tmp_path: Path) -> None:
    case = case_of(forgery.generated(generated, out=tmp_path / "forged.mp4"))
    case.approve_all()
    ours, strangers = ManifestRecord.objects.get(release=sign(case.version)).report["manifests"][:2]
    assert (ours["model"], strangers["proven"]) == (None, False)
    assert strangers["model"]["name"] == "previz-dit"


def test_a_release_leaves_a_record_and_an_event(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    release = sign(case.version)
    record = ManifestRecord.objects.get(release=release)
    assert (record.state, record.sha256) == ("trusted", release.sha256)
    assert Event.objects.get(verb="release.signed").data["sha256"] == release.sha256


def test_run_twice_it_is_signed_once(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    assert sign(case.version).sha256 == sign(case.version).sha256
    assert Event.objects.filter(verb="release.signed").count() == 1


def test_a_webm_is_released_as_an_mp4(webm: Path) -> None:
    case = case_of(webm, suffix=".webm")
    case.approve_all()
    release = sign(case.version)
    assert (release.content_type, Path(release.storage_key).suffix) == ("video/mp4", ".mp4")


def test_a_file_whose_last_box_ends_beyond_it_is_converted(plain: Path, tmp_path: Path) -> None:
    unsound = tmp_path / "unsound.mp4"
    unsound.write_bytes(plain.read_bytes() + (5000).to_bytes(4) + b"free" + bytes(20))
    case = case_of(unsound)
    case.approve_all()
    release = sign(case.version)
    assert (release.state, release.reason) == (ReleaseStatus.READY, "")


def test_nothing_is_released_without_an_approval(generated: Path) -> None:
    case = case_of(generated)
    case.submit()
    assert not Release.objects.exists()


def test_an_approval_withdrawn_while_it_is_signed_wins(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(generated)
    case.approve_all()
    before = stored_files(case)
    sign_release = signing.sign_release

    def withdraw_first(*args: Any, **kwargs: Any) -> Report:
        reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
        return sign_release(*args, **kwargs)

    monkeypatch.setattr(signing, "sign_release", withdraw_first)
    release = sign(case.version)
    assert (release.state, release.sha256, release.reason) == (ReleaseStatus.WITHDRAWN, "", "Wrong music")
    assert stored_files(case) == before
    assert not Event.objects.filter(verb="release.signed").exists()


def test_a_master_that_is_not_what_was_reviewed_is_not_signed(generated: Path, plain: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    other = storage.put(plain, brand_id=case.brand.pk, suffix=".mp4")
    Version.objects.filter(pk=case.version.pk).update(storage_key=other.key)
    assert "isn't the file that was reviewed" in sign(case.version).reason


def test_a_master_whose_credentials_do_not_hold_is_not_signed(generated: Path) -> None:
    generated.write_bytes(generated.read_bytes().replace(b"previz-dit", b"previz-dot", 1))
    case = case_of(generated)
    case.approve_all()
    release = sign(case.version)
    assert release.state == ReleaseStatus.FAILED
    assert "are invalid" in release.reason
    assert "are invalid" in Event.objects.get(verb="release.failed").data["reason"]
    assert Version.objects.get(pk=case.version.pk).release == ReleaseState.FAILED


def test_an_unforeseen_fault_fails_it_with_a_sentence_and_reaches_the_log(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("bug")

    case = case_of(generated)
    case.approve_all()
    monkeypatch.setattr(release_file, "make", break_down)
    with pytest.raises(RuntimeError):
        sign(case.version)
    assert Release.objects.get().reason.startswith("Something went wrong on the server.")


def test_withdrawing_the_approval_ends_the_release_at_once(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    release = sign(case.version)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
    release.refresh_from_db()
    version = Version.objects.select_related("asset").get(pk=case.version.pk)
    assert (release.state, release.reason) == (ReleaseStatus.WITHDRAWN, "Wrong music")
    assert (version.release, version.asset.released) == (ReleaseState.WITHDRAWN, None)
    assert storage.exists(release.storage_key)


def test_approved_again_it_is_another_release_and_the_withdrawn_one_stays_withdrawn(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    first = sign(case.version)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
    case.version.refresh_from_db()
    case.approve_all()
    assert Version.objects.get(pk=case.version.pk).asset.released is None  # until the new file is there
    second = sign(case.version)
    assert second.sha256 != first.sha256
    states = {each.pk: each.state for each in Release.objects.all()}
    assert states == {first.pk: "withdrawn", second.pk: "ready"}
    old, new = known.by_bytes(first.sha256), known.by_bytes(second.sha256)
    assert old is not None
    assert new is not None
    assert (old.withdrawn, new.withdrawn) == (True, False)
    assert old.released_at < new.released_at


def test_a_new_signing_that_fails_brings_no_old_file_back(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(generated)
    case.approve_all()
    sign(case.version)
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
    case.version.refresh_from_db()
    case.approve_all()
    monkeypatch.setattr(signing, "sign_release", cannot)
    assert sign(case.version).state == ReleaseStatus.FAILED
    assert Version.objects.get(pk=case.version.pk).asset.released is None
    assert not Release.objects.filter(state=ReleaseStatus.READY).exists()


def test_signing_again_after_a_failure_is_another_release(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = case_of(generated)
    case.approve_all()
    with monkeypatch.context() as broken:
        broken.setattr(signing, "sign_release", cannot)
        failed = sign(case.version)
    releases.sign_again(case.version, by=case.creator)
    assert sign(case.version).state == ReleaseStatus.READY
    failed.refresh_from_db()
    assert failed.state == ReleaseStatus.FAILED
    assert Event.objects.get(verb="release.retried").actor == case.creator.user


def test_what_has_not_failed_is_not_signed_again(generated: Path) -> None:
    case = case_of(generated)
    for code in ("not_approved", "not_failed", "not_failed"):
        with pytest.raises(releases.ReleaseRefused) as refused:
            releases.sign_again(case.version, by=case.creator)
        assert refused.value.code == code
        if code == "not_approved":
            case.approve_all()
        else:
            sign(case.version)
    assert Release.objects.count() == 1


def test_a_release_is_told_apart_by_its_bytes_alone(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    release = sign(case.version)
    assert known.by_bytes(case.version.sha256) is None
    assert known.by_bytes("") is None
    found = known.by_bytes(release.sha256)
    assert found is not None
    assert (found.brand, found.released_at, found.ended_at) == (case.brand.name, release.signed_at, None)


def test_an_approval_stands_when_the_brand_has_no_worker(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    assert Version.objects.get(pk=case.version.pk).approval == Approval.APPROVED


def test_a_viewer_has_nothing_signed_again(generated: Path) -> None:
    case = case_of(generated)
    with pytest.raises(PermissionDenied):
        releases.sign_again(case.version, by=member(case.brand, Role.VIEWER))
