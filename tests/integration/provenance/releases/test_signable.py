"""Before people spend a review on a clip: could it be signed at all?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dam.catalog.models import Rendition, Version
from provenance.manifests import development_ca, signing
from provenance.manifests.signers import SignerExpired
from provenance.models import Review
from provenance.releases import signable
from provenance.review import reviews
from tests.release_factory import case_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


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
    assert "never be released" in str(refusal(case))


def test_a_file_whose_boxes_do_not_fit_needs_to_be_convertible(plain: Path, tmp_path: Path) -> None:
    unsound = tmp_path / "unsound.mp4"
    unsound.write_bytes(plain.read_bytes() + (5000).to_bytes(4) + b"free" + bytes(20))
    case = case_of(unsound)
    assert signable.obstacle(case.version) == ""
    without_proxy(case)
    assert "Export it again" in str(refusal(case))


def test_a_master_that_storage_has_lost_is_not_submitted() -> None:
    case = Case()
    without_proxy(case)
    refusal(case)


def test_an_expired_certificate_is_noticed_before_the_review(monkeypatch: pytest.MonkeyPatch) -> None:
    def expired(*args: Any, **kwargs: Any) -> None:
        raise SignerExpired("The certificate of Acme is valid from 2024-01-01 until 2025-01-01.")

    monkeypatch.setattr(signing, "signer", expired)
    assert "until 2025-01-01" in str(refusal(Case()))


def test_a_certificate_that_is_half_configured_is_noticed_too(settings: Any, tmp_path: Path) -> None:
    development_ca.ensure(tmp_path / "other", at=datetime.now(UTC))
    settings.SIGNING_REVIEWER_CHAIN = str(tmp_path / "chain.pem")
    assert "Tell your administrator" in str(refusal(Case()))
