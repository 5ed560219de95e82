"""The same set sent twice at the very same moment, and two who decide its clips."""

import threading
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit import trail
from dam.core.errors import Refused
from provenance.review import approving_together, ledger, reviews, sets
from provenance.review.approving_together import Together
from provenance.review.asking import Seen
from provenance.review.models import Decision, Review
from provenance.review.plans import Planned
from provenance.review.set_models import ReviewSet
from tests.factories import member
from tests.review_factory import Case
from tests.review_sets import drafts, send
from tests.review_templates import template

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]


def outcomes(*attempts: Callable[[], object]) -> list[str]:
    """What each attempt came to, all started together: "done" or the code of the refusal."""
    together = threading.Barrier(len(attempts))
    came_to: list[str] = []

    def run(attempt: Callable[[], object]) -> None:
        together.wait(timeout=60)
        try:
            attempt()
            came_to.append("done")
        except Refused as refused:
            came_to.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return sorted(came_to)


def test_a_double_click_sends_one_set() -> None:
    case, key = Case(), uuid4()
    clips = drafts(case, 5)

    def click() -> None:
        send(clips, by=case.creator, key=key)

    assert outcomes(click, click) == ["done", "set_already_sent"]
    assert ReviewSet.objects.count() == 1
    places = Review.objects.order_by("set_place").values_list("set_place", flat=True)
    assert list(places) == [1, 2, 3, 4, 5]


def test_of_two_who_send_the_same_clips_each_clip_is_in_one_set() -> None:
    case = Case()
    clips = drafts(case, 5)
    other = member(case.brand, Role.LIBRARIAN)
    came_to = outcomes(lambda: send(clips, by=case.creator), lambda: send(clips[::-1], by=other))
    assert came_to == ["done", "done"]
    assert Review.objects.count() == 5
    assert trail.first_broken(case.brand) is None


def test_of_two_who_decide_a_clip_of_the_set_one_does_and_each_goes_on_to_what_is_left() -> None:
    case = Case()
    other = member(case.brand, Role.BRAND_REVIEWER)
    first, second = send(drafts(case, 2), by=case.creator).reviews
    came_to = outcomes(
        *(
            lambda by=by: case.approve(first, by=by, expected_sha256=first.content_sha256)
            for by in (case.brand_reviewer, other)
        )
    )
    assert came_to == ["done", "wrong_stage"]
    assert Decision.objects.count() == 1
    first.refresh_from_db()
    assert {sets.following(first, by) for by in (case.brand_reviewer, other)} == {second}


def test_two_who_approve_the_same_clips_together_decide_each_of_them_once() -> None:
    case = Case()
    other = member(case.brand, Role.BRAND_REVIEWER)
    template(case.brand, Planned("brand"), rule="kind:video", by_hand=False, together=True)
    sent = send(drafts(case, 4), by=case.creator)
    for by in (case.brand_reviewer, other):
        for review in sent.reviews:
            approving_together.note_opening(review, by=by)
    together = Together(sent.review_set.pk, 4, "")

    def approve(by: Member) -> None:
        for review in sent.reviews:
            try:
                case.approve(
                    review,
                    by=by,
                    expected_sha256=review.content_sha256,
                    seen=Seen(0, 0),
                    together=together,
                )
            except reviews.ReviewRefused:
                continue

    assert outcomes(lambda: approve(case.brand_reviewer), lambda: approve(other)) == ["done", "done"]
    assert sorted(Decision.objects.values_list("review", flat=True)) == sorted(
        review.pk for review in sent.reviews
    )
    assert set(Review.objects.values_list("state", flat=True)) == {"approved"}
    assert ledger.verify(case.brand).holds
    assert trail.first_broken(case.brand) is None
