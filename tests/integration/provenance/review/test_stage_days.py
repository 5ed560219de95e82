"""The days of a stage, its deputy, and who is told that it is overdue."""

from datetime import UTC, datetime, timedelta

import pytest

from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications import following
from dam.notifications.models import Notification
from provenance.review import asking, plans, queue, reminders, reviews
from provenance.review.plans import Planned
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory
from tests.review_factory import Case
from tests.review_templates import begun, group, legal, template

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)


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
    case.approve(review, by=deputy, at=late)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_a_deputy_stands_in_for_one_of_everyone() -> None:
    case = Case()
    first, second, deputy = legal(case, 3)
    made = group(case.brand, first, second)
    stage = Planned("legal", group=made.pk, needs=plans.ALL, days=1, deputy_person=deputy.user.pk)
    review = begun(case, stage, at=NOON)
    for person in (first, deputy):
        case.approve(review, by=person, at=NOON + timedelta(days=5))
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
    case.approve(review, by=case.brand_reviewer, at=later)
    review.refresh_from_db()
    assert review.named_person == first.user
    assert review.stage_due_at == datetime(2027, 5, 7, 23, 59, 59, tzinfo=UTC)
    case.approve(review, by=first, at=later)
    review.refresh_from_db()
    assert review.named_person == second.user
    assert review.stage_due_at is None
    event = Event.objects.filter(verb=Verb.REVIEW_APPROVED_STAGE).latest("sequence")
    assert event.data["asked"] == [second.user.pk]
    assert event.data["waits_for"] == "Market"


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
    case.approve(review, by=case.brand_reviewer, at=NOON + 2 * day)
    assert reminders.remind(at=NOON + 2 * day) == 1  # the second stage is told, too
    assert [reminders.remind(at=NOON + 7 * day), reminders.remind(at=NOON + 7 * day)] == [1, 0]
    told = Event.objects.filter(verb=Verb.REVIEW_OVERDUE).order_by("pk")
    assert [event.data["stage_index"] for event in told] == [0, 1, 1]
    assert [deputy.user.pk in event.data.get("asked", ()) for event in told] == [False, False, True]
