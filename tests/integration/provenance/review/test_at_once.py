"""Two people, or one with two clicks, at the very same moment: one of them wins, the other is told."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from dam.accounts.capabilities import Role
from dam.audit import trail
from dam.catalog.models import Approval
from provenance.review import asking, ledger, reviews
from provenance.review.models import Decision, Review
from provenance.review.plans import Planned
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory, member
from tests.review_factory import Case
from tests.review_templates import template

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]


def outcomes(*attempts: Callable[[], object]) -> list[str]:
    """What each attempt came to, all started together: "done" or the code of the refusal."""
    together = threading.Barrier(len(attempts))
    came_to: list[str] = []

    def run(attempt: Callable[[], object]) -> None:
        together.wait(timeout=60)
        try:
            attempt()
            came_to.append("done")
        except reviews.ReviewRefused as refused:
            came_to.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(came_to)


def test_a_double_click_submits_once() -> None:
    case = Case()
    assert outcomes(case.submit, case.submit) == ["done", "in_review"]
    assert Review.objects.count() == 1


def test_two_reviewers_decide_a_stage_once() -> None:
    case = Case()
    review = case.submit()
    other = member(case.brand, Role.BRAND_REVIEWER)
    came_to = outcomes(
        lambda: case.approve(review, by=case.brand_reviewer), lambda: case.approve(review, by=other)
    )
    assert came_to == ["done", "wrong_stage"]
    assert Decision.objects.count() == 1
    assert trail.first_broken(case.brand) is None


def test_the_two_approvals_that_a_stage_needs_both_count() -> None:
    case = Case()
    first, second = (member(case.brand, Role.LEGAL_REVIEWER) for _each in range(2))
    review = reviews.submit(
        case.version, by=case.creator, template=template(case.brand, Planned("legal", needs=2)).pk
    )
    opened = asking.seen(review)
    came_to = outcomes(
        *[lambda each=each: case.approve(review, by=each, seen=opened) for each in (first, second)]
    )
    assert came_to == ["done", "moved"]  # whose approval would be the last sees that first
    told = second if review.decisions.get().decided_by == first.user else first
    case.approve(review, by=told)
    review.refresh_from_db()
    assert (review.state, Decision.objects.count()) == (ReviewState.APPROVED, 2)
    assert ledger.verify(case.brand).holds


def test_of_two_who_both_saw_that_one_is_missing_the_later_is_told() -> None:
    case = Case()
    people = [member(case.brand, Role.LEGAL_REVIEWER) for _each in range(3)]
    review = reviews.submit(
        case.version, by=case.creator, template=template(case.brand, Planned("legal", needs=2)).pk
    )
    case.approve(review, by=people.pop())
    one_left = asking.seen(Review.objects.get(pk=review.pk))
    came_to = outcomes(*[lambda each=each: case.approve(review, by=each, seen=one_left) for each in people])
    assert came_to == ["closed", "done"]
    assert Decision.objects.count() == 2


def test_a_double_click_approves_once() -> None:
    case = Case()
    first, _second = (member(case.brand, Role.LEGAL_REVIEWER) for _each in range(2))
    review = reviews.submit(
        case.version, by=case.creator, template=template(case.brand, Planned("legal", needs=2)).pk
    )
    opened = asking.seen(review)
    came_to = outcomes(*[lambda: case.approve(review, by=first, seen=opened)] * 2)
    assert came_to == ["approved_already", "done"]


def test_approve_and_reject_at_once_do_not_mix() -> None:
    case = Case()
    review = case.submit()
    other = member(case.brand, Role.BRAND_REVIEWER)

    def reject() -> None:
        reviews.decide(
            review,
            by=other,
            kind=DecisionKind.REJECT,
            expected_sha256=case.version.sha256,
            comment="No",
        )

    came_to = outcomes(lambda: case.approve(review, by=case.brand_reviewer), reject)
    case.version.refresh_from_db()
    decision = Decision.objects.get()
    rejected = decision.kind == DecisionKind.REJECT
    assert case.version.approval == (Approval.REJECTED if rejected else Approval.IN_REVIEW)
    assert came_to == (["closed", "done"] if rejected else ["done", "wrong_stage"])


def test_withdrawing_while_it_is_approved_leaves_one_truth() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    came_to = outcomes(
        lambda: case.approve(review, by=case.legal_reviewer),
        lambda: reviews.withdraw(review, by=case.creator),
    )
    case.version.refresh_from_db()
    assert came_to == ["closed", "done"]
    approved = Decision.objects.count() == 2
    assert case.version.approval == (Approval.APPROVED if approved else Approval.DRAFT)
    assert bool(case.version.rights.uses) is approved


def test_a_decision_and_a_newer_version_at_once_leave_one_truth() -> None:
    """Either it was approved before it was replaced, or the review is void: never approved after that."""
    case = Case(BrandFactory.create(review_stages=["brand"]))
    review = case.submit()
    came_to = outcomes(lambda: case.approve(review, by=case.brand_reviewer), case.add_version)
    case.version.refresh_from_db()
    review.refresh_from_db()
    approved = came_to == ["done", "done"]
    assert approved or came_to == ["done", "superseded"]
    assert review.state == (ReviewState.APPROVED if approved else ReviewState.SUPERSEDED)
    assert case.version.approval == (Approval.APPROVED if approved else Approval.DRAFT)
    assert bool(case.version.rights.uses) is approved
    assert trail.first_broken(case.brand) is None


def test_an_approval_is_ended_once() -> None:
    case = Case()
    case.approve_all()
    attempts = [
        lambda: reviews.revoke(case.version, by=case.legal_reviewer, reason="Ended"),
        lambda: reviews.revoke(case.version, by=case.brand_reviewer, reason="Ended"),
    ]
    assert outcomes(*attempts) == ["done", "not_approved"]
