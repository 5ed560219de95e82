"""Administration → Mail: who changes it, what a stored secret is used for, and mails that failed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import mail_senders, mail_smtp, mails, outbox
from dam.accounts.capabilities import Role
from dam.accounts.mail_models import MailSettings, OutgoingMail, Sender
from dam.audit.models import Event
from tests import smtp_server
from tests.factories import PASSWORD, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
FORM = {
    "sender": "smtp",
    "from_address": "dam@example.com",
    "host": "127.0.0.1",
    "security": "starttls",
    "port": "587",
    "username": "dam",
    "secret": "open sesame",
}


@pytest.fixture(autouse=True)
def _ours(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = mail_senders.BACKEND
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def admin() -> Any:
    return MembershipFactory.create(role=Role.ADMIN.value, user=UserFactory.create(is_superuser=True))


@pytest.fixture
def client(admin: Any) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": admin.user.email, "password": PASSWORD})
    return client


def test_who_has_not_just_shown_that_it_is_them_is_asked_first(admin: Any) -> None:
    client = Client()
    client.force_login(admin.user)
    assert "/accounts/reauthenticate/" in client.post(at(admin), FORM).headers["Location"]
    assert not MailSettings.objects.exists()


def set_to(port: int) -> None:
    MailSettings.objects.create(
        sender=Sender.SMTP, host="127.0.0.1", port=port, security="none", from_address="d@example.com"
    )


def at(admin: Any, name: str = "administration-mail", *args: Any) -> str:
    return reverse(name, args=[admin.brand.slug, *args])


def test_mail_is_on_at_once_and_its_secret_lies_encrypted(admin: Any, client: Client) -> None:
    assert not mails.is_on()
    assert "Email is off" in client.get(at(admin)).content.decode()
    assert client.post(at(admin), FORM).status_code == 302
    assert mails.is_on()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM dam_mailsettings")
        assert "open sesame" not in cursor.fetchone()[0]
    assert MailSettings.objects.get().secret == "open sesame"
    page = client.get(at(admin)).content.decode()
    assert "open sesame" not in page
    (event,) = Event.objects.filter(verb="mail.changed")
    assert event.data["before"] == "off"
    assert "open sesame" not in str(event.data)


def test_a_stored_secret_is_kept_for_its_own_server_alone(admin: Any, client: Client) -> None:
    client.post(at(admin), FORM)
    assert client.post(at(admin), {**FORM, "secret": "", "from_address": "b@example.com"}).status_code == 302
    assert MailSettings.objects.get().secret == "open sesame"
    elsewhere = client.post(at(admin), {**FORM, "secret": "", "host": "mail.evil.example"})
    assert elsewhere.status_code == 422
    assert MailSettings.objects.get().host == "127.0.0.1"
    assert client.post(at(admin), {**FORM, "secret": "", "security": "none"}).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"port": "6379"}, {"host": "a b"}, {"security": "none"}, {"from_address": "x"}]
)
def test_what_cannot_be_meant_is_refused(admin: Any, client: Client, wrong: dict[str, str]) -> None:
    assert client.post(at(admin), {**FORM, **wrong}).status_code == 422
    assert not MailSettings.objects.exists()


def test_mail_can_be_turned_off_in_every_language(admin: Any, client: Client) -> None:
    """What a form says to programs is no word that anybody reads."""
    set_to(587)
    page = client.get(f"{at(admin)}?sender=off", headers={"Accept-Language": "de"}).content.decode()
    assert 'name="sender" value="off"' in page
    assert "?sender=off" in page


def test_an_administrator_of_a_brand_alone_is_refused() -> None:
    member = MembershipFactory.create(role=Role.ADMIN.value)
    client = Client()
    client.force_login(member.user)
    assert client.post(at(member), FORM).status_code == 403
    assert client.get(at(member)).status_code == 403


def test_what_the_environment_says_cannot_be_changed_here(admin: Any, client: Client, settings: Any) -> None:
    settings.EMAIL_IS_SET, settings.EMAIL_HOST = True, "mail.example.com"
    assert "The environment of the server sets this" in client.get(at(admin)).content.decode()
    assert client.post(at(admin), FORM).status_code == 403


def test_a_test_mail_says_what_the_server_said(
    admin: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_server.running() as server:
        monkeypatch.setattr(mail_smtp, "PORTS", (server.port,))
        set_to(server.port)
        page = client.post(at(admin, "administration-mail-test")).content.decode()
        assert "The server took the test email" in page
        assert server.messages[0]["To"] == admin.user.email
        assert server.messages[0]["Auto-Submitted"] == "auto-generated"
        assert server.messages[0].get_content_type() == "multipart/alternative"
        server.refuse = {"d@example.com": "553 Not yours"}
        page = client.post(at(admin, "administration-mail-test")).content.decode()
        assert "refused the sender" in page


def test_a_mail_that_is_not_taken_is_tried_again_and_then_shown(
    admin: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp_server.running() as server:
        monkeypatch.setattr(mail_smtp, "PORTS", (server.port,))
        set_to(server.port)
        outbox.post(
            "test", to="ada@example.com", context={"brand": admin.brand}, unsubscribe=(admin.user, "k")
        )
        row = OutgoingMail.objects.get()
        server.refuse = {"ada@example.com": "450 Come back"}
        outbox.send_one(row.pk)
        row.refresh_from_db()
        assert (row.tries, row.failed_at) == (1, None)
        outbox.send_one(row.pk)  # not due yet
        row.refresh_from_db()
        assert row.tries == 1
        server.refuse = {"ada@example.com": "550 Gone"}
        outbox.send_one(row.pk, at=timezone.now() + timedelta(hours=1))
        page = client.get(at(admin)).content.decode()
        assert "ada@example.com" in page
        assert "550 Gone" in page
        server.refuse = {}
        client.post(at(admin, "administration-mail-failed", row.pk), {"do": "again"})
        outbox.send_one(row.pk)
        (message,) = server.messages
        assert message["Message-ID"] in row.message
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["From"] == f"{admin.brand.name} · Reelproof <d@example.com>"
        assert not OutgoingMail.objects.exists()


def test_no_mail_waits_where_mail_is_off(admin: Any) -> None:
    outbox.post("test", to=admin.user, context={})
    assert not OutgoingMail.objects.exists()
