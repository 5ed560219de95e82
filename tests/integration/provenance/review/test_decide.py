"""Deciding: what it changes, whom it refuses, and that nothing is signed that was not seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Membership
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Approval, Asset, Version
from provenance.models import Release
from provenance.review import reviews
from provenance.review.models import Decision
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory, member, principal, token_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NO = [
    (DecisionKind.REQUEST_CHANGES, ReviewState.CHANGES_REQUESTED, Approval.CHANGES_REQUESTED),
    (DecisionKind.REJECT, ReviewState.REJECTED, Approval.REJECTED),
]


def verbs(case: Case) -> list[str]:
    return list(Event.objects.filter(brand=case.brand).order_by("sequence").values_list("verb", flat=True))


def test_the_first_approval_leads_to_the_next_stage() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, review.stage, review.closed_at) == (ReviewState.OPEN, 1, None)
    assert case.version.approval == Approval.IN_REVIEW
    assert case.version.rights.uses == []


def test_what_is_named_twice_is_cleared_once() -> None:
    case = Case()
    decision = reviews.decide(
        case.submit(),
        by=case.brand_reviewer,
        kind=DecisionKind.APPROVE,
        expected_sha256=case.version.sha256,
        uses=["web", "social", "web"],
        territories=["DE", "DE"],
    )
    assert (decision.uses, decision.territories) == (["web", "social"], ["DE"])


def test_the_last_approval_clears_the_version_for_just_that() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    until = NOW + timedelta(days=30)
    reviews.decide(
        review,
        by=case.legal_reviewer,
        kind=DecisionKind.APPROVE,
        expected_sha256=case.version.sha256,
        uses=["web"],
        territories=["DE", "AT"],
        valid_until=until,
        at=NOW,
    )
    case.version.refresh_from_db()
    rights = case.version.rights
    assert case.version.approval == Approval.APPROVED
    assert (rights.uses, rights.territories, rights.valid_until) == (["web"], ["DE", "AT"], until)


def test_the_last_approval_has_the_release_signed(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: type
) -> None:
    sent: list[tuple[str, dict[str, int], str]] = []
    monkeypatch.setattr(
        "dam.celery.app.send_task", lambda name, kwargs, queue, **_: sent.append((name, kwargs, queue))
    )
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    with django_capture_on_commit_callbacks(execute=True):
        case.approve(review, by=case.legal_reviewer)
    release = Release.objects.get(version=case.version)
    to_sign = [task for task in sent if task[0] != trail.FOLLOWERS]
    assert to_sign == [("sign.release", {"release_id": release.pk}, "sign")]
    assert release.sent_at is not None


def test_a_brand_with_one_stage_needs_one_approval() -> None:
    case = Case(BrandFactory.create(review_stages=["legal"]))
    case.approve(case.submit(), by=case.legal_reviewer)
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED


@pytest.mark.parametrize(("kind", "state", "approval"), NO)
def test_saying_no_closes_the_review(kind: DecisionKind, state: ReviewState, approval: Approval) -> None:
    case = Case()
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=kind,
        expected_sha256=case.version.sha256,
        comment="Logo too small",
        uses=["web"],
        at=NOW,
    )
    review.refresh_from_db()
    case.version.refresh_from_db()
    assert (review.state, review.closed_at, case.version.approval) == (state, NOW, approval)
    assert review.decisions.get().uses == []


def test_every_step_leaves_an_event_and_the_chain_holds() -> None:
    case = Case()
    case.approve_all()
    assert verbs(case) == ["review.submitted", "review.approved_stage", "review.approved"]
    assert trail.first_broken(case.brand) is None


def test_the_event_of_a_decision_says_what_was_signed() -> None:
    case = Case()
    case.approve(case.submit(), by=case.brand_reviewer)
    event = Event.objects.get(verb="review.approved_stage")
    assert event.actor == case.brand_reviewer.user
    assert event.data["sha256"] == case.version.sha256
    assert (event.data["stage"], event.data["uses"], event.data["territories"]) == ("brand", ["web"], ["EU"])


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.VIEWER, "wrong_role"),
        (Role.CREATOR, "wrong_role"),
        (Role.LIBRARIAN, "wrong_role"),
        (Role.ADMIN, "wrong_role"),
        (Role.LEGAL_REVIEWER, "wrong_stage"),
    ],
)
def test_only_the_reviewer_of_the_stage_decides(role: Role, code: str) -> None:
    case = Case()
    review = case.submit()
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=member(case.brand, role))
    assert refused.value.code == code
    assert verbs(case) == ["review.submitted"]


def test_a_reviewer_of_another_brand_decides_nothing() -> None:
    case = Case()
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(case.submit(), by=member(BrandFactory.create(), Role.BRAND_REVIEWER))
    assert refused.value.code == "wrong_role"


def test_nobody_approves_what_they_made() -> None:
    case = Case()
    review = case.submit()
    Version.objects.update(created_by=case.brand_reviewer.user)
    with pytest.raises(reviews.ReviewRefused, match="You created this clip"):
        case.approve(review, by=case.brand_reviewer)


def test_nobody_approves_what_they_submitted() -> None:
    case = Case()
    librarian = member(case.brand, Role.LIBRARIAN)
    review = reviews.submit(case.version, by=librarian)
    Membership.objects.filter(user=librarian.user).update(role=Role.BRAND_REVIEWER)
    with pytest.raises(reviews.ReviewRefused, match="You sent this clip to review"):
        case.approve(review, by=principal(librarian.user, case.brand))


def test_a_token_is_its_owner_where_duties_are_separated() -> None:
    case = Case()
    maker = token_of(replace(case.creator, role=Role.BRAND_REVIEWER), Capability)
    review = reviews.submit(case.version, by=token_of(case.creator, Capability))
    assert review.submitted_by == case.creator.user
    with pytest.raises(reviews.ReviewRefused, match="You created this clip"):
        case.approve(review, by=maker)
    case.approve(review, by=case.brand_reviewer)
    again = token_of(replace(case.brand_reviewer, role=Role.LEGAL_REVIEWER), Capability)
    with pytest.raises(reviews.ReviewRefused, match="needs a second person"):
        case.approve(review, by=again)


def test_a_token_without_the_capability_decides_and_takes_back_nothing() -> None:
    case = Case()
    review = case.submit()
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=token_of(case.brand_reviewer, {Capability.VIEW_UNRELEASED}))
    assert refused.value.code == "wrong_role"
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.withdraw(review, by=token_of(case.creator, {Capability.VIEW_UNRELEASED}))
    assert refused.value.code == "not_submitter"


def test_nobody_decides_two_stages_even_with_a_new_role() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    Membership.objects.filter(user=case.brand_reviewer.user).update(role=Role.LEGAL_REVIEWER)
    with pytest.raises(reviews.ReviewRefused, match="needs a second person"):
        case.approve(review, by=principal(case.brand_reviewer.user, case.brand))


def test_a_decision_counts_once() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=case.brand_reviewer)
    assert refused.value.code == "wrong_stage"
    assert Decision.objects.count() == 1


def test_a_page_from_before_the_withdrawal_decides_nothing() -> None:
    case = Case()
    review = case.submit()
    reviews.withdraw(review, by=case.creator)
    with pytest.raises(reviews.ReviewRefused) as refused:
        case.approve(review, by=case.brand_reviewer)
    assert refused.value.code == "closed"
    case.version.refresh_from_db()
    assert case.version.approval == Approval.DRAFT


def test_a_decision_about_other_bytes_is_refused() -> None:
    case = Case()
    review = case.submit()
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.decide(
            review,
            by=case.brand_reviewer,
            kind=DecisionKind.APPROVE,
            expected_sha256="0" * 64,
            uses=["web"],
            territories=["EU"],
        )
    assert refused.value.code == "content_changed"


def test_a_file_exchanged_since_it_was_submitted_is_not_approved() -> None:
    case = Case()
    review = case.submit()
    Version.objects.update(sha256="0" * 64)
    case.version.refresh_from_db()
    with pytest.raises(reviews.ReviewRefused, match="has changed since"):
        case.approve(review, by=case.brand_reviewer)
    assert not Decision.objects.exists()


def test_what_lies_in_the_trash_is_not_approved() -> None:
    case = Case()
    review = case.submit()
    Asset.objects.update(trashed_at=NOW)
    with pytest.raises(reviews.ReviewRefused, match="trash"):
        case.approve(review, by=case.brand_reviewer)


def test_the_second_stage_cannot_clear_more_than_the_first() -> None:
    case = Case()
    review = case.submit()
    case.approve(review, by=case.brand_reviewer)
    with pytest.raises(reviews.ReviewRefused) as refused:
        reviews.decide(
            review,
            by=case.legal_reviewer,
            kind=DecisionKind.APPROVE,
            expected_sha256=case.version.sha256,
            uses=["web", "broadcast"],
            territories=["EU"],
        )
    assert refused.value.code == "wider"


def test_the_caller_need_not_hold_a_fresh_copy() -> None:
    case = Case()
    stale = case.submit()
    case.approve(stale, by=case.brand_reviewer)
    assert stale.stage == 0
    case.approve(stale, by=case.legal_reviewer)
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED
