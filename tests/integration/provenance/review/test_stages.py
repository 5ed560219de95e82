"""Reviews by a template: several approvals of a stage, who may give them, and what is kept of each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from dam.access import people
from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval
from dam.notifications import following
from dam.notifications.models import Notification
from provenance.review import asking, choosing, handover, ledger, plans, queue, reminders, reviews
from provenance.review.models import Decision, Review
from provenance.review.plans import Planned
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory, member, principal
from tests.review_factory import Case
from tests.review_templates import group, template

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is signed here: these versions have no file."""
    monkeypatch.setattr("dam.celery.app.send_task", lambda *args, **kwargs: None)


def begun(case: Case, *stages: Planned, at: datetime | None = None) -> Review:
    return reviews.submit(case.version, by=case.creator, template=template(case.brand, *stages).pk, at=at)


def legal(case: Case, count: int) -> list[Member]:
    return [member(case.brand, Role.LEGAL_REVIEWER) for _each in range(count)]


def code(review: Review, *, by: Member) -> str:
    refusal = reviews.refusal_to_decide(Review.objects.get(pk=review.pk), by=by)
    return refusal.code if refusal else ""


def waits_for(*people: Member) -> list[bool]:
    return [queue.waiting_for(each).exists() for each in people]


def approve(review: Review, *, by: Member, **clears: object) -> Decision:
    given = {"uses": ["web", "social"], "territories": ["EU"], "valid_until": None} | clears
    given.setdefault("seen", asking.seen(Review.objects.get(pk=review.pk)))
    return reviews.decide(
        review,
        by=by,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.content_sha256,
        **given,  # type: ignore[arg-type]
    )


def test_two_of_three_legal_reviewers_approve_a_stage() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(
        case, Planned("legal", "Legal FR", group=group(case.brand, first, second, third).pk, needs=2)
    )
    approve(review, by=first)
    review.refresh_from_db()
    assert (review.state, review.stage) == (ReviewState.OPEN, 0)
    assert asking.missing(review, asking.of_one(review)) == 1
    assert waits_for(first, second, third) == [False, True, True]
    approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED


def test_nobody_approves_a_stage_twice() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    approve(review, by=first)
    with pytest.raises(reviews.ReviewRefused) as refused:
        approve(review, by=first)
    assert refused.value.code == "approved_already"
    row = Decision.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    approve(review, by=second)


def test_nobody_decides_two_stages_of_a_kind() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal"), Planned("legal", "Legal FR"))
    approve(review, by=first)
    assert code(review, by=first) == "decided_before"
    assert (code(review, by=second), waits_for(first, second)) == ("", [False, True])


def test_an_approval_counts_for_no_stage_that_its_giver_never_saw() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", "Market"), Planned("legal", "Global"))
    opened = asking.seen(review)
    approve(review, by=first)
    for stale in (opened, None):
        with pytest.raises(reviews.ReviewRefused) as refused:
            approve(review, by=second, seen=stale)
        assert refused.value.code == "moved"
    review.refresh_from_db()
    assert (review.state, review.stage, Decision.objects.count()) == (ReviewState.OPEN, 1, 1)
    approve(review, by=second, seen=asking.seen(review))
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_who_saw_fewer_approvals_looks_again_before_theirs_is_the_last() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    approve(review, by=first)
    with pytest.raises(reviews.ReviewRefused) as refused:
        approve(review, by=second, seen=asking.Seen(stage=0, approvals=0))
    assert refused.value.code == "moved"
    approve(review, by=second, seen=asking.Seen(stage=0, approvals=1))


def test_without_a_plan_nobody_needs_to_say_what_they_saw() -> None:
    case = Case()
    review = case.submit()
    approve(review, by=case.brand_reviewer, seen=None)
    with pytest.raises(reviews.ReviewRefused) as refused:
        approve(review, by=case.legal_reviewer, seen=asking.Seen(stage=0, approvals=0))
    assert refused.value.code == "moved"
    approve(review, by=case.legal_reviewer, seen=None)


@pytest.mark.parametrize(
    "columns",
    [
        {"state": ReviewState.OPEN, "stage": 1, "closed_at": None},
        {"state": ReviewState.APPROVED, "stage": 0, "closed_at": NOON},
        {"state": ReviewState.REJECTED, "stage": 0, "closed_at": NOON},
    ],
)
def test_a_process_that_knows_nothing_of_plans_decides_no_review_that_has_one(
    columns: dict[str, Any],
) -> None:
    case = Case()
    legal(case, 2)
    review = begun(case, Planned("legal", needs=2), Planned("legal"))
    rows = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, stage=0)
    with pytest.raises(IntegrityError, match="has a plan"), transaction.atomic():
        rows.update(**columns)  # as the release before sends it
    plain = Case().submit()
    assert Review.objects.filter(pk=plain.pk, state=ReviewState.OPEN, stage=0).update(**columns)


def test_a_process_that_knows_nothing_of_plans_takes_a_review_back() -> None:
    case = Case()
    legal(case, 1)
    review = begun(case, Planned("legal", needs=2))
    rows = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, stage=0)
    assert rows.update(state=ReviewState.WITHDRAWN, closed_at=NOON)


def test_whom_a_process_of_the_release_before_deletes_is_named_no_more() -> None:
    case = Case()
    (first,) = legal(case, 1)
    made, deputies = group(case.brand, first), group(case.brand, first, name="Deputies")
    review = begun(case, Planned("legal", group=made.pk, days=2, deputy_group=deputies.pk))
    used = review.template_id
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dam_group_members WHERE group_id IN (%s, %s)", [made.pk, deputies.pk])
        cursor.execute("DELETE FROM dam_group WHERE id IN (%s, %s)", [made.pk, deputies.pk])
        cursor.execute("DELETE FROM provenance_reviewtemplate WHERE id = %s", [used])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    review.refresh_from_db()
    assert (review.named_group, review.deputy_group, review.template) == (None, None, None)


def test_a_later_approval_of_a_stage_narrows_and_never_widens() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", needs=2))
    approve(review, by=first, uses=["web", "social"], territories=["DE", "FR"])
    with pytest.raises(reviews.ReviewRefused, match="not widen"):
        approve(review, by=second, uses=["web"], territories=["EU"])
    approve(review, by=second, uses=["web"], territories=["FR"])
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
    approve(review, by=first)
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
    approve(review, by=first)
    made.members.remove(third.user)
    assert asking.missing(review, asking.of_one(Review.objects.get())) == 1
    approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_those_who_are_named_decide_and_no_one_else() -> None:
    case = Case()
    named, other = legal(case, 2)
    review = begun(case, Planned("legal", person=named.user.pk))
    assert (code(review, by=named), code(review, by=other)) == ("", "not_asked")
    assert waits_for(named, other) == [True, False]
    with pytest.raises(reviews.ReviewRefused):
        approve(review, by=other)


@pytest.mark.parametrize("how", ["left", "deactivated", "role", "account", "out of the group"])
def test_when_no_one_named_is_left_the_role_is_asked(how: str) -> None:
    case = Case()
    named, other = legal(case, 2)
    made = group(case.brand, named)
    review = begun(case, Planned("legal", group=made.pk))
    rows = Membership.objects.filter(user=named.user)
    match how:
        case "left":
            rows.delete()
        case "deactivated":
            rows.update(deactivated_at=NOON)
        case "role":
            rows.update(role=Role.VIEWER.value)
        case "account":
            named.user.is_active = False
            named.user.save()
        case _:
            made.members.clear()
    review = Review.objects.get()
    assert asking.of_one(review).nobody_left
    assert (code(review, by=other), waits_for(other)) == ("", [True])


def test_a_group_that_is_deleted_names_nobody() -> None:
    case = Case()
    made = group(case.brand, case.legal_reviewer)
    begun(case, Planned("legal", group=made.pk))
    made.delete()
    review = Review.objects.get()
    (other,) = legal(case, 1)
    assert asking.of_one(review).nobody_left
    assert waits_for(case.legal_reviewer, other) == [True, True]


def test_their_own_work_is_nobodys_to_decide_though_they_are_named() -> None:
    case = Case()
    maker = principal(case.creator.user, case.brand)
    Membership.objects.filter(user=maker.user).update(role=Role.LEGAL_REVIEWER.value)
    submitter = member(case.brand, Role.CREATOR)
    planned = template(case.brand, Planned("legal", person=maker.user.pk))
    review = reviews.submit(case.version, by=submitter, template=planned.pk)
    assert code(review, by=principal(maker.user, case.brand)) == "own_work"
    assert waits_for(case.legal_reviewer) == [True]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin"])
def test_the_deputy_is_asked_once_the_stage_is_overdue_where_the_brand_is(zone: str) -> None:
    case = Case(BrandFactory.create(time_zone=zone))
    named, deputy = legal(case, 2)
    review = begun(
        case, Planned("legal", person=named.user.pk, days=2, deputy_person=deputy.user.pk), at=NOON
    )
    assert review.stage_due_at is not None
    assert review.stage_due_at.astimezone(UTC).date() in {
        NOON.date() + timedelta(days=days) for days in (2, 3)
    }
    before, after = review.stage_due_at - timedelta(seconds=1), review.stage_due_at
    assert queue.waiting_for(deputy, at=before).count() == 0
    assert [queue.waiting_for(each, at=after).count() for each in (named, deputy)] == [1, 1]
    assert asking.of_one(review, at=before).people == {named.user.pk}
    assert asking.of_one(review, at=after).people == {named.user.pk, deputy.user.pk}


