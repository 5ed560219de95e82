"""Shared with me: all links of one address, for whoever reads its mail and nobody else."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from provenance.guests import erasing, links, tasks
from provenance.guests.models import GuestAddress, GuestLink, GuestSession
from tests.factories import member
from tests.integration.provenance.guests.conftest import Outside, invite
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
LIST = "/guest/"


def ask(client: Client, email: str) -> Any:
    answer = client.post(LIST, {"email": email})
    tasks.send_guest_list_code(GuestAddress.objects.filter(email=email).latest("asked_at").pk)
    return answer


def list_code() -> str:
    found = re.search(r"\b[2-9A-Z]{5}-[2-9A-Z]{5}\b", str(mail.outbox[-1].body))
    assert found
    return found[0]


def confirmed(email: str) -> Client:
    client = Client()
    ask(client, email)
    answer = client.post(reverse("guest-list-confirm"), {"email": email, "code": list_code()})
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
    pages, asked, tried = [], [], []
    for email in ("ada@agency.example", "eve@agency.example"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            page = client.post(LIST, {"email": email})
        pages.append(len(page.content.decode()))
        asked.append([_kind(each["sql"]) for each in queries])
        tasks.send_guest_list_code(GuestAddress.objects.get(email=email).pk)
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(reverse("guest-list-confirm"), {"email": email, "code": "ABCDE-FGH23"})
        tried.append([_kind(each["sql"]) for each in queries])
        assert answer.status_code == 422
        assert "Wrong code, or an old one." in answer.content.decode()
        assert outside.case.version.asset.title not in client.get(LIST).content.decode()
        assert client.post(reverse("guest-list-enter", args=[outside.link.key])).status_code == 404
    assert pages[0] == pages[1]
    assert asked[0] == asked[1]
    assert tried[0] == tried[1]
    assert [message.to for message in mail.outbox] == [["ada@agency.example"]]


def _kind(sql: str) -> str:
    return re.sub(r'"s\d+_x\d+"', "", " ".join(sql.split()[:3]))


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


def test_who_asks_and_guesses_for_another_does_not_shut_them_out(outside: Outside) -> None:
    email, confirm = "ada@agency.example", reverse("guest-list-confirm")
    owner = Client()
    ask(owner, email)
    code = list_code()
    stranger = Client()
    for _ in range(5):
        stranger.post(LIST, {"email": email})
        for _ in range(6):
            stranger.post(confirm, {"email": email, "code": "ABCDE-FGH23"})
    assert stranger.post(confirm, {"email": email, "code": code}).status_code in (422, 429)
    again = owner.post(LIST, {"email": email})  # no more is mailed, and what is here still works
    assert 'action="/guest/confirm/"' in again.content.decode()
    assert owner.post(confirm, {"email": email, "code": code.lower().replace("-", " ")}).status_code == 302


def test_a_code_opens_the_list_in_the_browser_that_asked_and_is_long(outside: Outside) -> None:
    ask(Client(), "ada@agency.example")
    code = list_code()
    sent = {"email": "ada@agency.example", "code": code}
    for cookie in ("", "made up", "made:up:x"):
        other = Client()
        other.cookies["guest_asks"] = cookie
        assert other.post(reverse("guest-list-confirm"), sent).status_code == 422
    assert len(code) == 11
    assert GuestAddress.objects.get().code_digest != ""


def test_a_code_of_the_list_is_dead_after_five_tries_and_when_it_was_used(outside: Outside) -> None:
    client, confirm = Client(), reverse("guest-list-confirm")
    ask(client, "ada@agency.example")
    code = list_code()
    for _ in range(5):
        client.post(confirm, {"email": "ada@agency.example", "code": "ABCDE-FGH23"})
    assert client.post(confirm, {"email": "ada@agency.example", "code": code}).status_code == 422
    used = confirmed("ada@agency.example")
    sent = {"email": "ada@agency.example", "code": list_code()}
    assert used.post(confirm, sent).status_code == 422


def _forget(client: Client, outside: Outside) -> None:
    client.post(reverse("guest-list-forget"))


def _leave(client: Client, outside: Outside) -> None:
    client.post(reverse("guest-leave", args=[outside.link.key]))


def _send_again(client: Client, outside: Outside) -> None:
    links.send_again(outside.link, by=outside.case.creator)


def _erase(client: Client, outside: Outside) -> None:
    erasing.erase(outside.link, by=member(outside.case.brand, Role.ADMIN))


@pytest.mark.parametrize("end", [_forget, _leave, _send_again, _erase])
def test_a_pass_for_the_list_ends_for_good_and_all_that_was_had_by_it(
    outside: Outside, end: Callable[[Client, Outside], None]
) -> None:
    other = elsewhere()
    client = confirmed("ada@agency.example")
    for link in (other, outside.link):
        client.post(reverse("guest-list-enter", args=[link.key]))
    kept = {name: client.cookies[name].value for name in ("guest_list", "guest")}
    end(client, outside)
    thief = Client()
    for name, value in kept.items():
        thief.cookies[name] = value
    assert "Send me a code" in thief.get(LIST).content.decode()
    for link in (other, outside.link):
        assert thief.post(reverse("guest-list-enter", args=[link.key])).status_code == 404
        assert thief.get(reverse("guest-room", args=[link.key])).status_code in (302, 404)
    assert not GuestSession.objects.filter(ends_at__gt=timezone.now()).exists()


def test_a_session_that_was_had_by_the_list_ends_with_it(outside: Outside) -> None:
    client = confirmed("ada@agency.example")
    ends = timezone.now() + timedelta(minutes=3)
    GuestAddress.objects.update(ends_at=ends)
    client.post(reverse("guest-list-enter", args=[outside.link.key]))
    assert GuestSession.objects.get().ends_at == ends
    GuestAddress.objects.update(ends_at=timezone.now())
    assert "Send me a code" in client.get(LIST).content.decode()
