"""Coming in from outside: links, codes and passphrases, and how often they are tried."""

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.audit.models import Event
from provenance.guests import door, links, rules, tasks
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestLink, GuestSession
from tests.integration.provenance.guests.conftest import Outside, at_door, code_sent, inside, secret_of

pytestmark = pytest.mark.django_db


def sent_code(link: GuestLink) -> str:
    tasks.send_guest_code(link.pk)
    return code_sent()


def test_a_mailed_link_and_a_mailed_code_open_the_room(outside: Outside) -> None:
    tasks.send_guest_link(outside.link.pk)
    message = mail.outbox[-1]
    assert message.to == [outside.link.email]
    address = next(word for word in str(message.body).split() if "/guest/open/" in word)
    client = Client()
    page = client.get(address[address.index("/guest/") :], follow=True).content.decode()
    assert "Is that you?" in page
    assert "a•••@agency.example" in page
    client.post(reverse("guest-code", args=[outside.link.key]))
    entered = client.post(
        reverse("guest-enter", args=[outside.link.key]), {"code": sent_code(outside.link)}, follow=True
    )
    assert outside.case.version.asset.title in entered.content.decode()


def test_of_the_secret_only_the_hash_is_kept_and_it_is_in_no_page_and_no_log(
    outside: Outside, caplog: pytest.LogCaptureFixture
) -> None:
    secret = secret_of(outside.link)
    caplog.set_level(logging.DEBUG)
    client = Client()
    opened = client.get(reverse("guest-open", args=[secret]))
    assert opened["Location"] == reverse("guest-door", args=[outside.link.key])
    assert opened["Referrer-Policy"] == "no-referrer"
    assert secret not in client.get(opened["Location"]).content.decode()
    for method in (client.post, client.put, client.delete):
        assert method(reverse("guest-open", args=[secret + "x"])).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("guest-open", args=[secret])).status_code == 302
    assert secret not in caplog.text
    row = GuestLink.objects.values().get(pk=outside.link.pk)
    assert secret not in str(row) + str(client.cookies)


def test_cookies_are_of_the_link_alone_and_no_script_reads_them(outside: Outside) -> None:
    client = inside(outside.link)
    for name in ("guest", "guest_door"):
        cookie = client.cookies[name]
        assert cookie["path"] == reverse("guest-room", args=[outside.link.key])
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize("secret", ["nothing", "rpg_" + "x" * 43, "ü"])
def test_a_wrong_link_ends_on_the_page_that_tells_nothing(outside: Outside, secret: str) -> None:
    answer = Client().get(f"/guest/open/{secret}/", follow=True)
    assert answer.status_code == 404
    assert "This link doesn't work" in answer.content.decode().replace("&#x27;", "'")


def test_a_link_that_was_sent_again_ends_the_one_before_and_who_came_by_it(outside: Outside) -> None:
    old = secret_of(outside.link)
    client = Client()
    client.get(reverse("guest-open", args=[old]))
    links.send_again(outside.link, by=outside.case.creator)
    assert client.get(reverse("guest-door", args=[outside.link.key])).status_code == 404
    assert links.of_secret(old) is None
    assert links.of_secret(secret_of(outside.link)) == outside.link