def test_the_deputy_is_told_when_the_stage_is_overdue_and_can_end_it() -> None:
    case = Case()
    named, deputy, other = legal(case, 3)
    review = begun(
        case, Planned("legal", person=named.user.pk, days=1, deputy_person=deputy.user.pk), at=NOON
    )
    late = NOON + timedelta(days=3)
    assert [reminders.remind(at=late), reminders.remind(at=late)] == [1, 0]
    while following.run(case.brand.pk, at=late):
        pass
    told = set(Notification.objects.filter(kind="overdue").values_list("user__name", flat=True))
    assert told == {named.user.name, deputy.user.name, case.creator.user.name}
    with pytest.raises(reviews.ReviewRefused):
        reviews.decide(
            review,
            by=other,
            kind=DecisionKind.REJECT,
            expected_sha256=review.content_sha256,
            comment="No",
            at=late,
        )
    reviews.decide(
        review,
        by=deputy,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.content_sha256,
        seen=asking.seen(review),
        uses=["web"],
        territories=["EU"],
        at=late,
    )
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_a_deputy_stands_in_for_one_of_everyone() -> None:
    case = Case()
    first, second, deputy = legal(case, 3)
    made = group(case.brand, first, second)
    stage = Planned("legal", group=made.pk, needs=plans.ALL, days=1, deputy_person=deputy.user.pk)
    review = begun(case, stage, at=NOON)
    for person in (first, deputy):
        approve(review, by=person, at=NOON + timedelta(days=5))
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_each_stage_begins_its_own_days_and_asks_its_own_people() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(
        case,
        Planned("brand", days=1),
        Planned("legal", person=first.user.pk, days=3),
        Planned("legal", "Market", person=second.user.pk),
        at=NOON,
    )
    later = NOON + timedelta(days=1)
    approve(review, by=case.brand_reviewer, at=later)
    review.refresh_from_db()
    assert review.named_person == first.user
    assert review.stage_due_at == datetime(2027, 5, 7, 23, 59, 59, tzinfo=UTC)
    approve(review, by=first, at=later)
    review.refresh_from_db()
    assert review.named_person == second.user
    assert review.stage_due_at is None
    event = Event.objects.filter(verb=Verb.REVIEW_APPROVED_STAGE).latest("sequence")
    assert event.data["asked"] == [second.user.pk]
    assert event.data["waits_for"] == "Market"


def test_the_ledger_holds_with_every_approval_of_every_stage() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(case, Planned("legal", "House", needs=2), Planned("legal", "Market"))
    for person in (first, second, third):
        approve(review, by=person)
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
    approve(begun(case, Planned("legal", needs=2)), by=first)
    Decision.objects.update(decided_by=second.user)
    assert "isn't in the ledger" in ledger.verify(case.brand).problem


@pytest.mark.parametrize(
    ("stages", "reviewers", "words"),
    [
        ((Planned("legal", needs=3),), 2, "needs 3 approvals"),
        ((Planned("legal"), Planned("legal", "Market")), 1, "can't be completed"),
        ((Planned("legal"), Planned("legal", "Market")), 2, ""),
    ],
)
def test_no_review_is_sent_where_it_can_not_end(
    stages: tuple[Planned, ...], reviewers: int, words: str
) -> None:
    case = Case()
    Membership.objects.filter(user=case.legal_reviewer.user).delete()
    legal(case, reviewers)
    planned = template(case.brand, *stages)
    refusal = choosing.refuse(choosing.of(case.version, wanted=planned.pk), case.version, by=case.creator)
    assert words in (refusal.sentence if refusal else "")
    assert bool(refusal) is bool(words)


def test_a_group_with_too_few_people_is_told_by_its_name() -> None:
    case = Case()
    made = group(case.brand, case.legal_reviewer, case.creator)
    planned = template(case.brand, Planned("legal", group=made.pk, needs=2))
    refusal = choosing.refuse(choosing.of(case.version, wanted=planned.pk), case.version, by=case.creator)
    assert refusal is not None
    assert refusal.sentence == (
        "“Market” needs 2 approvals from Legal FR; only 1 person there could give one."
    )


def test_an_open_review_goes_on_as_its_template_was() -> None:
    case = Case()
    first, second = legal(case, 2)
    planned = template(case.brand, Planned("legal", "Market", needs=2))
    review = reviews.submit(case.version, by=case.creator, template=planned.pk)
    planned.stages, planned.archived_at, planned.revision = [], NOON, 5
    planned.save()
    approve(review, by=first)
    approve(review, by=second)
    review.refresh_from_db()
    assert (review.state, review.template_revision) == (ReviewState.APPROVED, 0)
    assert ledger.verify(case.brand).holds


