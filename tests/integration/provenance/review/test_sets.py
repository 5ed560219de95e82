"""Clips sent to review together: each has its own review, and the set tells how far they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Asset, Processing, Version
from dam.notifications import following, inbox, lines
from dam.notifications.models import Notification
from provenance.review import choosing, queue, reviews, sending_sets, sets
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.set_models import ReviewSet
from provenance.review.sets import Progress
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import BrandFactory, member
from tests.review_factory import Case
from tests.review_sets import drafts, send
from tests.review_templates import template

pytestmark = pytest.mark.django_db


def reject(review: Review, *, by: Member) -> None:
    reviews.decide(
        review,
        by=by,
        kind=DecisionKind.REJECT,
        expected_sha256=review.content_sha256,
        comment="No",
    )


def hide(review: Review) -> None:
    Asset.objects.filter(pk=review.version.asset_id).update(trashed_at=timezone.now())


def test_each_clip_gets_a_review_of_its_own_in_the_order_they_were_chosen() -> None:
    case = Case()
    due = timezone.now() + timedelta(days=3)
    clips = drafts(case, 3)[::-1]
    sent = send(clips, by=case.creator, note=" For the launch ", due_at=due)
    assert [review.version for review in sets.reviews_of(sent.review_set, case.creator)] == clips
    assert [each.set_place for each in sent.reviews] == [1, 2, 3]
    assert {(each.note, each.due_at, each.state) for each in sent.reviews} == {
        ("For the launch", due, "open")
    }
    assert {Version.objects.get(pk=each.pk).approval for each in clips} == {Approval.IN_REVIEW}
    event = Event.objects.filter(verb=Verb.REVIEW_SUBMITTED).latest("sequence")
    assert event.data["review_set"] == str(sent.review_set.pk)
    assert event.data["set_title"] == "Spring"
    assert trail.first_broken(case.brand) is None


def test_what_cannot_be_sent_is_said_with_the_reason_and_the_others_are_sent() -> None:
    case = Case()
    good, unready, changed = drafts(case, 3)
    Version.objects.filter(pk=unready.pk).update(processing=Processing.RUNNING)
    wanted = [
        sending_sets.Wanted(unready, seen="brand,legal"),
        sending_sets.Wanted(changed, seen="legal"),
        sending_sets.Wanted(good, seen="brand,legal"),
    ]
    sent = sending_sets.send(uuid4(), wanted, by=case.creator, title="Spring")
    assert [each.version for each in sent.reviews] == [good]
    assert [each.set_place for each in sent.reviews] == [1]
    assert [version for version, _reason in sent.left_out] == [unready, changed]
    assert "have just changed" in sent.left_out[1][1]


def test_without_one_that_can_be_sent_there_is_no_set() -> None:
    case = Case()
    clips = drafts(case, 2, processing=Processing.FAILED)
    sent = send(clips, by=case.creator)
    assert (sent.reviews, len(sent.left_out)) == ([], 2)
    assert not ReviewSet.objects.exists()


def test_the_same_form_sends_one_set() -> None:
    case, key = Case(), uuid4()
    send(drafts(case, 2), by=case.creator, key=key)
    with pytest.raises(sending_sets.AlreadySent):
        send(drafts(case, 1), by=case.creator, key=key)
    assert Review.objects.count() == 2


@pytest.mark.parametrize("title", ["", "  \u200b ", "x" * 121])
def test_a_set_needs_a_title_that_fits(title: str) -> None:
    case = Case()
    with pytest.raises(sending_sets.SetRefused):
        send(drafts(case, 1), by=case.creator, title=title)
    assert not Review.objects.exists()


def test_more_than_a_set_can_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending_sets, "MOST", 2)
    case = Case()
    with pytest.raises(sending_sets.SetRefused, match="at most 2 clips"):
        send(drafts(case, 3), by=case.creator)
    assert not Review.objects.exists()


def test_who_submits_nothing_sends_no_set() -> None:
    case = Case()
    with pytest.raises(PermissionDenied):
        send(drafts(case, 1), by=case.brand_reviewer)


def test_what_can_be_sent_costs_as_many_queries_however_many_clips_there_are() -> None:
    case = Case()
    template(case.brand, Planned("legal"), rule="kind:video", by_hand=False)
    clips = drafts(case, 8)

    def queries(count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            keys = [version.asset_id for version in clips[:count]]
            versions = sending_sets.chosen(keys, by=case.creator)
            assert len(sending_sets.candidates(versions, by=case.creator)) == count
        return len(captured)

    queries(1)
    assert queries(2) == queries(8)


def test_each_clip_passes_what_its_rule_says_and_the_others_what_was_chosen() -> None:
    case = Case()
    by_rule = template(case.brand, Planned("legal"), title="Films", rule="kind:video", by_hand=False)
    by_hand = template(case.brand, Planned("legal", "Market"), title="Market")
    film, still = drafts(case, 2)
    Version.objects.filter(pk=still.pk).update(kind="still")
    found = sending_sets.candidates(
        sending_sets.chosen([film.asset_id, still.asset_id], by=case.creator),
        by=case.creator,
        template=by_hand.pk,
    )
    assert [each.choice.template for each in found] == [by_rule, by_hand]
    assert [each.choice.by_hand for each in found] == [False, True]
    for each in found:
        alone = choosing.of(each.version, wanted=by_hand.pk if each.choice.by_hand else None)
        assert (each.choice.stages, each.choice.seen) == (alone.stages, alone.seen)


def test_progress_counts_what_somebody_sees() -> None:
    case = Case()
    sent = send(drafts(case, 4), by=case.creator)
    key = sent.review_set.pk
    reject(sent.reviews[0], by=case.brand_reviewer)
    hide(sent.reviews[3])
    assert sets.progress([key], case.brand_reviewer) == {key: Progress(total=3, open=2, waiting=2)}
    assert sets.progress([key], case.legal_reviewer) == {key: Progress(total=3, open=2, waiting=0)}
    assert sets.progress([key], member(case.brand, Role.VIEWER)) == {}
    assert sets.progress([key], member(BrandFactory.create(), Role.BRAND_REVIEWER)) == {}


def test_a_set_of_which_nothing_is_seen_is_not_there() -> None:
    case = Case()
    sent = send(drafts(case, 1), by=case.creator)
    assert sets.visible(case.brand_reviewer).get() == sent.review_set
    hide(sent.reviews[0])
    assert not sets.visible(case.brand_reviewer).exists()


def test_in_lists_a_set_is_its_first_clip() -> None:
    case = Case()
    alone = case.submit()
    sent = send(drafts(case, 3), by=case.creator)
    listed = sets.one_of_each(queue.waiting_for(case.brand_reviewer))
    assert list(listed) == [alone, sent.reviews[0]]
    assert listed.count() == 2
    reject(sent.reviews[0], by=case.brand_reviewer)
    assert list(sets.one_of_each(queue.waiting_for(case.brand_reviewer))) == [alone, sent.reviews[1]]
    assert list(sets.one_of_each(queue.closed_reviews(case.brand_reviewer))) == [sent.reviews[0]]


def test_the_next_of_the_set_comes_up_then_one_before_it_then_the_rest() -> None:
    case = Case()
    sent, alone = send(drafts(case, 3), by=case.creator), case.submit()
    first, second, third = sent.reviews
    by = case.brand_reviewer
    assert sets.following(second, by) == third
    reject(third, by=by)
    assert sets.following(third, by) == first
    reject(first, by=by)
    reject(second, by=by)
    assert sets.following(second, by) == alone
    reject(alone, by=by)
    assert sets.following(alone, by) is None


def test_a_place_counts_what_somebody_sees() -> None:
    case = Case()
    first, hidden, third = send(drafts(case, 3), by=case.creator).reviews
    hide(hidden)
    assert sets.place(third, case.brand_reviewer) == sets.Place(2, 2, previous=first.pk, next=None)
    assert sets.place(case.submit(), case.brand_reviewer) is None


def told(person: Member) -> list[lines.Line]:
    rows = Notification.objects.filter(user=person.user).order_by("pk")
    return [lines.Line(each) for each in inbox.told(rows, to=person)]


def test_each_person_is_told_once_of_a_set_however_small() -> None:
    case = Case()
    sent = send(drafts(case, 2), by=case.creator)
    following.run(case.brand.pk)
    (line,) = told(case.brand_reviewer)
    assert line.title == "Clip 1 and 1 other"
    assert line.sentence == f"{case.creator.user} asked for your review of “Spring”"
    assert lines.target(line.told).endswith(f"/reviews/sets/{sent.review_set.pk}/")


def test_two_sets_are_told_apart_and_so_is_what_was_sent_alone() -> None:
    case = Case()
    send(drafts(case, 2), by=case.creator)
    send(drafts(case, 2), by=case.creator, title="Autumn")
    case.submit()
    following.run(case.brand.pk)
    assert [line.told.row.asset_count for line in told(case.brand_reviewer)] == [2, 2, 1]


def test_who_decides_next_is_told_once_while_they_have_not_read_it() -> None:
    case = Case()
    sent = send(drafts(case, 3), by=case.creator)
    for review in sent.reviews:
        case.approve(review, by=case.brand_reviewer, expected_sha256=review.content_sha256)
        following.run(case.brand.pk)
    (line,) = told(case.legal_reviewer)
    assert (line.told.row.asset_count, line.told.row.count) == (3, 3)


def test_the_mail_of_a_set_is_one() -> None:
    case = Case()
    send(drafts(case, 3), by=case.creator)
    following.run(case.brand.pk)
    assert Notification.objects.filter(user=case.brand_reviewer.user, mail_due_at__isnull=False).count() == 1


def test_what_an_older_process_writes_is_in_no_set_and_not_approved_together() -> None:
    """While an update is rolled out it names none of these columns."""
    columns = {
        ("provenance_review", "review_set_id"): (None, "YES"),
        ("provenance_review", "set_place"): (None, "YES"),
        ("provenance_review", "together"): ("false", "NO"),
        ("provenance_reviewtemplate", "together"): ("false", "NO"),
    }
    with connection.cursor() as cursor:
        for (table, column), wanted in columns.items():
            cursor.execute(
                "SELECT column_default, is_nullable FROM information_schema.columns "
                "WHERE table_name = %s AND column_name = %s",
                [table, column],
            )
            assert cursor.fetchone() == wanted
    review = Case().submit()
    review.refresh_from_db()
    assert (review.review_set, review.together, review.state) == (None, False, ReviewState.OPEN)
