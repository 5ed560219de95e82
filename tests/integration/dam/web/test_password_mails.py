"""Mails about passwords: who hears of a new one, who gets a link, how many, and mail that is away."""

import re
from collections.abc import Iterator, Sequence
from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from dam.accounts.models import User
from tests.factories import PASSWORD, BrandFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = "another long passphrase"
# Forms take them for addresses; no name in the network can be so.
UNREACHABLE = (
    "a@" + "é" * 60 + ".example",
    "a@exa\u2028mple.com",
    "a@\u180ea.example",
    "admi\u017f@example.com",
)


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


class Away(BaseEmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")


@pytest.fixture
def away(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{Away.__module__}.{Away.__qualname__}"


def ask_for_link(email: str) -> Any:
    return Client().post(reverse("account_reset_password"), {"email": email})


def link() -> str:
    found = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert found is not None
    return found[0]


def choose(address: str) -> Any:
    client = Client()
    form = client.get(address)
    return client.post(form.headers.get("Location", address), {"password1": NEW, "password2": NEW})


def change(person: User) -> Any:
    client = Client()
    client.force_login(person)
    form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    return client.post(reverse("account_change_password"), form)


def test_somebody_whose_password_was_changed_hears_of_it() -> None:
    person = UserFactory.create()
    assert change(person).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert "with the current password" in sent.body


def test_somebody_whose_password_was_chosen_by_link_hears_of_it() -> None:
    person = UserFactory.create()
    ask_for_link(person.email)
    choose(link())
    assert mail.outbox[-1].to == [person.email]
    assert "with a link that was sent to this address" in mail.outbox[-1].body


def test_somebody_whose_password_an_operator_made_anew_hears_of_it() -> None:
    person, brand = UserFactory.create(), BrandFactory.create()
    arguments = [person.email, "--brand", brand.slug, "--role", "viewer"]
    call_command("member", *arguments, stdout=StringIO())
    assert mail.outbox == []
    call_command("member", *arguments, "--new-password", stdout=StringIO())
    (sent,) = mail.outbox
    assert sent.to == [person.email]
    assert "by an administrator" in sent.body


@pytest.mark.usefixtures("away")
def test_a_mail_server_that_is_away_undoes_no_change() -> None:
    person = UserFactory.create()
    assert change(person).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


@pytest.mark.usefixtures("away")
def test_a_link_that_cannot_be_sent_is_told_in_a_sentence() -> None:
    answer = ask_for_link(UserFactory.create().email)
    assert answer.status_code == 503
    assert "The mail server is unavailable" in answer.content.decode()


@pytest.mark.parametrize("address", UNREACHABLE)
def test_an_address_that_no_mail_can_have_is_refused(address: str) -> None:
    answer = ask_for_link(address)
    assert (answer.status_code, mail.outbox) == (200, [])
    assert "Enter a valid email address." in answer.content.decode()
    BrandFactory.create(slug="northwind")
    with pytest.raises(CommandError):
        call_command("member", address, "--brand", "northwind", "--role", "viewer", stdout=StringIO())
    assert not User.objects.filter(email=address).exists()


def test_a_link_ends_when_the_address_changes_while_it_is_under_way() -> None:
    person = UserFactory.create()
    ask_for_link(person.email)
    User.objects.filter(pk=person.pk).update(email="other@example.com")
    choose(link())
    person.refresh_from_db()
    assert person.check_password(PASSWORD)
    assert not person.is_proven


def test_one_address_gets_few_links_an_hour_and_each_stays_good() -> None:
    person = UserFactory.create()
    assert [ask_for_link(person.email).status_code for _ in range(6)] == [302] * 5 + [429]
    assert len(mail.outbox) == 5
    mail.outbox = mail.outbox[:1]
    choose(link())
    person.refresh_from_db()
    assert person.check_password(NEW)