def test_a_person_who_leaves_hands_a_named_stage_to_their_heir() -> None:
    case = Case()
    named, heir, other = legal(case, 3)
    review = begun(case, Planned("legal", group=group(case.brand, named, other).pk))
    admin = member(case.brand, Role.ADMIN)
    people.deactivate(Membership.objects.get(user=named.user), by=admin, heir=heir.user)
    assert waits_for(heir, other) == [True, True]
    (stranger,) = legal(case, 1)
    assert code(review, by=stranger) == "not_asked"


def test_the_day_whoever_submits_wishes_for_lets_no_deputy_in() -> None:
    case = Case()
    named, deputy = legal(case, 2)
    stage = Planned("legal", person=named.user.pk, days=20, deputy_person=deputy.user.pk)
    used = template(case.brand, stage)
    review = reviews.submit(
        case.version, by=case.creator, template=used.pk, due_at=NOON + timedelta(days=1), at=NOON
    )
    review.refresh_from_db()
    for days, may in [(2, False), (22, True)]:
        at = NOON + timedelta(days=days)
        assert asking.of_one(review, at=at).includes(deputy.user.pk) is may
        assert queue.waiting_for(deputy, at=at).exists() is may


def test_each_stage_is_told_that_it_is_overdue_and_the_deputy_on_the_stages_own_day() -> None:
    case = Case()
    named, deputy = legal(case, 2)
    second = Planned("legal", person=named.user.pk, days=3, deputy_person=deputy.user.pk)
    used = template(case.brand, Planned("brand"), second)
    wished = NOON + timedelta(days=1)
    review = reviews.submit(case.version, by=case.creator, template=used.pk, due_at=wished, at=NOON)
    day = timedelta(days=1)
    assert [reminders.remind(at=NOON + 2 * day), reminders.remind(at=NOON + 2 * day)] == [1, 0]
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.APPROVE,
        expected_sha256=review.content_sha256,
        seen=asking.seen(review),
        uses=["web"],
        territories=["EU"],
        at=NOON + 2 * day,
    )
    assert reminders.remind(at=NOON + 2 * day) == 1  # the second stage is told, too
    assert [reminders.remind(at=NOON + 7 * day), reminders.remind(at=NOON + 7 * day)] == [1, 0]
    told = Event.objects.filter(verb=Verb.REVIEW_OVERDUE).order_by("pk")
    assert [event.data["stage_index"] for event in told] == [0, 1, 1]
    assert [deputy.user.pk in event.data.get("asked", ()) for event in told] == [False, False, True]


def test_who_is_needed_later_leaves_an_earlier_stage_to_who_is_not() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    review = begun(
        case, Planned("legal", "Market", group=both.pk), Planned("legal", "Global", person=first.user.pk)
    )
    assert code(review, by=first) == ""  # they may still say no
    with pytest.raises(reviews.ReviewRefused, match="no one left for “Global”") as refused:
        approve(review, by=first)
    assert refused.value.code == "needed_later"
    approve(review, by=second)
    approve(review, by=first)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_where_nobody_else_can_they_approve_the_earlier_stage() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    review = begun(case, Planned("legal", group=both.pk), Planned("legal", person=first.user.pk))
    Membership.objects.filter(user=second.user).delete()
    approve(review, by=first)


def test_everyone_of_a_later_group_is_not_counted_for_an_earlier_stage() -> None:
    case = Case()
    first, second = legal(case, 2)
    both = group(case.brand, first, second)
    everyone = Planned("legal", "Global", group=both.pk, needs=plans.ALL)
    with pytest.raises(reviews.ReviewRefused, match="no one left for “Global”"):
        begun(case, Planned("legal", "Market", group=both.pk), everyone)


@pytest.mark.parametrize("to_group", [False, True])
def test_one_heir_approves_in_the_place_of_who_left_everyone(to_group: bool) -> None:
    case = Case()
    leaver, second, third, fourth, fifth = legal(case, 5)
    made = group(case.brand, leaver, second, third)
    review = begun(case, Planned("legal", group=made.pk, needs=plans.ALL))
    heirs = group(case.brand, fourth, fifth, name="Heirs") if to_group else fourth.user
    with trail.recording():
        handover.REVIEWS.hand_over(leaver, heir=heirs, by=None)
    Membership.objects.filter(user=leaver.user).delete()
    review.refresh_from_db()
    assert asking.missing(review, asking.of_one(review)) == 3
    approve(review, by=fourth)
    assert (code(review, by=fifth), waits_for(fifth)) == ("not_asked", [False])
    approve(review, by=second)
    review.refresh_from_db()
    assert (review.state, asking.missing(review, asking.of_one(review))) == (ReviewState.OPEN, 1)
    approve(review, by=third)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
