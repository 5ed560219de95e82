"""Assigning comments, as a browser does it, and finding them by whom they are assigned to."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from provenance.review import assigning, comments
from provenance.review.assigning import Assignment
from provenance.review.models import Comment
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Asked(Case):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.brand.time_zone = "Asia/Tokyo"
        self.brand.save()
        self.remark = comments.add(self.version, by=self.brand_reviewer, body="The logo flickers", frame=3)
        self.other = comments.add(self.version, by=self.brand_reviewer, body="Too dark", frame=4)
        self.address = reverse("comment-assign", args=[self.brand.slug, self.remark.pk])

    def post(self, *, person: Member | None = None, script: bool = True, **data: Any) -> Any:
        headers = HTMX if script else {}
        return signed_in(person or self.brand_reviewer).post(self.address, data, headers=headers)

    def list(self, person: Member | None = None, *, assigned: str = "") -> str:
        address = reverse("comments", args=[self.brand.slug, self.version.pk])
        response = signed_in(person or self.creator).get(address, {"for": assigned})
        return " ".join(response.text.split())


def test_the_form_offers_those_who_can_see_the_comment() -> None:
    case = Asked()
    viewer = member(case.brand, Role.VIEWER, name="Vera Viewer")
    page = signed_in(case.brand_reviewer).get(case.address, headers=HTMX).text
    assert str(case.creator.user) in page
    assert viewer.user.name not in page


def test_a_comment_is_assigned_until_the_end_of_a_day_where_the_brand_is() -> None:
    case = Asked()
    day = (timezone.now() + timedelta(days=3)).date()
    answer = case.post(to=case.creator.user.pk, due_on=day.isoformat(), seen=" ")
    assert answer.status_code == 200
    assert f"Assigned to {case.creator.user}" in " ".join(answer.text.split())
    case.remark.refresh_from_db()
    assert case.remark.due_at is not None
    assert case.remark.due_at.isoformat()[:16] == f"{day}T14:59"  # in UTC
    assert "due <time" in case.list()


def test_a_date_that_has_passed_is_refused() -> None:
    case = Asked()
    day = (timezone.now() - timedelta(days=3)).date()
    answer = case.post(to=case.creator.user.pk, due_on=day.isoformat(), seen=" ")
    assert answer.status_code == 422
    assert "This date has passed." in answer.text


def test_an_overdue_comment_is_marked_until_it_is_resolved() -> None:
    case = Asked()
    Comment.objects.filter(pk=case.remark.pk).update(
        assigned_to=case.creator.user, due_at=timezone.now() - timedelta(days=3)
    )
    assert "Was due" in case.list()
    comments.resolve(case.remark, by=case.creator)
    assert "Was due" not in case.list()


def test_comments_are_filtered_by_whom_they_are_assigned_to() -> None:
    case = Asked()
    case.post(to=case.creator.user.pk, seen=" ")
    mine = case.list(assigned=str(case.creator.user.pk))
    assert "The logo flickers" in mine
    assert "Too dark" not in mine
    nobodys = case.list(assigned="0")
    assert "Too dark" in nobodys
    assert "The logo flickers" not in nobodys


def test_another_assignment_since_the_page_was_shown_is_said_in_the_form() -> None:
    case = Asked()
    case.post(to=case.creator.user.pk, seen=" ")
    late = case.post(to=case.legal_reviewer.user.pk, seen=" ")
    assert late.status_code == 422
    assert late["HX-Retarget"] == f"#assign-{case.remark.pk}"
    assert "just assigned" in late.text
    assert case.post(to=case.legal_reviewer.user.pk, seen=f"{case.creator.user.pk} ").status_code == 200


def test_reassigned_with_the_same_day_the_comment_keeps_its_moment() -> None:
    case = Asked()
    due = timezone.now() + timedelta(days=1)
    who = case.creator.user
    assigning.assign(case.remark, to=who, due_at=due, seen=Assignment(), by=case.creator)
    page = signed_in(case.creator).get(case.address, headers=HTMX).text
    day = page.split('type="date"')[1].split('value="')[1][:10]
    seen = f"{who.pk} {due.isoformat()}"
    assert case.post(to=case.legal_reviewer.user.pk, due_on=day, seen=seen).status_code == 200
    case.remark.refresh_from_db()
    assert case.remark.due_at == due


def test_somebody_who_no_longer_sees_the_clip_is_marked() -> None:
    case = Asked()
    case.post(to=case.creator.user.pk, seen=" ")
    Membership.objects.filter(user=case.creator.user).update(role=Role.VIEWER)
    assert "No longer sees this clip" in case.list(case.brand_reviewer)


@pytest.mark.parametrize("seen", ["", "x y", "1 2026-13-45T00:00:00", "\x00"])
def test_nonsense_is_refused_or_ignored_and_never_fails(seen: str) -> None:
    case = Asked()
    assert case.post(to="999999999", due_on="soon", seen=seen).status_code == 422
    assert case.post(to="", seen=seen).status_code in (200, 422)


def test_without_script_the_form_is_a_page_of_its_own() -> None:
    case = Asked()
    assert "</html>" in signed_in(case.creator).get(case.address).text
    assert case.post(to=case.creator.user.pk, seen=" ", script=False).status_code == 302


def test_strangers_and_viewers_assign_nothing() -> None:
    case = Asked()
    assert case.post(person=member(case.brand, Role.VIEWER), to=case.creator.user.pk).status_code == 403
    stranger = member(BrandFactory.create(), Role.ADMIN)
    address = reverse("comment-assign", args=[stranger.brand.slug, case.remark.pk])
    assert signed_in(stranger).post(address, {"to": stranger.user.pk}).status_code == 404


def test_the_keyboard_goes_on_in_the_form_and_then_where_it_was_opened() -> None:
    case = Asked()
    opened = signed_in(case.creator).get(case.address, headers=HTMX).text
    assert re.search(r'<select name="to"[^>]* autofocus', opened)
    refused = case.post(to=case.creator.user.pk, due_on="soon", seen=" ").text
    assert "autofocus" not in refused  # focus.js leads to what is wrong
    sent = case.post(to=case.creator.user.pk, seen=" ").text
    before, _after = sent.split("<summary autofocus>")
    assert before.rpartition('id="assigning-')[2].startswith(f"{case.remark.pk}-")
    assert "autofocus" not in case.list()
