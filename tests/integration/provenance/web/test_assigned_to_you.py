"""The comments that are assigned to whoever looks, across clips."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog import assets
from provenance.review import absences, assigning, comments
from provenance.review.assigning import Assignment
from provenance.review.models import Comment
from provenance.web import assigned_comments
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Asked(Case):
    def ask(self, words: str, due_at: datetime | None = None) -> Comment:
        """A comment that the creator of the first case is to see to."""
        made = comments.add(self.version, by=self.brand_reviewer, body=words)
        assigning.assign(made, to=self.creator.user, due_at=due_at, seen=Assignment(), by=self.brand_reviewer)
        return made

    def open(self, client: Client | None = None, **query: Any) -> Any:
        address = reverse("reviews", args=[self.brand.slug])
        return (client or signed_in(self.creator)).get(address, {"show": "assigned", **query})


def said(page: Any) -> list[str]:
    return [row.comment.body for row in page.context["comment_rows"]]


def test_what_is_overdue_comes_first_and_what_has_no_day_last() -> None:
    case, now = Asked(), timezone.now()
    case.ask("Whenever")
    case.ask("Later", now + 3 * DAY)
    case.ask("Late", now - 2 * DAY)
    page = case.open()
    assert said(page) == ["Late", "Later", "Whenever"]
    text = " ".join(page.text.split())
    assert text.count("Was due") == 1
    assert "No due date" in text
    address = reverse("asset", args=[case.brand.slug, case.version.asset_id])
    assert f"{address}?tab=review&amp;version=1&amp;for={case.creator.user.pk}" in text


def test_what_is_resolved_anothers_or_in_the_trash_is_not_listed() -> None:
    case = Asked()
    comments.resolve(case.ask("Resolved"), by=case.creator)
    case.ask("Mine")
    page = case.open(signed_in(case.legal_reviewer))
    assert said(page) == []
    assert "No comments assigned to you" in page.text
    assert said(case.open()) == ["Mine"]
    assets.trash(case.version.asset, by=member(case.brand, Role.ADMIN))
    assert said(case.open()) == []


def test_another_brands_comments_are_not_listed() -> None:
    """The same person works in both."""
    case, other = Asked(), Asked(BrandFactory.create())
    elsewhere = other.ask("Elsewhere")
    Comment.objects.filter(pk=elsewhere.pk).update(assigned_to=case.creator.user)
    assert said(case.open()) == []


def test_the_list_goes_on_where_it_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigned_comments, "PAGE", 1)
    case, due = Asked(), timezone.now() + DAY
    wanted = [case.ask("First", due), case.ask("Second", due), case.ask("Third"), case.ask("Fourth")]
    found, after = [], "nonsense"
    while after:
        page = case.open(after=after)
        found += said(page)
        after = page.context["after"]
        assert bool(re.search(r'rel="next"[^>]*>Next<', page.text)) is bool(after)
    assert found == [each.body for each in wanted]


def test_its_queries_do_not_grow_with_it() -> None:
    case = Asked()
    client = signed_in(case.creator)
    case.ask("One")
    case.open(client)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert case.open(client).status_code == 200
        return len(queries)

    few = asked()
    for number in range(4):
        case.ask(f"Note {number}", timezone.now() + number * DAY)
    assert asked() == few


def test_whoever_opens_the_page_begins_there_when_nothing_waits_for_a_decision() -> None:
    case = Asked()
    case.ask("Mine")
    address = reverse("reviews", args=[case.brand.slug])
    assert signed_in(case.creator).get(address).context["chosen"] == "assigned"


def test_a_deputys_list_of_what_comes_to_others_goes_on_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigned_comments, "PAGE", 1)
    case = Asked()
    wanted = [case.ask("First", timezone.now() + DAY), case.ask("Second")]
    now = timezone.now()
    absences.plan(
        by=case.creator, deputy=case.legal_reviewer.user, from_at=now, until_at=now + 2 * DAY, at=now
    )
    found, after, client = [], "nonsense", signed_in(case.legal_reviewer)
    while after:
        page = client.get(reverse("reviews", args=[case.brand.slug]), {"show": "standing", "after": after})
        found += said(page)
        after = page.context["after"]
    assert found == [each.body for each in wanted]
