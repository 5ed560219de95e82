"""Whom a stage asks that names people: they, their heirs, and its role when none of them is left."""

from datetime import UTC, datetime

import pytest

from dam.access import people
from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.audit import trail
from provenance.review import asking, handover, plans, reviews
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.states import ReviewState
from tests.factories import member, principal
from tests.review_factory import Case
from tests.review_templates import begun, code, group, legal, template, waits_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)


def test_those_who_are_named_decide_and_no_one_else() -> None:
    case = Case()
    named, other = legal(case, 2)
    review = begun(case, Planned("legal", person=named.user.pk))
    assert (code(review, by=named), code(review, by=other)) == ("", "not_asked")
    assert waits_for(named, other) == [True, False]
    with pytest.raises(reviews.ReviewRefused):
        case.approve(review, by=other)


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


def test_a_person_who_leaves_hands_a_named_stage_to_their_heir() -> None:
    case = Case()
    named, heir, other = legal(case, 3)
    review = begun(case, Planned("legal", group=group(case.brand, named, other).pk))
    admin = member(case.brand, Role.ADMIN)
    people.deactivate(Membership.objects.get(user=named.user), by=admin, heir=heir.user)
    assert waits_for(heir, other) == [True, True]
    (stranger,) = legal(case, 1)
    assert code(review, by=stranger) == "not_asked"


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
    case.approve(review, by=fourth)
    assert (code(review, by=fifth), waits_for(fifth)) == ("not_asked", [False])
    case.approve(review, by=second)
    review.refresh_from_db()
    assert (review.state, asking.missing(review, asking.of_one(review))) == (ReviewState.OPEN, 1)
    case.approve(review, by=third)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED
