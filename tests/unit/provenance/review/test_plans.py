"""What is kept of a template's stages, and whether there are enough people for them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from provenance.review import plans
from provenance.review.plans import Planned

FULL = Planned("legal", "Legal FR", group=3, needs=2, days=4, deputy_person=9)


def test_what_is_written_reads_as_it_was() -> None:
    stages = (Planned("brand"), FULL, Planned("legal", person=7, needs=1, deputy_group=2))
    assert plans.read(plans.written(stages)) == stages


def test_a_review_without_a_plan_has_stages_of_its_kinds() -> None:
    assert plans.of(["brand", "legal"], []) == (Planned("brand"), Planned("legal"))


def test_what_a_newer_program_wrote_besides_is_passed_over() -> None:
    assert plans.read([{"kind": "legal", "needs": 2, "signed_by": "fax"}]) == (Planned("legal", needs=2),)


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Pacific/Kiritimati", "2027-03-28T23:59:59+14:00"),
        ("Europe/Berlin", "2027-03-28T23:59:59+02:00"),  # the clock goes forward that day
        ("America/Los_Angeles", "2027-03-27T23:59:59-07:00"),  # it is still the day before there
    ],
)
def test_a_stage_is_due_at_the_end_of_a_day_where_the_brand_is(zone: str, due: str) -> None:
    begun = datetime(2027, 3, 27, 5, tzinfo=UTC)
    at = Planned("legal", days=1).due_at(begun=begun, zone=ZoneInfo(zone))
    assert at is not None
    assert at.isoformat() == due


@pytest.mark.parametrize(
    ("wanted", "short"),
    [
        ([(1, {1})], None),
        ([(1, set())], 0),
        ([(2, {1})], 0),
        ([(1, {1}), (1, {1})], 1),
        ([(1, {1, 2}), (1, {1})], None),  # the second person takes the first stage
        ([(2, {1, 2, 3}), (1, {1}), (1, {2})], 2),
        ([(1, {1, 2}), (1, {1, 3}), (1, {1})], None),
        ([(1, {1, 2}), (2, {1, 2, 3}), (1, {3})], 2),
        ([(900, set(range(1000))), (99, set(range(100))), (1, {0})], None),  # in no time
    ],
)
def test_nobody_is_counted_for_two_stages(wanted: list[tuple[int, set[int]]], short: int | None) -> None:
    assert plans.unfilled([(needs, frozenset(people)) for needs, people in wanted]) == short
