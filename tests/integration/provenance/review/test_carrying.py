from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog.models import Version
from provenance.review import carrying, comments, corrections
from provenance.review.carrying import Mark, Place, TickRefused
from provenance.review.models import Comment, NotDone
from tests.factories import member, next_version
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Newer(Case):
    """A remark on version 1 that was open when version 2 came."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.remark = comments.add(self.version, by=self.creator, body="The logo flickers", frame=3)
        self.newer: Version = next_version(self.version)

    def tick(self, wanted: Mark, seen: Mark = Mark.OPEN, **given: Any) -> None:
        given = {"of": self.newer, "by": self.brand_reviewer, **given}
        carrying.tick(self.remark, wanted=wanted, seen=seen, **given)
        self.remark.refresh_from_db()

    def carried(self, version: Version | None = None) -> list[tuple[str, Mark]]:
        rows = carrying.carried(version or self.newer, to=self.creator)
        return [(row.body, carrying.mark_of(row)) for row in rows]


def test_what_was_open_when_the_newer_version_came_is_carried_and_what_was_dealt_with_is_not() -> None:
    case = Case()
    comments.resolve(comments.add(case.version, by=case.creator, body="Before"), by=case.creator)
    later = comments.add(case.version, by=case.creator, body="Later")
    open_one = comments.add(case.version, by=case.creator, body="Open")
    comments.add(case.version, by=case.creator, body="An answer", answers=open_one)
    gone = comments.add(case.version, by=case.creator, body="Gone")
    comments.add(case.version, by=case.brand_reviewer, body="Why?", answers=gone)
    corrections.delete(gone, by=case.creator)
    newer = next_version(case.version)
    comments.add(newer, by=case.creator, body="On the newer one")
    comments.resolve(later, by=case.creator)
    rows = carrying.carried(newer, to=case.creator)
    assert [(row.body, carrying.mark_of(row)) for row in rows] == [("Later", Mark.DONE), ("Open", Mark.OPEN)]
    assert carrying.counts(rows) == {Mark.OPEN: 1, Mark.DONE: 1, Mark.NOT_DONE: 0}
    assert not carrying.carried(case.version, to=case.creator)


def test_a_remark_found_done_is_resolved_at_its_own_version_and_says_in_which_it_was_done() -> None:
    case = Newer()
    case.tick(Mark.DONE)
    assert case.remark.version_id == case.version.pk
    assert (case.remark.resolved_by, case.remark.resolved_in) == (case.brand_reviewer.user, 2)
    event = Event.objects.get(verb="comment.resolved")
    assert event.data == {"comment": case.remark.pk, "in_version": 2}
    assert case.carried() == [("The logo flickers", Mark.DONE)]
    assert case.carried(next_version(case.newer)) == []


def test_a_remark_found_not_done_stays_open_and_goes_on_to_the_next_version_unticked() -> None:
    case = Newer()
    case.tick(Mark.NOT_DONE)
    assert case.remark.resolved_at is None
    assert NotDone.objects.get().found_by == case.brand_reviewer.user
    assert case.carried() == [("The logo flickers", Mark.NOT_DONE)]
    assert case.carried(next_version(case.newer)) == [("The logo flickers", Mark.OPEN)]
    assert Event.objects.filter(verb="comment.not_done").count() == 1


@pytest.mark.parametrize(
    ("first", "then", "verb"),
    [
        (Mark.DONE, Mark.OPEN, "comment.reopened"),
        (Mark.NOT_DONE, Mark.OPEN, "comment.unticked"),
        (Mark.NOT_DONE, Mark.DONE, "comment.resolved"),
        (Mark.DONE, Mark.NOT_DONE, "comment.not_done"),
    ],
)
def test_a_tick_is_taken_back_or_changed(first: Mark, then: Mark, verb: str) -> None:
    case = Newer()
    case.tick(first)
    case.tick(then, seen=first)
    assert case.carried() == [("The logo flickers", then)]
    assert NotDone.objects.exists() == (then is Mark.NOT_DONE)
    assert (case.remark.resolved_in, case.remark.resolved_at is None) == (
        (2, False) if then is Mark.DONE else (None, True)
    )
    newest = Event.objects.order_by("sequence").last()
    assert newest is not None
    assert newest.verb == verb


def test_a_second_click_does_nothing_and_leaves_no_second_trace() -> None:
    case = Newer()
    case.tick(Mark.DONE)
    case.tick(Mark.DONE)
    assert Event.objects.filter(verb="comment.resolved").count() == 1


def test_what_another_found_meanwhile_is_not_overwritten() -> None:
    case = Newer()
    case.tick(Mark.NOT_DONE)
    with pytest.raises(TickRefused, match="has just ticked"):
        case.tick(Mark.DONE, by=case.creator)
    assert case.carried() == [("The logo flickers", Mark.NOT_DONE)]


def test_a_remark_that_is_not_carried_to_that_version_is_refused() -> None:
    case = Newer()
    with pytest.raises(TickRefused, match="any more"):
        case.tick(Mark.DONE, of=case.version)
    corrections.delete(case.remark, by=case.creator)
    with pytest.raises(TickRefused, match="any more"):
        case.tick(Mark.DONE)


def test_a_tick_needs_the_right_to_comment() -> None:
    case = Newer()
    with pytest.raises(PermissionDenied):
        case.tick(Mark.DONE, by=member(case.brand, Role.VIEWER))


def test_reopened_at_its_own_version_a_remark_is_to_be_checked_again() -> None:
    case = Newer()
    case.tick(Mark.DONE)
    comments.reopen(case.remark, by=case.creator)
    case.remark.refresh_from_db()
    assert (case.remark.resolved_at, case.remark.resolved_by, case.remark.resolved_in) == (None, None, None)
    assert case.carried() == [("The logo flickers", Mark.OPEN)]
    with pytest.raises(comments.NotResolved):
        comments.reopen(case.remark, by=case.creator)


@pytest.mark.parametrize(
    ("frame", "end", "rates", "frames", "place"),
    [
        (10, None, (24, 24), 48, Place(10)),
        (10, 20, (24, 24), 48, Place(10, 20)),
        (40, 47, (24, 24), 44, Place(40, 43)),
        (43, 47, (24, 24), 44, Place(43)),
        (44, 47, (24, 24), 44, Place(beyond=True)),
        (24, 47, (24, 25), 50, Place(25, 48)),
        (24, None, (24, 12), 24, Place(12)),
        (None, None, (24, 24), 48, Place()),
        (0, None, (24, None), None, Place(beyond=True)),
    ],
)
def test_a_remark_is_at_the_same_time_of_the_newer_version(
    frame: int | None, end: int | None, rates: tuple[int, int | None], frames: int | None, place: Place
) -> None:
    old, new = (
        Version(rate_numerator=rate, rate_denominator=rate and 1, frame_count=count)
        for rate, count in zip(rates, (48, frames), strict=True)
    )
    assert carrying.place(Comment(version=old, frame=frame, end_frame=end), on=new) == place


@pytest.mark.django_db(transaction=True)
def test_of_two_who_tick_at_once_one_is_told() -> None:
    case = Newer()

    def tick(wanted: Mark) -> str:
        try:
            case_remark = Comment.objects.get(pk=case.remark.pk)
            carrying.tick(case_remark, of=case.newer, wanted=wanted, seen=Mark.OPEN, by=case.brand_reviewer)
        except TickRefused as refused:
            return refused.code
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(tick, (Mark.DONE, Mark.NOT_DONE)))
    assert sorted(found) == ["kept", "tick"]
    assert NotDone.objects.count() + Comment.objects.exclude(resolved_at=None).count() == 1


def test_a_version_that_came_later_does_not_carry_what_was_resolved_before() -> None:
    case = Newer()
    at = timezone.now() + timedelta(days=1)
    case.tick(Mark.DONE, at=at)
    third = next_version(case.newer, created_at=at + timedelta(seconds=1))
    assert case.carried(third) == []


def test_what_is_not_done_is_said_again_on_the_newer_version_in_one_press() -> None:
    case = Newer()
    Version.objects.filter(pk=case.newer.pk).update(frame_count=case.version.frame_count)
    again = carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer)
    assert (again.version, again.frame, again.author) == (case.newer, 3, case.brand_reviewer.user)
    assert again.body == "From version 1: The logo flickers"
    assert case.carried() == [("The logo flickers", Mark.NOT_DONE)]
    added = Event.objects.get(verb="comment.added", data__has_key="carried_from")
    assert added.data["carried_from"] == case.remark.pk
    assert carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=case.creator) == again
    assert Comment.objects.filter(version=case.newer).count() == 1


def test_what_was_said_again_is_ticked_there_until_that_is_deleted() -> None:
    case = Newer()
    again = carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer)
    for wanted in (Mark.OPEN, Mark.DONE):
        with pytest.raises(TickRefused, match="carried over"):
            carrying.tick(
                case.remark, of=case.newer, wanted=wanted, seen=Mark.NOT_DONE, by=case.brand_reviewer
            )
    corrections.delete(again, by=case.brand_reviewer)
    carrying.tick(case.remark, of=case.newer, wanted=Mark.OPEN, seen=Mark.NOT_DONE, by=case.brand_reviewer)
    assert case.carried(case.newer) == [("The logo flickers", Mark.OPEN)]


def test_the_log_keeps_no_name_of_whom_it_says_again() -> None:
    case = Newer()
    carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer)
    events = Event.objects.filter(brand=case.brand, data__body__startswith="From version 1")
    assert [str(case.creator.user) in str(event.data) for event in events] == [False]


def test_what_was_said_again_comes_along_once() -> None:
    case = Newer()
    again = carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer)
    third = next_version(case.newer)
    assert case.carried(third) == [(again.body, Mark.OPEN)]
    corrections.delete(again, by=case.brand_reviewer)
    assert case.carried(third) == [("The logo flickers", Mark.OPEN)]
    other = carrying.carry_over(case.remark, of=case.newer, seen=Mark.NOT_DONE, by=case.creator)
    assert other != again


def test_what_is_done_or_gone_is_not_said_again() -> None:
    case = Newer()
    case.tick(Mark.DONE)
    for seen in (Mark.OPEN, Mark.DONE):
        with pytest.raises(TickRefused):
            carrying.carry_over(case.remark, of=case.newer, seen=seen, by=case.creator)
    with pytest.raises(PermissionDenied):
        carrying.carry_over(case.remark, of=case.newer, seen=Mark.OPEN, by=member(case.brand, Role.VIEWER))
    assert not Comment.objects.filter(version=case.newer).exists()


def test_a_drawing_beyond_the_end_of_the_newer_version_is_said_in_words_alone() -> None:
    case = Newer()
    drawing = {
        "v": 1,
        "shapes": [{"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0, 0], [1, 1]]}],
    }
    drawn = comments.add(case.version, by=case.creator, body="", frame=40, drawing=drawing)
    Version.objects.filter(pk=case.newer.pk).update(frame_count=20)
    again = carrying.carry_over(drawn, of=case.newer, seen=Mark.OPEN, by=case.creator)
    assert (again.frame, again.drawing) == (None, None)
    assert again.body == "From version 1"


@pytest.mark.django_db(transaction=True)
def test_two_who_carry_over_at_once_say_it_once() -> None:
    case = Newer()

    def carry(_which: int) -> int:
        try:
            remark = Comment.objects.get(pk=case.remark.pk)
            return carrying.carry_over(remark, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(carry, range(2)))) == 1


def test_what_was_found_is_summed_up_in_words() -> None:
    case = Newer()
    assert carrying.found_by_now(case.version, to=case.creator) == {}
    assert carrying.found_by_now(case.newer, to=case.creator) == {"open": 1, "done": 0, "not_done": 0}
    assert carrying.summed_up({"open": 1, "done": 3, "not_done": 2}) == "3 done, 2 not done, 1 left open"
    assert carrying.summed_up({"open": 0, "done": 1, "not_done": 0}) == "1 done"
