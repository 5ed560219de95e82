from datetime import UTC, datetime, timedelta

import pytest

from provenance.review import filtering
from provenance.review.filtering import OUTSIDE, Filter, Passage, Thread
from provenance.review.models import Comment

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DRAWING = {"v": 1, "shapes": []}


def thread(
    key: int = 1, *, by: int = 1, others: tuple[int, ...] = (), stage: str = "brand", **about: object
) -> Thread:
    answers = [Comment(pk=100 + other, parent_id=key, author_id=other) for other in others]
    return Thread(Comment(pk=key, author_id=by, **about), answers, stage)


def test_without_a_filter_every_thread_is_shown() -> None:
    assert Filter().fits(thread())
    assert not Filter()


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Filter(state="open"), True),
        (Filter(state="resolved"), False),
        (Filter(person=1), True),
        (Filter(person=2), True),
        (Filter(person=3), False),
        (Filter(stage="brand"), True),
        (Filter(stage="legal"), False),
        (Filter(drawn=True), False),
        (Filter(state="open", person=2, stage="brand"), True),
        (Filter(state="open", person=3, stage="brand"), False),
    ],
)
def test_a_thread_fits_where_it_fits_each_part(wanted: Filter, fits: bool) -> None:
    assert wanted.fits(thread(others=(2,))) == fits


def test_a_thread_is_no_longer_somebodys_whose_words_were_deleted() -> None:
    one = thread(by=1, others=(2,), deleted_at=NOON, drawing=DRAWING)
    assert one.people == {2}
    assert not one.is_drawn


def test_what_the_address_says_is_read_back() -> None:
    wanted = Filter(state="resolved", person=7, stage=OUTSIDE, drawn=True)
    assert filtering.read(wanted.parameters(), stages=["brand"]) == wanted


@pytest.mark.parametrize("by", ["-1", "1e3", "٣", "9" * 30, "me", " 7"])
def test_an_odd_person_asks_for_nobody(by: str) -> None:
    assert filtering.read({"by": by}, stages=[]) == Filter()


def test_a_stage_lasts_from_one_decision_to_the_next() -> None:
    passage = Passage(["brand", "legal"], NOON, NOON + 3 * HOUR, [NOON + HOUR, NOON + 3 * HOUR])
    at = [NOON - HOUR, NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 3 * HOUR]
    assert [filtering.stage_at(moment, [passage]) for moment in at] == [
        OUTSIDE, "brand", "legal", "legal", OUTSIDE,
    ]  # fmt: skip


def test_a_second_review_has_its_own_stages() -> None:
    first = Passage(["brand"], NOON, NOON + HOUR, [NOON + HOUR])
    second = Passage(["legal"], NOON + 2 * HOUR, None, [])
    assert filtering.stage_at(NOON + 3 * HOUR, [first, second]) == "legal"


def test_each_choice_says_what_it_would_leave_beside_the_others() -> None:
    threads = [
        thread(1, by=1),
        thread(2, by=2, resolved_at=NOON, drawing=DRAWING),
        thread(3, by=2, others=(1,), stage="legal"),
    ]
    counted = filtering.counts(threads, Filter(person=2))
    assert counted["state"] == {"": 2, "resolved": 1, "open": 1}
    assert counted["person"] == {None: 3, 1: 2, 2: 2}
    assert counted["stage"] == {"": 2, "brand": 1, "legal": 1}
    assert counted["drawn"] == {True: 1}
