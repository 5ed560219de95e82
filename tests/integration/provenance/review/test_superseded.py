"""A newer version ends the review of the one before."""

import pytest

from dam.audit.models import Event
from dam.catalog import versions
from dam.catalog.models import Approval
from provenance.review import queue, reviews
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import next_version
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def test_the_open_review_of_the_version_before_is_void() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    case.add_version()
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, case.version.approval) == (ReviewState.SUPERSEDED, Approval.DRAFT)
    assert review.closed_at is not None
    event = Event.objects.get(verb="review.superseded")
    assert (event.actor, event.data["review"], event.data["number"]) == (case.creator.user, str(review.pk), 2)


def test_nobody_decides_it_any_more_and_it_waits_for_nobody() -> None:
    case = Case()
    review = case.submit()
    case.add_version()
    with pytest.raises(reviews.ReviewRefused, match="newer version has replaced") as refused:
        case.approve(review, by=case.brand_reviewer)
    assert refused.value.code == "superseded"
    assert not queue.waiting_for(case.brand_reviewer).exists()


def test_a_version_that_was_replaced_is_not_sent_to_review() -> None:
    case = Case()
    case.add_version()
    with pytest.raises(reviews.ReviewRefused, match="newer version has replaced"):
        case.submit()


def test_the_new_version_goes_its_own_way() -> None:
    case = Case()
    case.submit()
    second = case.add_version()
    review = reviews.submit(second, by=case.creator)
    assert (review.version, review.content_sha256) == (second, second.sha256)


def test_without_an_open_review_nothing_is_ended() -> None:
    case = Case()
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="Larger logo",
    )
    case.add_version()
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert review.state == ReviewState.CHANGES_REQUESTED
    assert case.version.approval == Approval.CHANGES_REQUESTED
    assert not Event.objects.filter(verb="review.superseded").exists()


def test_an_approval_outlives_the_version_that_follows() -> None:
    case = Case()
    review = case.approve_all()
    case.add_version()
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, case.version.approval) == (ReviewState.APPROVED, Approval.APPROVED)


def test_the_lock_of_a_version_reads_it_again() -> None:
    case = Case()
    second = next_version(case.version)
    assert versions.locked(case.version.pk).asset.latest_id == second.pk
    assert versions.latest_locked(second.asset_id) == second
