"""The tabs of reviews that somebody sent, and of all that is late for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from provenance.review import assigning, comments, queue, reviews
from provenance.review.assigning import Assignment
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.web import review_lists
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case
from tests.review_sets import drafts, send
from tests.review_templates import begun, overdue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def shown(by: Member, show: str, **query: Any) -> Any:
    return signed_in(by).get(reverse("reviews", args=[by.brand.slug]), {"show": show, **query})


def figure(page: Any, show: str) -> Any:
    return next(count for name, _title, count in page.context["tabs"] if name == show)


def keys(page: Any) -> set[Any]:
    return {row["review"].pk for row in page.context["rows"]}


def words(page: Any) -> str:
    return " ".join(page.text.split())


def late(review: Review) -> Review:
    Review.objects.filter(pk=review.pk).update(due_at=timezone.now() - DAY)
    return review


def test_who_sent_a_clip_sees_whose_turn_it_is_until_it_is_decided() -> None:
    case = Case()
    other = Case(case.brand)
    other.submit()
    review = begun(case, Planned("legal", "Market FR", person=case.legal_reviewer.user.pk))
    page = shown(case.creator, "sent")
    assert (keys(page), figure(page, "sent")) == ({review.pk}, 1)
    assert f"Market FR · {case.legal_reviewer.user.name}" in words(page)
    assert not keys(shown(case.legal_reviewer, "sent"))
    reviews.withdraw(Review.objects.get(pk=review.pk), by=case.creator)
    page = shown(case.creator, "sent")
    assert "Nothing you sent is in review" in page.text


def test_who_sent_something_begins_there_when_nothing_waits_for_them() -> None:
    case = Case()
    case.submit()
    page = signed_in(case.creator).get(reverse("reviews", args=[case.brand.slug]))
    assert page.context["chosen"] == "sent"


def test_a_set_that_was_sent_is_one_entry_with_whose_turn_its_first_clip_is() -> None:
    case = Case()
    send(drafts(case, 3), by=case.creator, title="Spring")
    page = shown(case.creator, "sent")
    assert (len(page.context["rows"]), figure(page, "sent")) == (1, 3)
    assert "First: Brand review" in words(page)
    assert "0 of 3 decided" in words(page)


def test_what_is_late_is_there_for_who_decides_it_and_for_who_sent_it_alone() -> None:
    case = Case()
    review, other = late(case.submit()), Case(case.brand)
    other.submit()  # in time
    for person in (case.creator, case.brand_reviewer):
        page = shown(person, "overdue")
        assert (keys(page), figure(page, "overdue")) == ({review.pk}, 1)
    for person in (other.creator, case.legal_reviewer, member(case.brand, Role.ADMIN)):
        page = shown(person, "overdue")
        assert (keys(page), figure(page, "overdue")) == (set(), 0)
    assert "Nothing is overdue" in page.text


def test_a_stage_that_is_late_counts_and_so_does_its_deputy() -> None:
    brand = BrandFactory.create()
    (review,) = overdue(brand, 1)
    assert review.deputy_person is not None
    deputy = Member(review.deputy_person, brand, Role.LEGAL_REVIEWER)
    assert [each.pk for each in queue.overdue(deputy, at=timezone.now())] == [review.pk]
    before = review.submitted_at
    assert not queue.overdue(deputy, at=before).exists()


def test_late_comments_that_are_assigned_to_somebody_are_there_too() -> None:
    case = Case()
    made = {}
    for name, due_at in (("Late", -1), ("In time", 1)):
        made[name] = comments.add(case.version, by=case.brand_reviewer, body=name)
        assigning.assign(
            made[name],
            to=case.creator.user,
            due_at=timezone.now() + due_at * DAY,
            seen=Assignment(),
            by=case.brand_reviewer,
        )
    page = shown(case.creator, "overdue")
    assert [row.comment.body for row in page.context["comment_rows"]] == ["Late"]
    assert figure(page, "overdue") == 1


def test_a_set_with_late_clips_is_one_entry_that_leads_to_just_those() -> None:
    case = Case()
    sent = send(drafts(case, 3), by=case.creator, title="Spring")
    found = list(Review.objects.order_by("set_place"))
    for review in found[:2]:
        late(review)
    page = shown(case.brand_reviewer, "overdue")
    assert (len(page.context["rows"]), figure(page, "overdue")) == (1, 2)
    assert "2 of 3 clips overdue" in words(page)
    address = reverse("review-set", args=[case.brand.slug, sent.review_set.pk])
    assert f'href="{address}?show=overdue"' in page.text
    of_set = signed_in(case.brand_reviewer).get(address, {"show": "overdue"})
    assert keys(of_set) == {review.pk for review in found[:2]}


def test_nothing_of_another_brand_is_there() -> None:
    case, elsewhere = Case(), Case()
    late(elsewhere.submit())
    for show in ("sent", "overdue"):
        assert not keys(shown(case.creator, show))


@pytest.mark.parametrize("show", ["sent", "overdue"])
def test_a_long_list_costs_no_more_queries_than_a_short_one(
    show: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_lists, "RECENT", 3)
    case = Case()

    def more(count: int) -> None:
        for version in drafts(case, count):
            late(reviews.submit(version, by=case.creator))

    more(1)
    shown(case.creator, show)
    with CaptureQueriesContext(connection) as few:
        shown(case.creator, show)
    more(4)
    with CaptureQueriesContext(connection) as many:
        page = shown(case.creator, show)
    assert len(page.context["rows"]) == 3
    assert len(many) <= len(few) + 1
    behind = QueryDict(page.context["page"].next[1:])["behind"]
    assert len(keys(shown(case.creator, show, behind=behind))) == 2
