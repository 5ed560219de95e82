"""The room and the queue of reviews by a template: whom they name, and decisions that come too late."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.access import people
from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from provenance.review.models import Decision
from provenance.review.plans import Planned
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import decide, page, signed_in
from tests.review_factory import Case
from tests.review_templates import begun, group, legal, overdue

pytestmark = pytest.mark.django_db

PLAIN = {"Accept": "text/html"}


def leave(person: Member, *, heir: Member | None = None) -> None:
    admin = member(person.brand, Role.ADMIN)
    row = Membership.objects.get(user=person.user)
    people.deactivate(row, by=admin, heir=heir.user if heir else None)


def test_who_saw_an_earlier_stage_is_told_and_what_they_entered_stays() -> None:
    case = Case()
    first, second = legal(case, 2)
    review = begun(case, Planned("legal", "Market"), Planned("legal", "Global"))
    opened: dict[str, Any] = {"stage": "0", "approvals": "0"}
    assert decide(review, by=first, **opened).status_code == 200
    for seen in (opened, {"stage": None, "approvals": None}):
        answer = decide(review, by=second, comment="All music is cleared.", **seen)
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert "moved on while you had it open" in shown
        assert "All music is cleared." in shown
        assert "Global" in shown
        assert re.search(r'name="stage" value="1"', shown)
    assert Decision.objects.count() == 1
    assert decide(review, by=second, stage="1", approvals="0").status_code == 200


@pytest.mark.parametrize("headers", [None, PLAIN])
@pytest.mark.parametrize("kind", ["approve", "reject"])
def test_who_is_no_longer_asked_is_told_and_what_they_entered_stays(
    kind: str, headers: dict[str, str] | None
) -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(case, Planned("legal", "Market"), Planned("legal", "Global", person=third.user.pk))
    opened: dict[str, Any] = {"stage": "0", "approvals": "0"}
    assert decide(review, by=first, **opened).status_code == 200
    answer = decide(review, by=second, kind=kind, comment="The logo is old.", headers=headers, **opened)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert f"{third.user} must decide this stage." in shown
    assert "The logo is old." in shown
    assert Decision.objects.count() == 1


def test_whoever_it_was_handed_over_to_is_named_and_not_who_left() -> None:
    case = Case()
    leaver, heir, other = legal(case, 3)
    review = begun(case, Planned("legal", person=leaver.user.pk))
    leave(leaver, heir=heir)
    shown = page(other, "review", review.pk)
    assert f"Decided by {heir.user}" in shown
    assert f"{heir.user} must decide this stage." in shown
    assert f"Decided by {leaver.user}" not in shown
    address = reverse("reviews", args=[case.brand.slug])
    (row,) = signed_in(other).get(address, {"show": "open"}).context["rows"]
    assert row["who"] == str(heir.user)


def test_the_group_and_whoever_it_was_handed_over_to_are_named_together() -> None:
    case = Case()
    leaver, heir, colleague, other = legal(case, 4)
    review = begun(case, Planned("legal", group=group(case.brand, leaver, colleague).pk))
    leave(leaver, heir=heir)
    shown = page(other, "review", review.pk)
    assert f"Decided by Legal FR and {heir.user}" in shown
    assert f"Legal FR or {heir.user} must decide this stage." in shown


def test_a_deputy_is_named_beside_them_once_the_stage_is_overdue() -> None:
    case = Case()
    named, deputy, other = legal(case, 3)
    stage = Planned("legal", person=named.user.pk, days=1, deputy_person=deputy.user.pk)
    review = begun(case, stage, at=timezone.now() - timedelta(days=5))
    shown = page(other, "review", review.pk)
    assert f"Overdue, so {deputy.user} can decide too" in shown
    assert f"Decided by {named.user} " in shown
    assert f"{named.user} or {deputy.user} must decide this stage." in shown


def test_where_nobody_named_is_left_the_page_says_that_the_role_is_asked() -> None:
    case = Case()
    leaver, other = legal(case, 2)
    review = begun(case, Planned("legal", person=leaver.user.pk))
    leave(leaver)
    shown = page(other, "review", review.pk)
    assert f"{leaver.user}: no one left can decide this stage, so anyone with its role can." in shown
    assert "The legal review is waiting for your decision." in shown
    address = reverse("reviews", args=[case.brand.slug])
    (row,) = signed_in(other).get(address, {"show": "open"}).context["rows"]
    assert row["who"] == ""


def test_decisions_are_read_a_few_times_for_the_room() -> None:
    case = Case()
    first, second, third = legal(case, 3)
    review = begun(case, Planned("legal", group=group(case.brand, first, second, third).pk, needs=2))
    case.approve(review, by=first)
    browser, address = signed_in(second), reverse("review", args=[case.brand.slug, review.pk])
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    read = [each["sql"] for each in queries if each["sql"].startswith('SELECT "provenance_decision"')]
    assert len(read) == 2  # of the review, and of the queue beside it


def test_the_list_takes_as_many_queries_however_many_reviews_name_people() -> None:
    brand = BrandFactory.create()
    reader, counted = member(brand, Role.LEGAL_REVIEWER), []
    browser, address = signed_in(reader), reverse("reviews", args=[brand.slug])
    for more in (2, 18):
        overdue(brand, more)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address, {"show": "open"}).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
