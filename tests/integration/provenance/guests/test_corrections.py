"""What guests do with what they said: edit it, delete it, bring it back; and when it has to stay."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog import holds
from provenance.attachments import files
from provenance.attachments.files import Sender
from provenance.attachments.models import Attachment
from provenance.guests import corrections, reacting, remarks, tending
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestRemark
from provenance.review.reactions import ReactionRefused
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import page, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def remark(outside: Outside) -> GuestRemark:
    return remarks.say(outside.link, body="The logo is too small", frame=3)


def send(client: Client, outside: Outside, what: str, remark: GuestRemark, **sent: Any) -> Any:
    return client.post(reverse(f"guest-remark-{what}", args=[outside.link.key, remark.pk]), sent)


def seen(outside: Outside, client: Client) -> tuple[str, str]:
    """What the guest reads on their page, and the brand in its room."""
    theirs = client.get(reverse("guest-room", args=[outside.link.key])).content.decode()
    return theirs, page(outside.case.creator, "review-guests-said", outside.review.pk)


def test_their_own_words_are_edited_and_both_sides_read_that_they_were(
    outside: Outside, remark: GuestRemark
) -> None:
    client = inside(outside.link)
    assert send(client, outside, "edit", remark, body="The logo is fine now").status_code == 302
    for text in seen(outside, client):
        assert "The logo is fine now" in text
        assert "too small" not in text
        assert "Edited" in text
    event = Event.objects.get(verb="guest.edited")
    assert (event.data["remark"], "fine" in str(event.data)) == (remark.pk, False)


def test_words_that_are_refused_come_back(outside: Outside, remark: GuestRemark) -> None:
    answer = send(inside(outside.link), outside, "edit", remark, body="x" * 4001)
    assert answer.status_code == 422
    assert "x" * 4001 in answer.content.decode()
    assert "At most 4000 characters" in answer.content.decode()


def test_what_they_delete_is_read_by_nobody_and_comes_back_within_the_hour(
    outside: Outside, remark: GuestRemark
) -> None:
    client = inside(outside.link)
    assert send(client, outside, "delete", remark).status_code == 302
    theirs, ours = seen(outside, client)
    assert "Deleted by its author" in theirs
    assert "Undo" in theirs
    assert "too small" not in theirs + ours
    ben = outside.another()
    others = inside(ben).get(reverse("guest-room", args=[ben.key]))
    assert others.status_code == 200
    assert "Deleted by its author" not in others.content.decode()
    send(client, outside, "restore", remark)
    assert all("too small" in text for text in seen(outside, client))
    verbs = Event.objects.filter(verb__startswith="guest.").values_list("verb", flat=True)
    assert {"guest.deleted", "guest.restored"} <= set(verbs)


def test_after_an_hour_it_is_gone_for_good_and_what_was_answered_says_so(
    outside: Outside, remark: GuestRemark
) -> None:
    other = remarks.say(outside.link, body="And the music?")
    by = outside.case.creator
    remarks.answer(remark, by=by, body="We made it larger")
    for each in (remark, other):
        corrections.delete(outside.link, each.pk)
    later = timezone.now() + timedelta(hours=1, seconds=1)
    with pytest.raises(GuestRefused, match="more than an hour"):
        corrections.restore(outside.link, remark.pk, at=later)
    tending.run(at=later)
    assert not GuestRemark.objects.filter(pk=other.pk).exists()
    remark.refresh_from_db()
    assert remark.body == ""
    text = page(by, "review-guests-said", outside.review.pk)
    assert "Deleted by its author" in text
    assert "We made it larger" in text


def test_once_it_is_too_late_to_undo_nobody_is_offered_it(outside: Outside, remark: GuestRemark) -> None:
    remarks.answer(remark, by=outside.case.creator, body="We made it larger")
    corrections.delete(outside.link, remark.pk)
    client = inside(outside.link)
    address = reverse("guest-remark-restore", args=[outside.link.key, remark.pk])
    assert address in seen(outside, client)[0]
    GuestRemark.objects.filter(pk=remark.pk).update(deleted_at=timezone.now() - corrections.UNDO_FOR)
    theirs = seen(outside, client)[0]
    assert "Deleted by its author" in theirs
    assert address not in theirs


def test_a_file_without_words_goes_as_well_where_it_was_answered(outside: Outside) -> None:
    sender, file = Sender(link=outside.link.pk), SimpleUploadedFile("mood.pdf", b"%PDF-1.7\n")
    sent = files.receive(outside.case.version, file, by=sender)
    remark = remarks.say(outside.link, body="", attached=[sent.pk])
    remarks.answer(remark, by=outside.case.creator, body="Thank you")
    corrections.delete(outside.link, remark.pk)
    tending.run(at=timezone.now() + timedelta(minutes=59))
    assert Attachment.objects.filter(pk=sent.pk).exists()
    tending.run(at=timezone.now() + timedelta(hours=1, seconds=1))
    assert not Attachment.objects.filter(pk=sent.pk).exists()
    assert GuestRemark.objects.filter(pk=remark.pk).exists()


def test_an_address_that_they_wrote_is_theirs_to_edit_and_not_lost_by_it(outside: Outside) -> None:
    asset = outside.case.version.asset
    address = reverse("asset", args=[outside.case.brand.slug, asset.pk])
    words = f"As in {settings.PUBLIC_URL}{address} but slower"
    remark = remarks.say(outside.link, body=words)
    text = inside(outside.link).get(reverse("guest-room", args=[outside.link.key])).content.decode()
    [typed] = re.findall(r'<textarea[^>]*aria-label="Edit your comment">([^<]*)</textarea>', text)
    assert unescape(typed) == words
    ben = outside.another()
    others = inside(ben).get(reverse("guest-room", args=[ben.key]))
    assert "A clip you can" in others.content.decode()
    assert address not in others.content.decode()
    corrections.edit(outside.link, remark.pk, body=unescape(typed))
    remark.refresh_from_db()
    assert remark.body == words


def test_what_was_typed_comes_back_where_it_can_no_longer_be_changed(
    outside: Outside, remark: GuestRemark
) -> None:
    client = inside(outside.link)
    corrections.delete(outside.link, remark.pk)  # in another tab
    gone = send(client, outside, "edit", remark, body="A careful new sentence")
    assert gone.status_code == 422
    assert all(each in gone.content.decode() for each in ("A careful new sentence", "Undo that first"))
    corrections.restore(outside.link, remark.pk)
    outside.case.approve(outside.review, by=outside.case.brand_reviewer)
    kept = send(client, outside, "edit", remark, body="A careful new sentence")
    assert kept.status_code == 422
    assert all(each in kept.content.decode() for each in ("A careful new sentence", "A decision was made"))


@pytest.mark.parametrize("answered", [False, True])
def test_an_answer_to_what_was_deleted_meanwhile_is_not_lost(
    outside: Outside, remark: GuestRemark, answered: bool
) -> None:
    if answered:
        remarks.answer(remark, by=outside.case.creator, body="Which one?")
    corrections.delete(outside.link, remark.pk)
    address = reverse("guest-remark-answer", args=[outside.case.brand.slug, outside.review.pk, remark.pk])
    refused = signed_in(outside.case.creator).post(address, {"body": "A long answer"})
    assert refused.status_code == 422
    assert all(each in refused.content.decode() for each in ("A long answer", "This comment was deleted."))


def test_nobody_answers_or_reacts_to_what_was_deleted(outside: Outside, remark: GuestRemark) -> None:
    corrections.delete(outside.link, remark.pk)
    with pytest.raises(GuestRefused):
        remarks.answer(remark, by=outside.case.creator, body="Which one?")
    with pytest.raises(ReactionRefused):
        reacting.give(outside.link, f"guest-{remark.pk}", "up", on=True)
    address = reverse("guest-remark-react", args=[outside.case.brand.slug, outside.review.pk, remark.pk])
    assert signed_in(outside.case.creator).post(address, {"on": "up"}).status_code == 404


@pytest.mark.parametrize(
    "change", [corrections.delete, lambda link, key: corrections.edit(link, key, body="X")]
)
def test_it_stays_once_a_decision_was_made_after_it_and_under_a_legal_hold(
    outside: Outside, remark: GuestRemark, change: Any
) -> None:
    outside.case.approve(outside.review, by=outside.case.brand_reviewer)
    with pytest.raises(GuestRefused, match="decision was made after"):
        change(outside.link, remark.pk)
    later = remarks.say(outside.link, body="And now?")
    holds.place(
        outside.case.version.asset,
        by=member(outside.case.brand, Role.ADMIN),
        reason="A dispute over the logo",
    )
    with pytest.raises(GuestRefused, match="legal hold"):
        change(outside.link, later.pk)


def test_of_others_and_of_the_brand_nothing_is_changed(outside: Outside, remark: GuestRemark) -> None:
    answer = remarks.answer(remark, by=outside.case.creator, body="Which one?")
    ben = outside.another()
    client = inside(ben)
    assert "guest-own" not in client.get(reverse("guest-room", args=[ben.key])).content.decode()
    for key in (remark.pk, answer.pk):
        with pytest.raises(GuestRefused):
            corrections.delete(ben, key)
    with pytest.raises(GuestRefused):
        corrections.edit(outside.link, answer.pk, body="Mine")
