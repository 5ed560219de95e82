"""The calendar of what is due: reviews, and comments that are assigned to whoever looks."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.catalog import assets
from dam.core import months
from provenance.review import assigning, comments, due
from provenance.review.assigning import Assignment
from provenance.review.due import Whose
from provenance.review.models import Comment, Review
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
DECEMBER = date(2031, 12, 1)


def at(day: int, hour: int = 12, zone: str = "UTC") -> datetime:
    return datetime(2031, 12, day, hour, tzinfo=ZoneInfo(zone))


def due_on(case: Case, moment: datetime | None, *, stage: datetime | None = None) -> Review:
    review = case.submit()
    Review.objects.filter(pk=review.pk).update(due_at=moment, stage_due_at=stage)
    return review


def remark(case: Case, words: str, moment: datetime) -> None:
    """Assigned to the brand's reviewer, for whom the review waits, too."""
    made = comments.add(case.version, by=case.creator, body=words)
    assigning.assign(made, to=case.brand_reviewer.user, due_at=moment, seen=Assignment(), by=case.creator)


def counted(principal: Any, whose: Whose = Whose.MINE, first: date = DECEMBER) -> dict[int, int]:
    found = due.month(principal, whose, first, at=times.here(principal.brand))
    return {each.day.day: each.count for each in found}


def text(client: Client, case: Case, **query: str) -> str:
    page = client.get(reverse("reviews-calendar", args=[case.brand.slug]), query)
    return " ".join(page.content.decode().split())


def test_a_review_is_due_on_the_first_of_its_two_days() -> None:
    case = Case()
    due_on(case, at(9), stage=at(7))
    assert counted(case.brand_reviewer) == {7: 1}
    Review.objects.update(stage_due_at=None)
    assert counted(case.brand_reviewer) == {9: 1}
    Review.objects.update(due_at=None)
    assert counted(case.brand_reviewer) == {}


def test_each_sees_what_is_theirs() -> None:
    case = Case()
    due_on(case, at(9))
    assert counted(case.brand_reviewer) == {9: 1}
    assert counted(case.creator) == {}
    assert counted(case.creator, Whose.SENT) == {9: 1}
    assert counted(case.brand_reviewer, Whose.SENT) == {}
    assert counted(case.legal_reviewer) == {}
    assert counted(case.legal_reviewer, Whose.ALL) == {9: 1}


def test_comments_are_the_calendar_of_whoever_they_are_assigned_to() -> None:
    case = Case()
    due_on(case, at(9))
    remark(case, "Too dark", at(9, 10))
    remark(case, "Too loud", at(10))
    assert counted(case.brand_reviewer) == {9: 2, 10: 1}
    assert counted(case.brand_reviewer, Whose.ALL) == {9: 1}
    first = due.month(case.brand_reviewer, Whose.MINE, DECEMBER, at=times.here(case.brand))[0].first
    assert [item.title for item in first] == ["Too dark", case.version.asset.title]


def test_a_day_is_the_brands() -> None:
    case = Case()
    case.brand.time_zone = "Pacific/Auckland"
    case.brand.save()
    due_on(case, at(9, 23, "UTC"))  # the 10th, noon
    principal = member(case.brand, Role.BRAND_REVIEWER)
    assert counted(principal, Whose.ALL) == {10: 1}
    Review.objects.update(due_at=datetime(2031, 11, 30, 11, 30, tzinfo=ZoneInfo("UTC")))  # 1 December, 0:30
    assert counted(principal, Whose.ALL) == {1: 1}


def test_a_day_names_three_and_counts_all_in_as_many_queries() -> None:
    case = Case()
    due_on(case, at(9))

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            due.month(case.brand_reviewer, Whose.MINE, DECEMBER, at=times.here(case.brand))
        return len(asked)

    few = queries()
    for number in range(5):
        remark(case, f"Number {number}", at(9, 13 + number))
    day = due.month(case.brand_reviewer, Whose.MINE, DECEMBER, at=times.here(case.brand))[0]
    assert (day.count, len(day.first)) == (6, due.NAMED_OF_DAY)
    assert queries() == few


def test_the_month_leads_to_the_review_and_to_the_list_of_the_day() -> None:
    case = Case()
    review = due_on(case, at(9))
    remark(case, "Too dark", at(9))
    client = signed_in(case.brand_reviewer)
    month = text(client, case, month="2031-12")
    assert "December 2031" in month
    assert reverse("review", args=[case.brand.slug, review.pk]) in month
    assert "2 due" in month
    assert "?day=2031-12-09&amp;whose=mine" in month
    day = text(client, case, day="2031-12-09")
    assert "Due on 9 December 2031" in day
    assert "Too dark" in day
    assert reverse("review", args=[case.brand.slug, review.pk]) in day
    assert "Nothing is due on this day" in text(client, case, day="2031-12-10")
    assert "Nothing is due in this month." in text(client, case, month="2032-01")


def test_what_is_late_says_so() -> None:
    case = Case()
    late = times.here(case.brand) - timedelta(days=1)
    due_on(case, late)
    shown = text(signed_in(case.brand_reviewer), case, month=f"{late:%Y-%m}")
    assert "Overdue" in shown


@pytest.mark.parametrize("asked", ["2031-13", "", "x", "0000-01"])
def test_a_month_that_is_none_is_told(asked: str) -> None:
    case = Case()
    page = signed_in(case.creator).get(reverse("reviews-calendar", args=[case.brand.slug]), {"month": asked})
    assert page.status_code == 422
    assert "a month. Use one such as 2026-12." in page.content.decode()


@pytest.mark.parametrize("asked", ["1900-01", "2999-12", "2028-02"])
def test_any_month_is_shown(asked: str) -> None:
    assert months.read(asked)
    case = Case()
    page = signed_in(case.creator).get(reverse("reviews-calendar", args=[case.brand.slug]), {"month": asked})
    assert page.status_code == 200


def test_what_is_over_is_not_due() -> None:
    case = Case()
    review = due_on(case, at(9))
    remark(case, "Too dark", at(9))
    case.approve(review, by=case.brand_reviewer)
    assert counted(case.brand_reviewer) == {9: 1}  # the comment alone
    assert counted(case.legal_reviewer, Whose.ALL) == {9: 1}  # the review waits for the next stage
    case.approve(review, by=case.legal_reviewer)
    comments.resolve(Comment.objects.get(body="Too dark"), by=case.creator)
    assert counted(case.brand_reviewer) == counted(case.creator, Whose.ALL) == {}


def test_nothing_of_the_trash_or_of_another_brand_is_there() -> None:
    case = Case()
    due_on(case, at(9))
    stranger = member(BrandFactory.create(), Role.BRAND_REVIEWER)
    assert counted(stranger, Whose.ALL) == {}
    assets.trash(case.version.asset, by=member(case.brand, Role.ADMIN))
    assert counted(case.legal_reviewer, Whose.ALL) == {}
