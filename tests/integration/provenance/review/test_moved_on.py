"""Decisions from a page that is older than where the review stands."""

import pytest

from provenance.review import asking, reviews
from provenance.review.models import Decision
from provenance.review.plans import Planned
from provenance.review.states import ReviewState
from tests.review_factory import Case
from tests.review_templates import begun, legal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]


def test_an_approval_counts_for_no_stage_that_its_giver_never_saw() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", "Market"), Planned("legal", "Global"))
    opened = asking.seen(review)
    case.approve(review, by=first)
    for stale in (opened, None):
        with pytest.raises(reviews.ReviewRefused) as refused:
            case.approve(review, by=second, seen=stale)
        assert refused.value.code == "moved"
    review.refresh_from_db()
    assert (review.state, review.stage, Decision.objects.count()) == (ReviewState.OPEN, 1, 1)
    case.approve(review, by=second, seen=asking.seen(review))
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_who_saw_fewer_approvals_looks_again_before_theirs_is_the_last() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    case.approve(review, by=first)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=second, seen=asking.Seen(stage=0, approvals=0))
    assert refused.value.code == "moved"
    case.approve(review, by=second, seen=asking.Seen(stage=0, approvals=1))


def test_without_a_plan_nobody_needs_to_say_what_they_saw() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer, seen=None)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=case.legal_reviewer, seen=asking.Seen(stage=0, approvals=0))
    assert refused.value.code == "moved"
    case.approve(review, by=case.legal_reviewer, seen=None)
