"""Before people spend a review on a clip: could it be signed at all?"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.catalog.models import Rendition, Version
from provenance.manifests import c2pa_io, development_ca, signing, trial_signature
from provenance.manifests.signers import SignerExpired
from provenance.models import Decision, Release, Review
from provenance.releases import signable
from provenance.review import reviews
from provenance.review.states import DecisionKind
from tests.release_factory import case_of, sign
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
SHARED = Path(__file__).resolve().parents[4].parent / "shared" / "media" / "trials"

CERTIFICATE = "-----BEGIN CERTIFICATE-----"


def without_proxy(case: Case) -> Version:
    Rendition.objects.filter(version=case.version).delete()
    return case.version


def refusal(case: Case) -> reviews.ReviewRefused:
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.submit()
    assert not Review.objects.exists()
    assert refused.value.code == "not_signable"
    return refused.value


def test_a_sound_mp4_can_be_signed_as_it_is(plain: Path) -> None:
    assert signable.obstacle(without_proxy(case_of(plain))) == ""


def test_what_can_be_converted_can_be_signed(webm: Path) -> None:
    assert signable.obstacle(case_of(webm, suffix=".webm").version) == ""


def test_what_can_neither_carry_credentials_nor_be_converted_is_not_submitted(webm: Path) -> None:
    case = case_of(webm, suffix=".webm")
    without_proxy(case)
    assert "can't be released" in str(refusal(case))


def test_a_file_whose_boxes_do_not_fit_needs_to_be_convertible(plain: Path, tmp_path: Path) -> None:
    unsound = tmp_path / "unsound.mp4"
    unsound.write_bytes(plain.read_bytes() + (5000).to_bytes(4) + b"free" + bytes(20))
    case = case_of(unsound)
    assert signable.obstacle(case.version) == ""
    without_proxy(case)
    assert "Export it" in str(refusal(case))


def test_a_master_that_storage_has_lost_is_not_submitted() -> None:
    case = Case()
    without_proxy(case)
    refusal(case)


def test_an_expired_certificate_is_noticed_before_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    def expired(*args: Any, **kwargs: Any) -> None:
        raise SignerExpired("The certificate of Acme is valid from 2024-01-01 until 2025-01-01.")

    monkeypatch.setattr(signing, "signer", expired)
    assert "until 2025-01-01" in str(refusal(Case()))


def configure(settings: Any, folder: Path, *, at: datetime) -> Path:
    """Certificates of one's own for the reviewers, made at that time; the file that holds chain and key."""
    development_ca.ensure(folder, at=at)
    path = folder / "reviewer.pem"
    settings.SIGNING_REVIEWER_CHAIN = settings.SIGNING_REVIEWER_KEY = str(path)
    return path


def mixed_up(settings: Any, path: Path) -> None:
    settings.SIGNING_REVIEWER_KEY = str(path.with_name("generator.pem"))


def lost(settings: Any, path: Path) -> None:
    path.unlink()


def of_another_kind(settings: Any, path: Path) -> None:
    """A certificate that is valid and fits its key, and is not meant for content: an authority's own."""
    settings.SIGNING_REVIEWER_CHAIN = settings.SIGNING_REVIEWER_KEY = str(path.with_name("issuing.pem"))


def unreadable_anchors(settings: Any, path: Path) -> None:
    settings.TRUST_ANCHORS = [str(path.with_name("nothing.pem"))]


def out_of_date(settings: Any, path: Path) -> None:
    configure(settings, path.parent / "old", at=datetime(2010, 1, 1, tzinfo=UTC))


def without_its_issuer(settings: Any, path: Path) -> None:
    """Nobody who has the root alone can follow it there."""
    path.write_text(path.read_text().rpartition(CERTIFICATE)[0])


def below_a_strange_issuer(settings: Any, path: Path) -> None:
    without_its_issuer(settings, path)
    development_ca.ensure(path.parent / "strange", at=datetime.now(UTC))
    strange = (path.parent / "strange" / "issuing.pem").read_text()
    path.write_text(path.read_text() + CERTIFICATE + strange.rpartition(CERTIFICATE)[2])


BROKEN = [
    *(mixed_up, lost, of_another_kind, unreadable_anchors, out_of_date),
    *(without_its_issuer, below_a_strange_issuer),
]


@pytest.mark.parametrize("breaking", BROKEN)
def test_a_certificate_that_signs_nothing_is_noticed_before_the_review(
    breaking: Callable[[Any, Path], None], settings: Any, tmp_path: Path
) -> None:
    path = configure(settings, tmp_path / "own", at=datetime.now(UTC))
    assert signable.obstacle(Case().version) == ""
    breaking(settings, path)
    words = str(refusal(Case()))
    assert "can't be signed right now" in words
    assert str(tmp_path) not in words


