"""What guests say and recommend, who reads it, and that it decides nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog.models import Version
from provenance.guests import remarks
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestAdvice, GuestRemark
from provenance.guests.rules import Advice, May
from provenance.review import comments, corrections
from provenance.review.models import Decision, LedgerEntry, Review
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db


def state_of(review: Review) -> list[Any]:
    version = Version.objects.values().get(pk=review.version_id)
    return [
        Review.objects.values().get(pk=review.pk),
        version,
        Decision.objects.count(),
        LedgerEntry.objects.count(),
    ]


@pytest.mark.parametrize("kind", list(Advice))
def test_no_recommendation_changes_a_review(outside: Outside, kind: Advice) -> None:
    before = state_of(outside.review)
    client = inside(outside.link)
    sent = {"advice": kind.value, "words": "Because"}
    answer = client.post(reverse("guest-recommend", args=[outside.link.key]), sent)
    assert answer.status_code == 302
    assert GuestAdvice.objects.get().kind == kind
    assert state_of(outside.review) == before
    outside.case.approve(outside.review, by=outside.case.brand_reviewer)
    outside.case.approve(outside.review, by=outside.case.legal_reviewer)
    outside.review.refresh_from_db()
    assert outside.review.state == "approved"


def test_a_recommendation_is_bound_to_what_was_seen_and_told_as_one(outside: Outside) -> None:
    remarks.recommend(outside.link, kind=Advice.REJECT, words="The logo is wrong")
    remarks.recommend(outside.link, kind=Advice.APPROVE)
    assert GuestAdvice.objects.count() == 2
    standing = remarks.standing_advice(outside.review)
    assert [(each.kind, each.content_sha256) for each in standing] == [
        ("approve", outside.case.version.sha256)
    ]
    page = signed_in(outside.case.creator).get(
        reverse("review-guests-said", args=[outside.case.brand.slug, outside.review.pk])
    )
    text = " ".join(page.content.decode().split())
    assert "recommends: Approve" in text
    assert "A recommendation is no decision" in text
    event = Event.objects.filter(verb="guest.recommended").latest("sequence")
    assert event.data["recommends"] == "approve"
    assert event.actor is None


def test_the_same_again_is_kept_once(outside: Outside) -> None:
    for _ in range(2):
        remarks.recommend(outside.link, kind=Advice.APPROVE)
        remarks.say(outside.link, body="Lovely", frame=3)
    assert (GuestAdvice.objects.count(), GuestRemark.objects.count()) == (1, 1)
    remarks.say(outside.link, body="Lovely", frame=3, at=timezone.now() + timedelta(minutes=1))
    assert GuestRemark.objects.count() == 2


def test_who_would_not_approve_says_why(outside: Outside) -> None:
    with pytest.raises(GuestRefused):
        remarks.recommend(outside.link, kind=Advice.CHANGES, words="  ")


@pytest.mark.parametrize(("may", "comments_", "recommends"), [(May.VIEW, 422, 422), (May.COMMENT, 302, 422)])
def test_a_link_gives_no_more_than_it_says(
    outside: Outside, may: May, comments_: int, recommends: int
) -> None:
    link = outside.another(may=may)
    client = inside(link)
    said = client.post(reverse("guest-comment", args=[link.key]), {"body": "Hello"})
    advised = client.post(reverse("guest-recommend", args=[link.key]), {"advice": "approve"})
    assert (said.status_code, advised.status_code) == (comments_, recommends)
    assert not link.advice.exists()


def test_after_a_newer_version_and_after_the_review_nothing_more_is_said(outside: Outside) -> None:
    client = inside(outside.link)
    outside.case.add_version()
    page = client.get(reverse("guest-room", args=[outside.link.key])).content.decode()
    assert "A newer version was sent" in page
    said = client.post(reverse("guest-comment", args=[outside.link.key]), {"body": "Too late"})
    assert said.status_code == 422
    assert not outside.link.remarks.exists()


def test_what_was_typed_comes_back_with_a_refusal(outside: Outside) -> None:
    client = inside(outside.link)
    sent = {"body": "My words", "frame": "99999999", "at_frame": "on"}
    answer = client.post(reverse("guest-comment", args=[outside.link.key]), sent)
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    assert "doesn’t have that frame" in answer.content.decode().replace("&#x27;", "’")


def test_guests_read_each_other_and_of_the_brand_what_is_shown_to_them(outside: Outside) -> None:
    case = outside.case
    private = comments.add(case.version, by=case.creator, body="Budget is gone")
    shown = comments.add(case.version, by=case.creator, body="Mind the logo")
    comments.add(case.version, by=case.creator, body="Only for us", answers=shown)
    remarks.show(shown, by=case.creator, shown=True)
    ben = outside.another()
    remark = remarks.say(ben, body="From <b>Ben</b>")
    remarks.answer(remark, by=case.creator, body="Thanks, Ben")
    page = inside(outside.link).get(reverse("guest-room", args=[outside.link.key])).content.decode()
    for words in ("Mind the logo", "From &lt;b&gt;Ben&lt;/b&gt;", "Thanks, Ben"):
        assert words in page
    for words in (private.body, "Only for us", "ben@agency.example"):
        assert words not in page
    remarks.show(shown, by=case.creator, shown=False)
    again = inside_again(outside)
    assert "Mind the logo" not in again
    verbs = Event.objects.filter(verb__startswith="guest.comment_").values_list("verb", flat=True)
    assert sorted(verbs) == ["guest.comment_hidden", "guest.comment_shown"]


def inside_again(outside: Outside) -> str:
    return "".join(each.body for each in remarks.read_by_guests(outside.review))


def test_guests_of_another_review_read_none_of_it(outside: Outside) -> None:
    remarks.say(outside.link, body="Ours alone")
    other = outside.case.__class__(brand=outside.case.brand)
    review = other.submit()
    assert remarks.read_by_guests(review) == []


def test_a_viewer_and_a_librarian_of_another_brand_answer_nobody(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Hello")
    stranger = member(outside.case.__class__().brand, Role.ADMIN)
    for by in (member(outside.case.brand, Role.VIEWER), stranger):
        with pytest.raises(PermissionDenied):
            remarks.answer(remark, by=by, body="Hi")


def test_a_remark_of_another_review_is_answered_in_none(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Hello")
    other = outside.case.__class__(brand=outside.case.brand).submit()
    address = reverse("guest-remark-answer", args=[outside.case.brand.slug, other.pk, remark.pk])
    assert signed_in(outside.case.creator).post(address, {"body": "Hi"}).status_code == 404


def test_an_answer_that_is_empty_comes_back(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Hello")
    address = reverse("guest-remark-answer", args=[outside.case.brand.slug, outside.review.pk, remark.pk])
    client: Client = signed_in(outside.case.creator)
    answer = client.post(address, {"body": " "}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "Write an answer first." in answer.content.decode()


def test_other_words_in_a_comment_that_was_shown_are_private_until_they_are_shown(outside: Outside) -> None:
    case = outside.case
    shown = comments.add(case.version, by=case.creator, body="Mind the logo")
    remarks.show(shown, by=case.creator, shown=True)
    corrections.edit(shown, by=case.creator, body="Mind the logo")
    assert "Mind the logo" in inside_again(outside)
    corrections.edit(shown, by=case.creator, body="The client never paid")
    assert inside_again(outside) == ""
    hidden = Event.objects.get(verb="guest.comment_hidden")
    assert hidden.data["comment"] == shown.pk
    remarks.show(shown, by=case.creator, shown=True)
    assert "The client never paid" in inside_again(outside)


def test_a_guest_says_so_much_in_a_short_time_and_no_more(outside: Outside) -> None:
    client = inside(outside.link)
    address = reverse("guest-comment", args=[outside.link.key])
    statuses = [client.post(address, {"body": f"Remark {number}"}).status_code for number in range(21)]
    assert statuses == [302] * 20 + [422]
    advice = {"advice": "approve", "words": "My words"}
    answer = client.post(reverse("guest-recommend", args=[outside.link.key]), advice)
    assert answer.status_code == 422
    assert "My words" in answer.content.decode()
    assert GuestRemark.objects.count() == 20


def test_guests_answer_in_the_thread_and_all_read_it(outside: Outside) -> None:
    first = remarks.say(outside.link, body="Is the logo final?")
    remarks.answer(first, by=outside.case.creator, body="Nearly. Which one do you mean?")
    ben = outside.another()
    client = inside(ben)
    for _ in range(2):  # sent twice it is kept once
        sent = client.post(
            reverse("guest-remark-reply", args=[ben.key, first.pk]), {"body": "The one at the end"}
        )
        assert sent.status_code == 302
    [said] = remarks.of_guests(outside.review)
    assert [(each.body, each.outside) for each in said.answers] == [
        ("Nearly. Which one do you mean?", False),
        ("The one at the end", True),
    ]
    room = signed_in(outside.case.creator).get(
        reverse("review-guests-said", args=[outside.case.brand.slug, outside.review.pk])
    )
    assert "The one at the end" in room.content.decode()
    event = Event.objects.filter(verb="guest.commented").latest("sequence")
    assert event.data["answers"] == first.pk


def test_an_answer_that_is_refused_comes_back_and_none_is_to_what_is_not_there(outside: Outside) -> None:
    first = remarks.say(outside.link, body="Is the logo final?")
    client = inside(outside.link)
    address = reverse("guest-remark-reply", args=[outside.link.key, first.pk])
    refused = client.post(address, {"body": "x" * 4001})
    assert refused.status_code == 422
    assert "x" * 4001 in refused.content.decode()
    answer = remarks.reply(outside.link, first.pk, body="The one at the end")
    for key in (answer.pk, 0):  # an answer has none of its own
        with pytest.raises(GuestRefused):
            remarks.reply(outside.link, key, body="Hello?")
    silent = outside.another(email="c@agency.example", may=May.VIEW)
    with pytest.raises(GuestRefused):
        remarks.reply(silent, first.pk, body="Me too")
