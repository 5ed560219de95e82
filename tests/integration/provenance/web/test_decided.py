"""The tab of reviews that are over: by place, however many they are."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.principals import Member
from provenance.review import decided, queue, sets
from provenance.review.models import Review
from provenance.review.states import ReviewState
from provenance.web import review_lists
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case
from tests.review_sets import drafts, send

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def case(monkeypatch: pytest.MonkeyPatch) -> Case:
    """A set of three and two by themselves, all over; of two the same moment."""
    case = Case()
    sent = send(drafts(case, 3), by=case.creator).reviews
    alone = [Case(case.brand).submit() for _ in range(2)]
    for days, review in ((1, sent[0]), (4, sent[1]), (2, sent[2]), (2, alone[0]), (3, alone[1])):
        over = {"state": ReviewState.WITHDRAWN, "closed_at": NOW - timedelta(days=days)}
        Review.objects.filter(pk=review.pk).update(**over)
    monkeypatch.setattr(review_lists, "RECENT", 2)
    return case


def shown(by: Member, **query: str) -> Any:
    return signed_in(by).get(reverse("reviews", args=[by.brand.slug]), {"show": "closed", **query})


def walked(by: Member) -> list[Any]:
    keys, after = [], ""
    while True:
        page = shown(by, after=after)
        keys += [row["review"].pk for row in page.context["rows"]]
        after = page.context["goes_on"]
        if not after:
            return keys
        assert f"?show=closed&amp;after={after[:10]}" in page.text
        assert re.search(r'rel="next"[^>]*>Next<', page.text)  # it leads to another page: none is added below


def test_each_is_shown_once_and_of_a_set_the_last(case: Case) -> None:
    in_order = sets.one_of_each(queue.closed_reviews(case.brand_reviewer)).values_list("pk", flat=True)
    assert walked(case.brand_reviewer) == list(in_order)
    assert len(in_order) == 3


def test_an_open_review_and_one_of_a_clip_that_is_not_seen_are_not_there(case: Case) -> None:
    case.submit()
    gone = Review.objects.filter(review_set=None, state=ReviewState.WITHDRAWN).latest("closed_at")
    gone.version.asset.trashed_at = NOW
    gone.version.asset.save()
    assert len(walked(case.brand_reviewer)) == 2


@pytest.mark.parametrize("after", ["nonsense", "2026-01-01T00:00:00+00:00~7", "~", "2026-01-01~"])
def test_a_place_that_nobody_named_is_the_beginning(case: Case, after: str) -> None:
    assert shown(case.brand_reviewer, after=after).context["begins_later"] is False


def test_a_later_page_leads_back_to_the_start(case: Case) -> None:
    after = shown(case.brand_reviewer).context["goes_on"]
    assert 'href="?show=closed"' in shown(case.brand_reviewer, after=after).text


def test_a_page_is_read_from_its_index(case: Case) -> None:
    """Without sorting, and of sets alone is it asked whether another was over later."""
    place = (NOW - timedelta(days=2), Review.objects.earliest("pk").pk)
    with CaptureQueriesContext(connection) as queries:
        decided.page(case.brand_reviewer, after=place, size=1)
    with connection.cursor() as cursor:
        for setting in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{setting} = off")
        cursor.execute("EXPLAIN " + queries[0]["sql"])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "review_closed" in plan, plan
    assert "Sort Key" not in plan, plan
    assert "WindowAgg" not in plan, plan


def test_a_tab_says_when_there_are_more_than_are_counted(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        Case(case.brand).submit()
    monkeypatch.setattr(review_lists, "MOST_COUNTED", 1)
    page = shown(case.brand_reviewer)
    assert next(count for name, _title, count in page.context["tabs"] if name == "open") == "1+"
