"""Reviews by a template: several approvals of a stage, and what is kept of each."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from dam.catalog.models import Approval
from provenance.review import asking, ledger, plans, reviews
from provenance.review.models import Decision, Review
from provenance.review.plans import Planned
from provenance.review.states import DecisionKind, ReviewState
from tests.review_factory import Case
from tests.review_templates import begun, code, group, legal, template, waits_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)


def test_two_of_three_legal_reviewers_approve_a_stage() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(
        case, Planned("legal", "Legal FR", group=group(case.brand, first, second, third).pk, needs=2)
    )
    case.approve(review, by=first)
    review.refresh_from_db()
    assert (review.state, review.stage) == (ReviewState.OPEN, 0)
    assert asking.missing(review, asking.of_one(review)) == 1
    assert waits_for(first, second, third) == [False, True, True]
    case.approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED


def test_nobody_approves_a_stage_twice() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    case.approve(review, by=first)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=first)
    assert refused.value.code == "approved_already"
    row = Decision.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    case.approve(review, by=second)


def test_nobody_decides_two_stages_of_a_kind() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal"), Planned("legal", "Legal FR"))
    case.approve(review, by=first)
    assert code(review, by=first) == "decided_before"
    assert (code(review, by=second), waits_for(first, second)) == ("", [False, True])


def test_a_later_approval_of_a_stage_narrows_and_never_widens() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    case.approve(review, by=first, uses=["web", "social"], territories=["DE", "FR"])
    with pytest.raises(reviews.ReviewRefused, match="not widen"):
        case.approve(review, by=second, uses=["web"], territories=["EU"])
    case.approve(review, by=second, uses=["web"], territories=["FR"])
    case.version.rights.refresh_from_db()
    assert (case.version.rights.uses, case.version.rights.territories) == (["web"], ["FR"])


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (DecisionKind.REJECT, ReviewState.REJECTED),
        (DecisionKind.REQUEST_CHANGES, ReviewState.CHANGES_REQUESTED),
    ],
)
def test_one_who_says_no_ends_it_whatever_was_approved(kind: DecisionKind, state: ReviewState) -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    case.approve(review, by=first)
    reviews.decide(
        review,
        by=second,
        kind=kind,
        expected_sha256=review.content_sha256,
        seen=asking.Seen(stage=0, approvals=0),  # a no holds however many have approved meanwhile
        comment="The logo is old.",
    )
    review.refresh_from_db()
    assert review.state == state


def test_everyone_of_a_group_means_who_is_in_it_and_can() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    made = group(case.brand, first, second, third, case.creator, case.brand_reviewer)
    review = begun(case, Planned("legal", group=made.pk, needs=plans.ALL))
    case.approve(review, by=first)
    made.members.remove(third.user)
    assert asking.missing(review, asking.of_one(Review.objects.get())) == 1
    case.approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_an_open_review_goes_on_as_its_template_was() -> None:
    case = Case()
    first, second = legal(case, 2)
    planned = template(case.brand, Planned("legal", "Market", needs=2))
    review = reviews.submit(case.version, by=case.creator, template=planned.pk)
    planned.stages, planned.archived_at, planned.revision = [], NOON, 5
    planned.save()
    case.approve(review, by=first)
    case.approve(review, by=second)
    review.refresh_from_db()
    assert (review.state, review.template_revision) == (ReviewState.APPROVED, 0)
    assert ledger.verify(case.brand).holds


def test_the_ledger_holds_with_every_approval_of_every_stage() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(case, Planned("legal", "House", needs=2), Planned("legal", "Market"))
    for person in (first, second, third):
        case.approve(review, by=person)
    verdict = ledger.verify(case.brand)
    assert (verdict.problem, verdict.entries) == ("", 3)
    assert sorted(ledger.of_decisions(review)) == sorted(
        [(0, first.user.pk), (0, second.user.pk), (1, third.user.pk)]
    )
    Decision.objects.filter(decided_by=second.user).update(territories=["worldwide"])
    assert not ledger.verify(case.brand).holds


def test_whoever_decided_is_held_by_the_ledger_too() -> None:
    case = Case()
    first, second = legal(case, 2)
    case.approve(begun(case, Planned("legal", needs=2)), by=first)
    Decision.objects.update(decided_by=second.user)
    assert "isn't in the ledger" in ledger.verify(case.brand).problem
