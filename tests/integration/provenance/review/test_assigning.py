from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.access import people as brand_people
from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.notifications import following
from dam.notifications.models import Notification
from provenance.review import assigning, comments, corrections
from provenance.review.assigning import ASSIGNED, Assignment, AssignRefused
from tests.factories import BrandFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Asked(Case):
    """A remark that the brand reviewer made and the creator may be asked to see to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.remark = comments.add(self.version, by=self.brand_reviewer, body="The logo flickers", frame=3)
        self.day = timezone.now() + timedelta(days=2)

    def assign(self, to: Member | None, *, seen: Assignment | None = None, **given: Any) -> None:
        before = seen if seen is not None else assigning.of(self.remark)
        given = {"due_at": None, "by": self.brand_reviewer, **given}
        assigning.assign(self.remark, to=to.user if to else None, seen=before, **given)
        self.remark.refresh_from_db()


def test_whoever_a_remark_is_assigned_to_hears_of_it_and_the_trail_says_until_when() -> None:
    case = Asked()
    case.assign(case.creator, due_at=case.day)
    assert assigning.of(case.remark) == Assignment(case.creator.user.pk, case.day)
    event = Event.objects.get(verb="comment.assigned")
    assert event.data == {
        "comment": case.remark.pk,
        "assigned_to": case.creator.user.pk,
        "due_at": case.day.isoformat(),
    }
    following.run(case.brand.pk)
    assert list(Notification.objects.filter(kind="assigned").values_list("user", flat=True)) == [
        case.creator.user.pk
    ]


def test_a_remark_is_reassigned_and_unassigned_and_then_has_no_day() -> None:
    case = Asked()
    case.assign(case.creator, due_at=case.day)
    case.assign(case.legal_reviewer, due_at=case.day)
    assert Event.objects.filter(verb="comment.assigned").latest("sequence").data["from"] == (
        f"user:{case.creator.user.pk}"
    )
    case.assign(None, due_at=case.day)
    assert assigning.of(case.remark) == Assignment()
    assert Event.objects.filter(verb="comment.unassigned").count() == 1


def test_a_second_click_leaves_no_second_trace() -> None:
    case = Asked()
    case.assign(case.creator)
    case.assign(case.creator, seen=Assignment())
    assert Event.objects.filter(verb="comment.assigned").count() == 1


def test_what_another_assigned_since_is_not_overwritten() -> None:
    case = Asked()
    case.assign(case.creator)
    with pytest.raises(AssignRefused, match="just assigned"):
        case.assign(case.legal_reviewer, seen=Assignment())
    assert case.remark.assigned_to == case.creator.user


def test_who_cannot_see_drafts_or_is_not_of_the_brand_is_not_asked() -> None:
    case = Asked()
    for other in (member(case.brand, Role.VIEWER), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(AssignRefused, match="can't see the comment"):
            case.assign(other)
    with pytest.raises(PermissionDenied):
        case.assign(case.creator, by=member(case.brand, Role.VIEWER))


def test_an_answer_and_what_is_resolved_or_deleted_is_not_assigned() -> None:
    case = Asked()
    answer = comments.add(case.version, by=case.creator, body="Why?", answers=case.remark)
    remark, case.remark = case.remark, answer
    with pytest.raises(AssignRefused, match="deleted"):
        case.assign(case.creator)
    case.remark = remark
    comments.resolve(remark, by=case.creator)
    with pytest.raises(AssignRefused, match="is resolved"):
        case.assign(case.creator)
    other = comments.add(case.version, by=case.creator, body="Mine")
    corrections.delete(other, by=case.creator)
    case.remark = other
    with pytest.raises(AssignRefused, match="deleted"):
        case.assign(case.creator)


def test_whoever_loses_sight_of_drafts_is_told_apart() -> None:
    case = Asked()
    case.assign(case.creator)
    people = [case.creator.user.pk]
    assert assigning.out_of_sight(people, brand=case.brand) == set()
    Membership.objects.filter(user=case.creator.user).update(role=Role.VIEWER)
    assert assigning.out_of_sight(people, brand=case.brand) == set(people)


def test_of_somebody_who_leaves_remarks_go_to_the_heir_with_their_day() -> None:
    case = Asked()
    case.assign(case.creator, due_at=case.day)
    assert ASSIGNED.count(case.creator) == 1
    assert "for=" in ASSIGNED.waiting_for(case.creator, most=5)[0].url
    admin = member(case.brand, Role.ADMIN)
    leaving = Membership.objects.get(user=case.creator.user)
    brand_people.deactivate(leaving, by=admin, heir=case.legal_reviewer.user)
    case.remark.refresh_from_db()
    assert assigning.of(case.remark) == Assignment(case.legal_reviewer.user.pk, case.day)


def test_what_is_resolved_while_somebody_leaves_is_neither_handed_over_nor_said_to_be() -> None:
    """Between what the list said and the change of it."""
    case = Asked()
    case.assign(case.creator, due_at=case.day)
    other = comments.add(case.version, by=case.brand_reviewer, body="Too dark")
    assigning.assign(other, to=case.creator.user, due_at=None, seen=Assignment(), by=case.creator)
    with CaptureQueriesContext(connection) as queries:
        assert ASSIGNED.hand_over(case.creator, heir=case.legal_reviewer.user, by=None) == 2
    listed = [each["sql"] for each in queries if 'FROM "provenance_comment"' in each["sql"]]
    assert all(sql.endswith('FOR NO KEY UPDATE OF "provenance_comment"') for sql in listed)
    few = len(queries)
    for number in range(5):
        row = comments.add(case.version, by=case.brand_reviewer, body=f"Note {number}")
        assigning.assign(row, to=case.creator.user, due_at=None, seen=Assignment(), by=case.creator)
    with CaptureQueriesContext(connection) as queries:
        assert ASSIGNED.hand_over(case.creator, heir=case.legal_reviewer.user, by=None) == 5
    assert len(queries) == few


def test_without_an_heir_who_can_see_them_they_are_unassigned_and_what_is_resolved_stays() -> None:
    case = Asked()
    case.assign(case.creator, due_at=case.day)
    done = comments.add(case.version, by=case.creator, body="Done")
    assigning.assign(done, to=case.creator.user, due_at=None, seen=Assignment(), by=case.creator)
    comments.resolve(done, by=case.creator)
    assert ASSIGNED.hand_over(case.creator, heir=member(case.brand, Role.VIEWER).user, by=None) == 1
    case.remark.refresh_from_db()
    done.refresh_from_db()
    assert assigning.of(case.remark) == Assignment()
    assert done.assigned_to == case.creator.user