@pytest.mark.parametrize("breaking", BROKEN)
def test_and_before_each_approval(
    breaking: Callable[[Any, Path], None], settings: Any, tmp_path: Path
) -> None:
    path = configure(settings, tmp_path / "own", at=datetime.now(UTC))
    first, second = Case(), Case()
    early, late = first.submit(), second.submit()
    second.approve(late, by=second.brand_reviewer)
    breaking(settings, path)
    for case, review, by in ((first, early, first.brand_reviewer), (second, late, second.legal_reviewer)):
        with pytest.raises(reviews.ReviewRefused) as refused:
            case.approve(review, by=by)
        assert refused.value.code == "not_signable"
    assert Decision.objects.count() == 1
    assert not Release.objects.exists()


def test_who_may_not_decide_hears_that_first(settings: Any, tmp_path: Path) -> None:
    case = Case()
    review = case.submit()
    settings.TRUST_ANCHORS = [str(tmp_path / "nothing.pem")]
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=case.creator)
    assert refused.value.code != "not_signable"


def test_what_can_not_be_signed_can_still_be_sent_back(settings: Any, tmp_path: Path) -> None:
    case = Case()
    review = case.submit()
    settings.TRUST_ANCHORS = [str(tmp_path / "nothing.pem")]
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REJECT,
        expected_sha256=case.version.sha256,
        comment="Wrong logo",
    )


def test_the_review_room_says_why_nothing_can_be_approved(settings: Any, tmp_path: Path) -> None:
    case = Case()
    review = case.submit()
    settings.TRUST_ANCHORS = [str(tmp_path / "nothing.pem")]
    client = Client()
    client.force_login(case.brand_reviewer.user)
    html = client.get(reverse("review", args=[case.brand.slug, review.pk])).content.decode()
    assert signable.NO_CERTIFICATE.replace("'", "&#x27;") in html
    assert 'data-dialog="approve-dialog"' not in html
    assert 'data-dialog="reject-dialog"' in html


@pytest.mark.parametrize("credentials", ["altered", "invalid"])
def test_a_file_whose_own_credentials_do_not_hold_is_not_submitted(credentials: str) -> None:
    case = Case()
    Version.objects.filter(pk=case.version.pk).update(credentials=credentials)
    assert "changed after it was signed" in str(refusal(case))


def test_a_signer_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    signable.obstacle(Case().version)
    monkeypatch.setattr(c2pa_io, "sign", None)
    assert signable.obstacle(Case().version) == ""


def test_what_went_wrong_for_a_moment_is_not_held_against_a_certificate(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise c2pa_io.SigningFailed("No space left on device")

    configure(settings, tmp_path / "own", at=datetime.now(UTC))
    version = Case().version
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(c2pa_io, "sign", fail)
        assert signable.obstacle(version) == signable.NO_CERTIFICATE
    assert signable.obstacle(version) == ""


def test_a_file_whose_last_box_ends_beyond_it_is_released_all_the_same(plain: Path, tmp_path: Path) -> None:
    unsound = tmp_path / "unsound.mp4"
    unsound.write_bytes(plain.read_bytes() + (5000).to_bytes(4) + b"free" + bytes(20))
    case = case_of(unsound)
    case.approve_all()
    assert sign(case.version).state == "ready"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared files are not here")
def test_the_film_of_the_trials_whose_last_box_ends_beyond_it_is_released() -> None:
    case = case_of(SHARED / "12_pastend.mov", suffix=".mov")
    case.approve_all()
    release = sign(case.version)
    assert (release.state, release.content_type) == ("ready", "video/mp4")


def test_a_certificate_that_is_half_configured_is_noticed_too(settings: Any, tmp_path: Path) -> None:
    development_ca.ensure(tmp_path / "other", at=datetime.now(UTC))
    settings.SIGNING_REVIEWER_CHAIN = str(tmp_path / "chain.pem")
    assert "Contact your administrator" in str(refusal(Case()))


def test_a_certificate_that_nobody_here_would_believe_signs_no_release(
    plain: Path, settings: Any, tmp_path: Path
) -> None:
    path = configure(settings, tmp_path / "own", at=datetime.now(UTC))
    case = case_of(plain)
    case.approve_all()
    without_its_issuer(settings, path)
    release = sign(case.version)
    assert (release.state, release.reason) == ("failed", signable.NO_CERTIFICATE)


def test_a_key_service_that_is_away_keeps_no_clip_from_review_and_is_not_waited_for_each_time(
    plain: Path, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "sign.sh"
    program.write_text(f"#!/bin/sh\necho asked >> {asked}\nexit 1\n")
    program.chmod(0o700)
    development_ca.ensure(Path(settings.SIGNING_DIR) / "development", at=datetime.now(UTC))
    settings.SIGNING_REVIEWER_CHAIN = str(Path(settings.SIGNING_DIR) / "development" / "reviewer.pem")
    settings.SIGNING_REVIEWER_COMMAND = str(program)
    version = without_proxy(case_of(plain))
    trial_signature._proven.clear()
    trial_signature._away_until.clear()
    assert signable.obstacle(version) == ""
    assert signable.obstacle(version) == ""
    assert asked.read_text() == "asked\n"
    trial_signature._away_until.clear()
    program.write_text("#!/bin/sh\necho something else\n")  # what it answers is looked at all the same
    assert signable.obstacle(version) == signable.NO_CERTIFICATE