def test_a_code_works_once(outside: Outside) -> None:
    client = at_door(outside.link)
    code = sent_code(outside.link)
    enter = reverse("guest-enter", args=[outside.link.key])
    assert client.post(enter, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    assert client.post(enter, {"code": code}).status_code == 422
    assert GuestSession.objects.count() == 1


def test_only_the_newest_code_works_and_not_for_long(outside: Outside) -> None:
    at = timezone.now()
    first = sent_code(outside.link)
    second = sent_code(outside.link)
    if first != second:
        with pytest.raises(GuestRefused):
            door.use_code(outside.link, first, at=at)
    with pytest.raises(GuestRefused, match="expired"):
        door.use_code(outside.link, second, at=at + rules.CODE_LASTS + timedelta(minutes=1))
    door.use_code(outside.link, second, at=at)


def test_a_code_of_one_link_opens_no_other_and_none_is_no_code(outside: Outside) -> None:
    other = outside.another()
    code = sent_code(outside.link)
    with pytest.raises(GuestRefused):
        door.use_code(other, code, at=timezone.now())
    with pytest.raises(GuestRefused):
        door.use_code(other, "", at=timezone.now())


def test_a_code_is_dead_after_five_tries(outside: Outside) -> None:
    at, code = timezone.now(), sent_code(outside.link)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(rules.MOST_TRIES):
        with pytest.raises(GuestRefused, match="Wrong code"):
            door.use_code(outside.link, wrong, at=at)
    with pytest.raises(GuestRefused, match="expired"):
        door.use_code(outside.link, code, at=at)


def test_codes_are_sent_and_tried_so_often_and_no_more(outside: Outside) -> None:
    client = at_door(outside.link)
    code, enter = (reverse(name, args=[outside.link.key]) for name in ("guest-code", "guest-enter"))
    assert [client.post(code).status_code for _ in range(6)] == [200] * 5 + [429]
    tries = [client.post(enter, {"code": "1"}).status_code for _ in range(11)]
    assert tries == [422] * 10 + [429]


def test_a_passphrase_opens_the_room_and_is_kept_as_a_password_is(outside: Outside) -> None:
    link = outside.another(passphrase="correct horse battery")
    assert "correct" not in link.passphrase_digest
    client = at_door(link)
    assert client.post(reverse("guest-code", args=[link.key])).status_code == 404
    enter = reverse("guest-enter", args=[link.key])
    assert client.post(enter, {"passphrase": "wrong horse battery"}).status_code == 422
    assert client.post(enter, {"passphrase": "correct horse battery"}).status_code == 302
    assert [client.post(enter, {"passphrase": "no"}).status_code for _ in range(9)][-1] == 429


def test_coming_in_is_an_event_of_each_session_and_not_of_each_request(outside: Outside) -> None:
    client = inside(outside.link)
    for _ in range(3):
        client.get(reverse("guest-room", args=[outside.link.key]))
    inside_again = [outside.link]
    links.send_again(outside.link, by=outside.case.creator)
    inside(inside_again[0])
    events = list(Event.objects.filter(verb="guest.opened").order_by("sequence"))
    assert [event.data["first"] for event in events] == [True, False]
    assert events[0].actor is None
    assert events[0].actor_name == "Ada (ada@agency.example)"
    assert "Ada" not in str(events[0].data) + events[0].target


def test_two_tabs_each_have_a_session(outside: Outside) -> None:
    one = inside(outside.link)
    room = reverse("guest-room", args=[outside.link.key])
    first = one.cookies["guest"].value
    tasks.send_guest_code(outside.link.pk)
    one.post(reverse("guest-enter", args=[outside.link.key]), {"code": code_sent()})
    for secret in (first, one.cookies["guest"].value):
        one.cookies["guest"] = secret
        assert one.get(room).status_code == 200


@pytest.mark.parametrize("after", [").", ".", "/)", "/.", "/>", "/x/y"])
def test_what_a_mail_program_takes_along_after_a_link_neither_breaks_it_nor_is_logged(
    outside: Outside, caplog: pytest.LogCaptureFixture, after: str
) -> None:
    secret = secret_of(outside.link)
    caplog.set_level(logging.INFO)
    opened = Client().get(f"/guest/open/{secret}{after}", follow=True)
    assert opened.redirect_chain[-1][0] == reverse("guest-door", args=[outside.link.key])
    Client().get(f"/guest/opened/{secret}/")
    assert "Answered 404 to GET /guest/opened/rpg_…" in caplog.text
    lines = [each.getMessage() for each in caplog.records if each.name == "dam.web.refusal_log"]
    assert secret[5:] not in str(lines)


@pytest.mark.parametrize("passphrase", [" " * 14, "a b c       d e", "qwerty123456", "aaaaaaaaaaaaaa"])
def test_a_passphrase_that_is_easily_guessed_is_refused(outside: Outside, passphrase: str) -> None:
    with pytest.raises(GuestRefused) as refused:
        outside.another(passphrase=passphrase)
    assert refused.value.field == "passphrase"


def test_tries_of_a_passphrase_are_counted_in_the_row_for_an_hour(outside: Outside) -> None:
    link, at = outside.another(passphrase="correct horse battery"), timezone.now()
    for _ in range(rules.MOST_PASSPHRASE_TRIES):
        with pytest.raises(GuestRefused, match="Wrong passphrase"):
            door.use_passphrase(link, "no", at=at)
    with pytest.raises(GuestRefused, match="Too many tries"):
        door.use_passphrase(link, "correct horse battery", at=at)
    door.use_passphrase(link, "correct horse battery", at=at + rules.PASSPHRASE_WINDOW)
