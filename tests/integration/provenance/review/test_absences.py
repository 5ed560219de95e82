"""Who is away and who stands in: what a deputy is shown, told and decides in their place."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Version
from dam.notifications import following
from dam.notifications.models import Notification
from provenance.review import (
    absences,
    asking,
    assigning,
    comments,
    handover,
    ledger,
    plans,
    queue,
    reminders,
    reviews,
)
from provenance.review.absences import AbsenceRefused
from provenance.review.models import Absence, Comment, Decision, LedgerEntry, Review
from provenance.review.plans import Planned
from provenance.review.states import ReviewState
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import page, signed_in
from tests.review_factory import Case
from tests.review_templates import begun, group, legal

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def case() -> Case:
    return Case()


def away(person: Member, deputy: Member, *, days: int = 3, begins: timedelta = -DAY) -> Absence:
    now = timezone.now()
    return absences.plan(
        by=person, deputy=deputy.user, from_at=now + begins, until_at=now + begins + days * DAY
    )


def named(case: Case, person: Member) -> Review:
    """A review whose stage this person was named for."""
    review = case.submit()
    Review.objects.filter(pk=review.pk).update(named_person=person.user, plan=planned(person))
    review.refresh_from_db()
    return review


def planned(person: Member) -> Any:
    stages = [Planned("brand", "Brand", person=person.user.pk), Planned("legal", "Legal")]
    return plans.written(stages)


def standing(deputy: Member) -> tuple[set[object], set[int]]:
    """Keys of the reviews and the comments that a deputy is shown."""
    found = absences.now_for(deputy)
    return (
        set(absences.reviews_for(deputy, found).values_list("pk", flat=True)),
        set(absences.comments_for(deputy, found).values_list("pk", flat=True)),
    )


def told(person: Member) -> list[str]:
    following.run(person.brand.pk)
    return sorted(Notification.objects.filter(user=person.user).values_list("kind", flat=True))


def test_a_deputy_decides_what_names_who_is_away_in_their_place(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    review = named(case, case.brand_reviewer)
    assert (standing(deputy), queue.waiting_for(deputy).exists()) == ((set(), set()), False)
    away(case.brand_reviewer, deputy)
    assert standing(deputy) == ({review.pk}, set())
    assert queue.waiting_for(deputy).get() == review
    assert asking.of_one(review).in_place_of(deputy.user.pk) == case.brand_reviewer.user.pk
    assert "for Person" in page(deputy, "reviews")
    decision = case.approve(review, by=deputy)
    assert decision.for_person == case.brand_reviewer.user
    entry = json.loads(LedgerEntry.objects.get().record)
    assert (entry["by"], entry["for"]) == (f"user:{deputy.user.pk}", f"user:{case.brand_reviewer.user.pk}")
    assert ledger.verify(case.brand).holds
    event = Event.objects.get(verb="review.approved_stage")
    assert event.data["for"] == case.brand_reviewer.user.pk
    assert "decided_for" in told(case.brand_reviewer)
    Decision.objects.update(for_person=None)
    assert not ledger.verify(case.brand).holds


def test_the_place_is_taken_once(case: Case) -> None:
    deputy = member(case.brand, Role.LEGAL_REVIEWER)
    stages = [Planned("legal", "First", person=case.legal_reviewer.user.pk), Planned("legal", "Second")]
    review = begun(case, *stages)
    away(case.legal_reviewer, deputy)
    member(case.brand, Role.LEGAL_REVIEWER)  # who decides the second
    case.approve(review, by=deputy)
    absences.end(by=case.legal_reviewer)
    review.refresh_from_db()
    for person, code in ((case.legal_reviewer, "stood_in_for"), (deputy, "decided_before")):
        refused = reviews.refusal_to_decide(Review.objects.get(pk=review.pk), by=person)
        assert refused is not None
        assert refused.code == code
        assert not queue.waiting_for(person).exists()


def test_of_everyone_in_a_group_a_deputy_fills_one_place(case: Case) -> None:
    first, second, deputy = legal(case, 3)
    made = group(case.brand, first, second)
    review = begun(case, Planned("legal", group=made.pk, needs=plans.ALL))
    away(first, deputy)
    assert asking.missing(review, asking.of_one(review)) == 2
    case.approve(review, by=deputy)
    review = Review.objects.get(pk=review.pk)
    assert (review.state, asking.missing(review, asking.of_one(review))) == (ReviewState.OPEN, 1)
    assert not queue.waiting_for(first).exists()
    case.approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_who_stands_in_for_a_deputy_fills_the_place_that_the_deputy_would(case: Case) -> None:
    first, second, deputy, other = legal(case, 4)
    made = group(case.brand, first, second)
    stage = Planned("legal", group=made.pk, needs=plans.ALL, days=1, deputy_person=deputy.user.pk)
    review = begun(case, stage, at=timezone.now() - 9 * DAY)
    away(deputy, other)
    case.approve(review, by=other)
    review = Review.objects.get(pk=review.pk)
    assert asking.missing(review, asking.of_one(review)) == 1
    case.approve(review, by=first)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_who_stands_in_for_an_heir_approves_in_the_place_of_who_left(case: Case) -> None:
    leaver, second, heir, next_heir, other = legal(case, 5)
    made = group(case.brand, leaver, second)
    review = begun(case, Planned("legal", group=made.pk, needs=plans.ALL))
    with trail.recording():
        heirs = group(case.brand, heir, next_heir, name="Heirs")
        handover.REVIEWS.hand_over(leaver, heir=heirs, by=None)
    Membership.objects.filter(user=leaver.user).delete()
    away(heir, other)
    case.approve(review, by=other)
    assert not queue.waiting_for(next_heir).exists()
    review = Review.objects.get(pk=review.pk)
    assert asking.missing(review, asking.of_one(review)) == 1
    case.approve(review, by=second)
    review.refresh_from_db()
    assert review.state == ReviewState.APPROVED


def test_its_queries_do_not_grow_with_those_who_are_away(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    review = named(case, case.brand_reviewer)
    away(case.brand_reviewer, deputy)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert queue.waiting_for(deputy).get() == review
        return len(queries)

    few = asked()
    for role in (Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER, Role.LIBRARIAN):
        away(member(case.brand, role), deputy)
    assert asked() == few


def test_it_is_not_handed_on_and_ends_with_the_absence(case: Case) -> None:
    deputy, next_one = (member(case.brand, Role.BRAND_REVIEWER) for _ in range(2))
    review = named(case, case.brand_reviewer)
    absence = away(case.brand_reviewer, deputy)
    away(deputy, next_one)
    assert not queue.waiting_for(next_one).exists()
    assert not asking.of_one(review).includes(next_one.user.pk)
    after = absence.until_at + timedelta(seconds=1)
    assert not asking.of_one(review, at=after).includes(deputy.user.pk)
    assert not queue.waiting_for(deputy, at=after).exists()
    with pytest.raises(reviews.ReviewRefused):
        case.approve(review, by=deputy, at=after)


@pytest.mark.parametrize("how", ["maker", "no role", "other brand", "absent made it"])
def test_who_could_not_decide_it_themselves_decides_it_for_nobody(case: Case, how: str) -> None:
    deputy = member(case.brand, Role.LIBRARIAN if how == "no role" else Role.BRAND_REVIEWER)
    review = named(case, case.brand_reviewer)
    away(case.brand_reviewer, deputy)
    if how == "maker":
        Version.objects.filter(pk=case.version.pk).update(created_by=deputy.user)
    elif how == "other brand":
        Absence.objects.update(brand=BrandFactory.create())
    elif how == "absent made it":
        Version.objects.filter(pk=case.version.pk).update(created_by=case.brand_reviewer.user)
        member(case.brand, Role.BRAND_REVIEWER)
    review = Review.objects.get(pk=review.pk)
    assert asking.of_one(review).in_place_of(deputy.user.pk) is None
    decides = reviews.refusal_to_decide(review, by=deputy) is None
    # Where nobody who is named is left, the role is asked, and they are as anyone of it.
    assert decides is (how == "absent made it")
    assert queue.waiting_for(deputy).exists() is decides


def test_a_deputy_without_the_role_sees_no_review(case: Case) -> None:
    named(case, case.brand_reviewer)
    librarian = member(case.brand, Role.LIBRARIAN)
    away(case.brand_reviewer, librarian)
    assert standing(librarian) == (set(), set())


def test_a_deputys_own_work_isnt_theirs(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    review = named(case, case.brand_reviewer)
    away(case.brand_reviewer, deputy)
    assert standing(deputy)[0] == {review.pk}
    Review.objects.update(submitted_by=deputy.user)
    assert standing(deputy)[0] == set()


def test_a_deputy_sees_and_is_told_of_comments_that_are_assigned_meanwhile(case: Case) -> None:
    away(case.brand_reviewer, case.legal_reviewer)
    comment = comments.add(case.version, by=case.creator, body="Fix it")
    told(case.legal_reviewer)
    Notification.objects.all().delete()
    assigning.assign(
        comment,
        to=case.brand_reviewer.user,
        due_at=None,
        seen=assigning.of(comment),
        by=case.creator,
    )
    assert standing(case.legal_reviewer)[1] == {comment.pk}
    assert told(case.legal_reviewer) == ["standing_in"]
    assert told(case.brand_reviewer) == ["assigned"]
    Comment.objects.update(resolved_at=timezone.now())
    assert standing(case.legal_reviewer)[1] == set()


def test_a_deputy_is_told_of_reviews_that_ask_who_is_away_by_name(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    away(case.brand_reviewer, deputy)
    told(deputy)
    Notification.objects.all().delete()
    review = named(case, case.brand_reviewer)
    following.run(case.brand.pk)
    Notification.objects.all().delete()

    Review.objects.filter(pk=review.pk).update(due_at=timezone.now() - DAY)
    reminders.remind()
    assert told(deputy) == ["standing_in"]
    assert "overdue" in told(case.brand_reviewer)


def test_nothing_is_shown_or_told_before_it_begins_and_once_it_is_over(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    named(case, case.brand_reviewer)
    away(case.brand_reviewer, deputy, begins=DAY)
    assert standing(deputy) == (set(), set())
    absence = away(case.brand_reviewer, deputy)
    assert standing(deputy)[0]
    Absence.objects.filter(pk=absence.pk).update(until_at=timezone.now() - timedelta(minutes=1))
    assert standing(deputy) == (set(), set())


def test_it_ends_by_itself_with_one_event(case: Case) -> None:
    absence = away(case.creator, case.brand_reviewer)
    assert absences.finish() == 0
    after = absence.until_at + timedelta(minutes=1)
    assert absences.finish(at=after) == 1
    assert absences.finish(at=after) == 0
    event = Event.objects.get(verb="absence.over")
    assert event.data["absent"] == case.creator.user.pk
    assert event.about_ref == f"user:{case.brand_reviewer.user.pk}"


def test_ended_by_hand_it_is_over_at_once(case: Case) -> None:
    away(case.creator, case.brand_reviewer)
    assert absences.end(by=case.creator)
    assert not absences.end(by=case.creator)
    assert absences.of(case.creator) is None
    assert Event.objects.filter(verb="absence.ended").count() == 1


def test_another_one_takes_the_place_of_the_first(case: Case) -> None:
    away(case.creator, case.brand_reviewer)
    away(case.creator, case.legal_reviewer)
    assert [each.deputy for each in Absence.objects.filter(ended_at=None)] == [case.legal_reviewer.user]
    assert absences.deputies(case.brand) == {case.creator.user.pk: case.legal_reviewer.user.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(
            brand=case.brand,
            person=case.creator.user,
            deputy=case.brand_reviewer.user,
            from_at=timezone.now(),
            until_at=timezone.now() + DAY,
        )


def test_who_cant_stand_in_is_refused(case: Case) -> None:
    stranger = member(BrandFactory.create(), Role.ADMIN)
    for deputy in (case.creator, member(case.brand, Role.VIEWER), stranger):
        with pytest.raises(AbsenceRefused, match="can't see clips in review"):
            away(case.creator, deputy)
    away(case.brand_reviewer, case.legal_reviewer)
    with pytest.raises(AbsenceRefused, match="away then, too"):
        away(case.creator, case.brand_reviewer)
    with pytest.raises(AbsenceRefused, match="before the first"):
        away(case.creator, case.legal_reviewer, days=-1)
    with pytest.raises(AbsenceRefused, match="a year"):
        away(case.creator, case.legal_reviewer, days=400)


def test_a_deputy_who_lost_their_role_is_shown_nothing_and_that_is_told(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    named(case, case.brand_reviewer)
    absence = away(case.brand_reviewer, deputy)
    assert absences.still_able(absence)
    Membership.objects.filter(user=deputy.user).update(role=Role.VIEWER)
    lesser = Member(deputy.user, case.brand, Role.VIEWER)
    assert absences.now_for(lesser) == []
    assert not absences.still_able(absence)
    assert "Choose someone else." in page(case.brand_reviewer, "reviews")


def test_both_read_it_on_the_page_of_reviews(case: Case) -> None:
    away(case.creator, case.brand_reviewer)
    assert f"{case.brand_reviewer.user} stands in for you" in page(case.creator, "reviews")
    assert f"You stand in for {case.creator.user}" in page(case.brand_reviewer, "reviews")
    assert "Standing in" not in page(case.legal_reviewer, "reviews")


def test_the_tab_lists_comments_and_reviews(case: Case) -> None:
    deputy = member(case.brand, Role.BRAND_REVIEWER)
    named(case, case.brand_reviewer)
    comment = comments.add(case.version, by=case.creator, body="Look at the logo")
    Comment.objects.filter(pk=comment.pk).update(assigned_to=case.brand_reviewer.user)
    away(case.brand_reviewer, deputy)
    address = reverse("reviews", args=[case.brand.slug])
    shown = signed_in(deputy).get(address, {"show": "standing"}).content.decode()
    assert "Look at the logo" in shown
    assert f"Assigned to {case.brand_reviewer.user}" in " ".join(shown.split())
    assert shown.count("queue-item") == 2


def test_the_form_takes_whole_days_where_the_brand_is(case: Case) -> None:
    Brand.objects.filter(pk=case.brand.pk).update(time_zone="Asia/Tokyo")
    tokyo = ZoneInfo("Asia/Tokyo")
    first = datetime.now(tokyo).date() + timedelta(days=2)
    sent = {
        "from_on": first.isoformat(),
        "until_on": first.isoformat(),
        "deputy": case.brand_reviewer.user.pk,
    }
    client = signed_in(case.creator)
    address = reverse("reviews-away", args=[case.brand.slug])
    assert client.post(address, sent).status_code == 302
    absence = Absence.objects.get()
    assert absence.from_at == datetime(first.year, first.month, first.day, tzinfo=tokyo)
    assert absence.until_at.astimezone(tokyo).strftime("%H:%M:%S") == "23:59:59"
    shown = client.get(address).content.decode()
    assert f'value="{first.isoformat()}"' in shown
    assert client.post(reverse("reviews-away-end", args=[case.brand.slug])).status_code == 302
    assert absences.of(case.creator) is None
    yesterday = (datetime.now(tokyo).date() - timedelta(days=3)).isoformat()
    assert client.post(address, {**sent, "from_on": yesterday, "until_on": yesterday}).status_code == 422
