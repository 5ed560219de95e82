"""Shared with me: all links of one address, for whoever reads its mail and nobody else."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from provenance.guests import links, tasks
from provenance.guests.models import GuestAddress, GuestLink
from tests.integration.provenance.guests.conftest import Outside, code_sent, invite
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
LIST = "/guest/"


def confirmed(email: str) -> Client:
    client = Client()
    client.post(LIST, {"email": email})
    tasks.send_guest_list_code(GuestAddress.objects.get(email=email).pk)
    answer = client.post(reverse("guest-list-confirm"), {"email": email, "code": code_sent()})
    assert answer.status_code == 302
    return client


def elsewhere() -> GuestLink:
    case = Case()
    case.brand.guest_reviews = True
    case.brand.save()
    return invite(case, case.submit())


def test_links_of_one_address_are_listed_over_all_brands(outside: Outside) -> None:
    other = elsewhere()
    ben = outside.another()
    page = confirmed("ada@agency.example").get(LIST).content.decode()
    for link in (outside.link, other):
        assert link.version.asset.title in page
        assert reverse("guest-list-enter", args=[link.key]) in page
    assert str(ben.key) not in page


def test_whoever_has_not_confirmed_an_address_learns_nothing_of_it(outside: Outside) -> None:
    known, unknown = Client(), Client()
    pages = [
        client.post(LIST, {"email": email})
        for client, email in ((known, "ada@agency.example"), (unknown, "eve@agency.example"))
    ]
    texts = [page.content.decode().replace("ada@", "").replace("eve@", "") for page in pages]
    assert len(texts[0]) == len(texts[1])
    assert not GuestAddress.objects.filter(email="eve@agency.example").exists()
    for client, email in ((known, "ada@agency.example"), (unknown, "eve@agency.example")):
        answer = client.post(reverse("guest-list-confirm"), {"email": email, "code": "123456"})
        assert answer.status_code == 422
        assert "Wrong code, or an old one." in answer.content.decode()
        assert outside.case.version.asset.title not in client.get(LIST).content.decode()
        assert client.post(reverse("guest-list-enter", args=[outside.link.key])).status_code == 404
    assert mail.outbox == []


def test_a_link_of_the_address_opens_its_room_and_one_of_another_does_not(outside: Outside) -> None:
    ben = outside.another()
    client = confirmed("ada@agency.example")
    opened = client.post(reverse("guest-list-enter", args=[outside.link.key]), follow=True)
    assert "Leave" in opened.content.decode()
    assert opened.redirect_chain[-1][0] == reverse("guest-room", args=[outside.link.key])
    assert client.post(reverse("guest-list-enter", args=[ben.key])).status_code == 404


def test_a_link_with_a_passphrase_asks_for_it_all_the_same(outside: Outside) -> None:
    links.revoke(outside.link, by=outside.case.creator)
    link = invite(outside.case, outside.review, passphrase="correct horse battery")
    links.new_secret(link)
    client = confirmed("ada@agency.example")
    door = client.post(reverse("guest-list-enter", args=[link.key]), follow=True)
    assert "The person who invited you tells you the passphrase." in door.content.decode()
    assert client.get(reverse("guest-room", args=[link.key])).status_code == 302


def test_what_ends_is_listed_no_more_and_a_forgotten_address_neither(outside: Outside) -> None:
    client = confirmed("ada@agency.example")
    GuestLink.objects.update(expires_at=timezone.now())
    assert "Nothing is shared with you now." in client.get(LIST).content.decode()
    client.post(reverse("guest-list-forget"))
    assert "Send me a code" in client.get(LIST).content.decode()


@pytest.mark.parametrize("value", ["", "ada@agency.example", "ada@agency.example:1:x", "ü"])
def test_a_cookie_that_we_did_not_sign_lists_nothing(outside: Outside, value: str) -> None:
    client = Client()
    client.cookies["guest_list"] = value
    assert "Send me a code" in client.get(LIST).content.decode()


def test_codes_for_one_address_are_sent_so_often_and_no_more(outside: Outside) -> None:
    statuses = [Client().post(LIST, {"email": "ada@agency.example"}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
