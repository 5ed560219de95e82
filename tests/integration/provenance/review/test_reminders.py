"""The hourly look for reviews that are due: who hears of it, when, and that it is said once."""

from datetime import UTC, datetime, timedelta

import pytest

from dam.access import people
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.notifications import following
from dam.notifications.models import Notification
from provenance.review import reminders, reviews
from provenance.review.models import Review
from provenance.review.plans import Planned
from tests.factories import member, principal
from tests.review_factory import Case
from tests.review_templates import begun

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
END_OF_TOMORROW = datetime(2027, 5, 4, 23, 59, 59, tzinfo=UTC)
SAID = (Verb.REVIEW_DUE_TOMORROW, Verb.REVIEW_OVERDUE)


def due(at: datetime, *, case: Case | None = None) -> Case:
    """A clip that was sent to review the day before NOON and is due then."""
    case = case or Case()
    reviews.submit(case.version, by=case.creator, due_at=at, at=NOON - timedelta(days=1))
    return case


def said(case: Case) -> list[str]:
    return list(
        Event.objects.filter(brand=case.brand, verb__in=SAID)
        .order_by("sequence")
        .values_list("verb", flat=True)
    )


def told(case: Case, *, at: datetime) -> dict[str, set[str]]:
    """The kinds of reminders, and who was told of each."""
    while following.run(case.brand.pk, at=at):
        pass
    found: dict[str, set[str]] = {}
    rows = Notification.objects.filter(brand=case.brand, kind__in=("due_tomorrow", "overdue"))
    for row in rows.select_related("user"):
        found.setdefault(row.kind, set()).add(row.user.name)
    return found


def test_the_stage_that_is_asked_hears_the_day_before_and_once() -> None:
    case = due(END_OF_TOMORROW)
    assert [reminders.remind(at=NOON), reminders.remind(at=NOON), reminders.remind(at=NOON)] == [1, 0, 0]
    assert told(case, at=NOON) == {"due_tomorrow": {case.brand_reviewer.user.name}}
    assert Notification.objects.filter(kind="due_tomorrow").count() == 1


def test_an_overdue_review_is_told_to_who_asked_for_it_too_and_once() -> None:
    case = due(END_OF_TOMORROW)
    reminders.remind(at=NOON)
    late = END_OF_TOMORROW + timedelta(hours=1)
    assert [reminders.remind(at=late), reminders.remind(at=late + timedelta(days=30))] == [1, 0]
    assert said(case) == list(SAID)
    assert told(case, at=late)["overdue"] == {case.brand_reviewer.user.name, case.creator.user.name}


@pytest.mark.parametrize(
    ("at", "verbs"),
    [
        (datetime(2027, 5, 3, 0, 0, 0, tzinfo=UTC) - timedelta(seconds=1), []),
        (datetime(2027, 5, 3, 0, 0, 0, tzinfo=UTC), [SAID[0]]),
        (datetime(2027, 5, 4, 0, 0, 0, tzinfo=UTC) - timedelta(seconds=1), [SAID[0]]),
        (datetime(2027, 5, 4, 0, 0, 0, tzinfo=UTC), []),  # today: that was said yesterday
        (END_OF_TOMORROW - timedelta(seconds=1), []),
        (END_OF_TOMORROW, [SAID[1]]),
    ],
    ids=[
        "the day before that",
        "as that day begins",
        "as it ends",
        "on the day",
        "before its end",
        "at its end",
    ],
)
def test_tomorrow_begins_at_midnight_and_overdue_with_the_last_second(
    at: datetime, verbs: list[Verb]
) -> None:
    case = due(END_OF_TOMORROW)
    reminders.remind(at=at)
    assert said(case) == verbs


