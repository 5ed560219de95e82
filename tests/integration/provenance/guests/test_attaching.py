"""Files of guests, and those of the brand that guests see."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from provenance.attachments import files
from provenance.attachments.files import Sender
from provenance.attachments.models import Attachment
from provenance.guests import erasing, remarks
from provenance.guests.models import GuestLink, GuestRemark
from provenance.guests.rules import May
from provenance.review import comments
from provenance.review.models import Comment
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n"


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("mood.pdf", PDF)


def of_house(outside: Outside, *, shown: bool) -> Attachment:
    case = outside.case
    kept = files.receive(case.version, pdf(), by=Sender(user=case.creator.user.pk))
    comment = comments.add(case.version, by=case.creator, body="Ours", attached=[kept.pk])
    Comment.objects.filter(pk=comment.pk).update(for_guests=shown)
    return kept


def status(client: Any, link: GuestLink, row: Attachment, name: str = "guest-attachment") -> int:
    return int(client.get(reverse(name, args=[link.key, row.pk])).status_code)


def test_a_guest_attaches_a_file_which_the_brand_and_other_guests_get(outside: Outside) -> None:
    client = inside(outside.link)
    said = client.post(reverse("guest-attach", args=[outside.link.key]), {"file": pdf()}).json()
    text = f'[["{said["id"]}", "mood.pdf", 9]]'
    address = reverse("guest-comment", args=[outside.link.key])
    assert client.post(address, {"body": "", "attachments": text}).status_code == 302
    row = GuestRemark.objects.get().attachments.get()
    assert Event.objects.get(verb="guest.commented").data["attachments"] == [row.sha256]
    assert status(client, outside.link, row) == 200
    other = outside.another()
    assert status(inside(other), other, row) == 200
    brand = outside.case.brand
    house = signed_in(outside.case.creator).get(reverse("attachment", args=[brand.slug, row.pk]))
    assert house.status_code == 200
    said_page = reverse("review-guests-said", args=[brand.slug, outside.review.pk])
    assert "mood.pdf" in signed_in(outside.case.creator).get(said_page).content.decode()


def test_guests_get_the_files_of_comments_that_are_shown_to_them_alone(outside: Outside) -> None:
    shown, private = of_house(outside, shown=True), of_house(outside, shown=False)
    client = inside(outside.link)
    assert status(client, outside.link, shown) == 200
    assert status(client, outside.link, private) == 404
    assert status(client, outside.link, private, "guest-attachment-preview") == 404
    page = client.get(reverse("guest-room", args=[outside.link.key])).content.decode()
    assert str(shown.pk) in page
    assert str(private.pk) not in page


def test_who_may_only_watch_attaches_nothing(outside: Outside) -> None:
    link = outside.another(may=May.VIEW)
    client = inside(link)
    assert client.post(reverse("guest-attach", args=[link.key]), {"file": pdf()}).status_code == 422
    assert not Attachment.objects.exists()


def test_of_who_may_only_watch_nothing_is_kept_that_comes_with_a_comment(outside: Outside) -> None:
    link = outside.another(may=May.VIEW)
    address = reverse("guest-comment", args=[link.key])
    assert inside(link).post(address, {"body": "See", "files": [pdf()]}).status_code == 422
    assert not Attachment.objects.exists()


def test_an_erased_guest_leaves_no_file_that_was_not_sent(outside: Outside) -> None:
    sender = Sender(link=outside.link.pk)
    draft, sent = (files.receive(outside.case.version, pdf(), by=sender) for _ in range(2))
    remarks.say(outside.link, body="See", attached=[sent.pk])
    erasing.erase(outside.link, by=member(outside.case.brand, Role.ADMIN))
    assert list(Attachment.objects.all()) == [sent]
    assert draft != sent


def test_a_guest_removes_their_own_drafts_alone(outside: Outside) -> None:
    own = files.receive(outside.case.version, pdf(), by=Sender(link=outside.link.pk))
    house = files.receive(outside.case.version, pdf(), by=Sender(user=outside.case.creator.user.pk))
    client = inside(outside.link)
    for row, code in ((house, 404), (own, 204), (own, 404)):
        address = reverse("guest-attachment-remove", args=[outside.link.key, row.pk])
        assert client.post(address).status_code == code


def test_the_same_remark_sent_twice_is_kept_once_with_its_file(outside: Outside) -> None:
    kept = files.receive(outside.case.version, pdf(), by=Sender(link=outside.link.pk))
    client = inside(outside.link)
    address = reverse("guest-comment", args=[outside.link.key])
    for _ in range(2):
        assert client.post(address, {"body": "See", "attachments": f'[["{kept.pk}"]]'}).status_code == 302
        GuestRemark.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert GuestRemark.objects.get().attachments.get() == kept
