import pytest

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog.models import Approval
from dam.rights import policy
from provenance.review import reviews
from provenance.review.states import ReviewState
from tests.factories import member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def test_the_submitter_takes_it_back_as_a_draft() -> None:
    case = Case()
    review = case.submit()
    reviews.withdraw(review, by=case.creator)
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, case.version.approval) == (ReviewState.WITHDRAWN, Approval.DRAFT)
    assert Event.objects.latest("sequence").verb == "review.withdrawn"
    assert case.submit().state == ReviewState.OPEN


def test_between_the_stages_it_may_still_be_withdrawn() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    reviews.withdraw(review, by=case.creator)
    case.version.refresh_from_db()
    assert case.version.approval == Approval.DRAFT


def test_an_administrator_withdraws_for_somebody_who_left() -> None:
    case = Case()
    review = case.submit()
    reviews.withdraw(review, by=member(case.brand, Role.ADMIN))
    review.refresh_from_db()
    assert review.state == ReviewState.WITHDRAWN


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_nobody_else_withdraws(role: Role) -> None:
    case = Case()
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.withdraw(case.submit(), by=member(case.brand, role))
    assert refused.value.code == "not_submitter"


def test_a_closed_review_is_not_withdrawn() -> None:
    case = Case()
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.withdraw(case.approve_all(), by=case.creator)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("role", [Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER, Role.ADMIN])
def test_an_approval_is_ended_with_a_reason(role: Role) -> None:
    case = Case()
    review = case.approve_all()
    reviews.revoke(case.version, by=member(case.brand, role), reason="The licence ended")
    review.refresh_from_db()
    case.version.refresh_from_db()
    event = Event.objects.latest("sequence")
    assert (review.state, case.version.approval) == (ReviewState.REVOKED, Approval.WITHDRAWN)
    assert (event.verb, event.data["reason"]) == ("release.revoked", "The licence ended")


def test_what_was_revoked_may_not_leave() -> None:
    case = Case()
    review = case.approve_all()
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The licence ended")
    case.version.refresh_from_db()
    terms = policy.Terms(
        approval=case.version.approval,
        credentials=case.version.credentials,
        uses=tuple(case.version.rights.uses),
    )
    assert policy.decide(terms, at=review.submitted_at).reasons == ("Its approval was withdrawn.",)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR, Role.LIBRARIAN])
def test_other_roles_end_no_approval(role: Role) -> None:
    case = Case()
    case.approve_all()
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.revoke(case.version, by=member(case.brand, role), reason="Because")
    assert refused.value.code == "wrong_role"


def test_an_approval_ends_once() -> None:
    case = Case()
    case.approve_all()
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The licence ended")
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.revoke(case.version, by=case.legal_reviewer, reason="The licence ended")
    assert refused.value.code == "not_approved"
    assert Event.objects.filter(verb="release.revoked").count() == 1


def test_after_an_approval_ended_it_may_be_reviewed_again() -> None:
    case = Case()
    case.approve_all()
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The licence ended")
    case.approve_all()
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED
    reviews.revoke(case.version, by=case.legal_reviewer, reason="Ended again")