def test_tomorrow_is_the_brands() -> None:
    auckland, pacific = Case(), Case()
    Brand.objects.filter(pk=auckland.brand.pk).update(time_zone="Pacific/Auckland")
    Brand.objects.filter(pk=pacific.brand.pk).update(time_zone="America/Los_Angeles")
    due(datetime(2027, 5, 4, 11, 59, 59, tzinfo=UTC), case=auckland)  # the end of 4 May there
    due(datetime(2027, 5, 5, 6, 59, 59, tzinfo=UTC), case=pacific)  # the end of 4 May there
    reminders.remind(at=datetime(2027, 5, 2, 13, tzinfo=UTC))  # 3 May in Auckland, 2 May in Los Angeles
    assert (said(auckland), said(pacific)) == ([SAID[0]], [])
    reminders.remind(at=datetime(2027, 5, 3, 13, tzinfo=UTC))  # 4 May in Auckland, 3 May in Los Angeles
    assert (said(auckland), said(pacific)) == ([SAID[0]], [SAID[0]])


def test_a_new_date_is_a_new_reminder() -> None:
    case = due(END_OF_TOMORROW)
    reminders.remind(at=NOON)
    Review.objects.update(due_at=END_OF_TOMORROW - timedelta(hours=1))
    assert reminders.remind(at=NOON) == 1
    assert said(case) == [SAID[0], SAID[0]]


def test_nothing_is_said_of_what_is_decided_trashed_or_in_a_closed_brand() -> None:
    decided, trashed, closed = due(END_OF_TOMORROW), due(END_OF_TOMORROW), due(END_OF_TOMORROW)
    for reviewer in (decided.brand_reviewer, decided.legal_reviewer):
        decided.approve(Review.objects.get(brand=decided.brand), by=reviewer)
    type(trashed.version.asset).objects.filter(pk=trashed.version.asset_id).update(trashed_at=NOON)
    Brand.objects.filter(pk=closed.brand.pk).update(closed_at=NOON)
    assert reminders.remind(at=NOON) == 0
    Brand.objects.filter(pk=closed.brand.pk).update(closed_at=None)  # opened again: it is said then
    assert reminders.remind(at=NOON) == 1
    assert said(closed) == [SAID[0]]


def test_after_the_first_stage_the_second_is_reminded() -> None:
    case = due(END_OF_TOMORROW)
    case.approve(Review.objects.get(), by=case.brand_reviewer)
    reminders.remind(at=NOON)
    assert told(case, at=NOON) == {"due_tomorrow": {case.legal_reviewer.user.name}}


def test_who_was_deactivated_hears_nothing() -> None:
    case = due(END_OF_TOMORROW)
    colleague = member(case.brand, Role.BRAND_REVIEWER)
    admin = member(case.brand, Role.ADMIN)
    left = Membership.objects.get(user=case.brand_reviewer.user)
    people.deactivate(left, by=principal(admin.user, case.brand), heir=None)
    reminders.remind(at=NOON)
    assert told(case, at=NOON) == {"due_tomorrow": {colleague.user.name}}


def test_many_reviews_cost_a_bounded_number_of_queries(django_assert_max_num_queries: object) -> None:
    brand_case = Case()
    assert reminders.CHUNK > 12
    for _ in range(12):
        due(END_OF_TOMORROW, case=Case(brand=brand_case.brand))
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        assert reminders.remind(at=NOON) == 12


def test_a_stage_reminds_on_days_of_its_own_and_again_once_it_is_overdue() -> None:
    case = Case()
    stage = Planned("legal", days=10, remind=(7, 3), again=2)
    begun(case, stage, at=NOON)  # due at the end of 13 May
    days = range(17)
    said_on = [day for day in days if reminders.remind(at=NOON + timedelta(days=day))]
    assert said_on == [3, 7, 11, 12, 14, 16]
    events = Event.objects.filter(brand=case.brand, verb__in=(*SAID, Verb.REVIEW_DUE_SOON)).order_by(
        "sequence"
    )
    assert [(each.verb, each.data.get("count", 0)) for each in events] == [
        ("review.due_soon", 7),
        ("review.due_soon", 3),
        ("review.overdue", 0),
        ("review.overdue", 1),
        ("review.overdue", 2),
        ("review.overdue", 3),
    ]
    assert told(case, at=NOON)["due_tomorrow"] == {case.legal_reviewer.user.name}


def test_a_stage_without_reminders_is_told_once_it_is_overdue() -> None:
    case = Case()
    begun(case, Planned("legal", days=3, remind=()), at=NOON)
    assert sum(reminders.remind(at=NOON + timedelta(hours=12 * half)) for half in range(20)) == 1
