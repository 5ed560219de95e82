"""Processes of the release before, while one is rolled out, and reviews that have a plan."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.states import ReviewState
from tests.review_factory import Case
from tests.review_templates import begun, group, legal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]

NOON = datetime(2027, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "columns",
    [
        {"state": ReviewState.OPEN, "stage": 1, "closed_at": None},
        {"state": ReviewState.APPROVED, "stage": 0, "closed_at": NOON},
        {"state": ReviewState.REJECTED, "stage": 0, "closed_at": NOON},
    ],
)
def test_a_process_that_knows_nothing_of_plans_decides_no_review_that_has_one(
    columns: dict[str, Any],
) -> None:
    case = Case()
    legal(case, 2)
    review = begun(case, Planned("legal", needs=2), Planned("legal"))
    rows = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, stage=0)
    with pytest.raises(IntegrityError, match="has a plan"), transaction.atomic():
        rows.update(**columns)  # as the release before sends it
    plain = Case().submit()
    assert Review.objects.filter(pk=plain.pk, state=ReviewState.OPEN, stage=0).update(**columns)


def test_a_process_that_knows_nothing_of_plans_takes_a_review_back() -> None:
    case = Case()
    legal(case, 1)
    review = begun(case, Planned("legal", needs=2))
    rows = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, stage=0)
    assert rows.update(state=ReviewState.WITHDRAWN, closed_at=NOON)


def test_whom_a_process_of_the_release_before_deletes_is_named_no_more() -> None:
    case = Case()
    (first,) = legal(case, 1)
    made, deputies = group(case.brand, first), group(case.brand, first, name="Deputies")
    review = begun(case, Planned("legal", group=made.pk, days=2, deputy_group=deputies.pk))
    used = review.template_id
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dam_group_members WHERE group_id IN (%s, %s)", [made.pk, deputies.pk])
        cursor.execute("DELETE FROM dam_group WHERE id IN (%s, %s)", [made.pk, deputies.pk])
        cursor.execute("DELETE FROM provenance_reviewtemplate WHERE id = %s", [used])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    review.refresh_from_db()
    assert (review.named_group, review.deputy_group, review.template) == (None, None, None)
