from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from dam.accounts.capabilities import Role
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Approval, Asset, Processing, Version
from provenance.review import reviews
from provenance.review.models import Review
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_a_submitted_version_is_in_review() -> None:
    case = Case()
    due_at = datetime(2026, 12, 1, tzinfo=UTC)
    review = reviews.submit(case.version, by=case.creator, note=" Please ", due_at=due_at, at=NOW)
    case.version.refresh_from_db()
    assert case.version.approval == Approval.IN_REVIEW
    assert (review.state, review.stage, review.stages) == (ReviewState.OPEN, 0, ["brand", "legal"])
    assert (review.note, review.due_at, review.submitted_at) == ("Please", due_at, NOW)
    assert review.content_sha256 == case.version.sha256


def test_submitting_leaves_an_event() -> None:
    case = Case()
    review = case.submit()
    event = Event.objects.get(brand=case.brand)
    assert (event.verb, event.actor, event.asset_id) == (
        "review.submitted",
        case.creator.user,
        case.version.asset_id,
    )
    assert event.data["review"] == str(review.pk)
    assert event.data["sha256"] == case.version.sha256
    assert trail.first_broken(case.brand) is None


def test_a_second_submission_is_refused_and_changes_nothing() -> None:
    case = Case()
    case.submit()
    with pytest.raises(reviews.ReviewRefused, match="already in review") as refused:
        case.submit()
    assert refused.value.code == "in_review"
    assert Review.objects.count() == 1
    assert Event.objects.count() == 1


def test_the_database_holds_one_open_review_of_a_version() -> None:
    review = Case().submit()
    review.pk = None
    with pytest.raises(IntegrityError, match="review_open_once"), transaction.atomic():
        review.save(force_insert=True)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER])
def test_a_role_that_makes_nothing_submits_nothing(role: Role) -> None:
    case = Case()
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.submit(case.version, by=member(case.brand, role))
    assert refused.value.code == "wrong_role"


def test_a_stranger_submits_nothing() -> None:
    with pytest.raises(reviews.ReviewRefused, match="role"):
        reviews.submit(Case().version, by=member(BrandFactory.create(), Role.ADMIN))


def test_what_lies_in_the_trash_is_not_submitted() -> None:
    case = Case()
    Asset.objects.update(trashed_at=NOW)
    with pytest.raises(reviews.ReviewRefused, match="trash"):
        case.submit()


def test_what_is_still_processed_is_not_submitted() -> None:
    case = Case()
    Version.objects.update(processing=Processing.RUNNING)
    with pytest.raises(reviews.ReviewRefused, match="still processing"):
        case.submit()


def test_stages_are_those_of_the_brand_at_that_moment() -> None:
    brand = BrandFactory.create(review_stages=["legal"])
    review = Case(brand).submit()
    brand.review_stages = ["brand", "legal"]
    brand.save()
    review.refresh_from_db()
    assert review.stages == ["legal"]


def test_after_changes_were_requested_it_may_be_submitted_again() -> None:
    case = Case()
    reviews.decide(
        case.submit(),
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="Logo too small",
    )
    assert case.submit().stage == 0


def test_what_was_rejected_stays_rejected() -> None:
    case = Case()
    reviews.decide(
        case.submit(),
        by=case.brand_reviewer,
        kind=DecisionKind.REJECT,
        expected_sha256=case.version.sha256,
        comment="Not ours",
    )
    with pytest.raises(reviews.ReviewRefused, match="was rejected"):
        case.submit()


def test_a_version_is_judged_as_it_is_now_and_not_as_it_was_read() -> None:
    case = Case()
    case.version.processing = "waiting"  # what a page read some minutes ago
    assert case.submit().state == ReviewState.OPEN
