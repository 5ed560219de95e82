"""The pages of an invitation, from the mail or the link that is passed on to the first task."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import invitations, tasks
from dam.accounts.capabilities import Role
from dam.accounts.models import Invitation, Membership, User
from dam.accounts.principals import Member
from tests.factories import PASSWORD, BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
NEW = {"name": "Kim Doe", "password1": "correct horse battery"}


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN, name="Ada")


@pytest.fixture
def invitation(admin: Member) -> Invitation:
    return invitations.invite(email="kim@example.com", role="creator", note="Come & see", by=admin)


def open_link(client: Client, invitation: Invitation) -> Any:
    secret = invitations.new_secret(invitation, shown=False)
    return client.get(reverse("join-link", args=[secret]), follow=True)


def test_a_new_person_chooses_a_password_and_gets_a_first_task(
    client: Client, invitation: Invitation
) -> None:
    page = open_link(client, invitation).content.decode()
    assert "Come &amp; see" in page
    weak = client.post(reverse("join"), {"name": "Kim", "password1": "short"})
    assert weak.status_code == 422
    assert not User.objects.filter(email="kim@example.com").exists()
    joined = client.post(reverse("join"), NEW, follow=True)
    assert joined.redirect_chain == [(reverse("welcome", args=[invitation.brand.slug]), 302)]
    assert "Generate your first clip" in joined.content.decode()
    assert Membership.objects.get(brand=invitation.brand, user__email="kim@example.com").role == "creator"


def test_the_secret_is_neither_in_the_address_nor_in_the_session(
    client: Client, invitation: Invitation
) -> None:
    secret = invitations.new_secret(invitation, shown=False)
    assert client.get(reverse("join-link", args=[secret]))["Location"] == reverse("join")
    assert secret not in str(dict(client.session))


def test_looking_at_a_link_uses_it_up_for_nobody(client: Client, invitation: Invitation) -> None:
    for _ in range(2):
        assert open_link(client, invitation).status_code == 200
    assert Invitation.objects.get().accepted_at is None


def test_a_known_person_signs_in_and_joins(client: Client, invitation: Invitation) -> None:
    known = UserFactory.create(email="kim@example.com")
    assert "Sign in to join" in open_link(client, invitation).content.decode()
    form = {"login": known.email, "password": PASSWORD, "next": reverse("join")}
    page = client.post(reverse("account_login"), form, follow=True)
    assert page.redirect_chain[-1][0] == reverse("join")
    client.post(reverse("join"))
    assert Membership.objects.filter(user=known, brand=invitation.brand).exists()


def test_whoever_is_signed_in_as_somebody_else_is_told_and_can_change_that(
    client: Client, invitation: Invitation
) -> None:
    client.force_login(UserFactory.create(email="lee@example.com"))
    answer = open_link(client, invitation)
    assert (answer.status_code, "for someone else" in answer.content.decode()) == (403, True)
    assert client.post(reverse("join")).status_code == 403
    assert "Create account" in client.post(reverse("join-switch"), follow=True).content.decode()


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, 410, "has expired"),
        ({"revoked_at": timezone.now()}, 410, "was revoked"),
        ({"accepted_at": timezone.now()}, 410, "has been used"),
        ({"digest": "f" * 64}, 404, "link doesn't work"),
    ],
)
def test_each_link_that_works_no_more_says_why(
    client: Client, invitation: Invitation, change: Any, status: int, words: str
) -> None:
    open_link(client, invitation)
    Invitation.objects.update(**change)
    for answer in (client.get(reverse("join")), client.post(reverse("join"), NEW)):
        assert (answer.status_code, words in answer.content.decode().replace("&#x27;", "'")) == (status, True)
    assert not User.objects.filter(email="kim@example.com").exists()


def test_a_closed_account_is_not_opened_by_an_invitation(client: Client, invitation: Invitation) -> None:
    UserFactory.create(email="kim@example.com", is_active=False)
    assert "account is closed" in open_link(client, invitation).content.decode()


def test_the_mail_has_a_link_that_works_and_says_what_is_asked(
    client: Client, invitation: Invitation, settings: Any
) -> None:
    tasks.send_invitation(invitation.pk)
    (message,) = mail.outbox
    assert message.to == ["kim@example.com"]
    assert "Ada invites you" in message.subject
    link = next(word for word in str(message.body).split() if "/join/" in word)
    assert link.startswith(settings.PUBLIC_URL)
    assert client.get(link.removeprefix(settings.PUBLIC_URL), follow=True).status_code == 200
    invitation.refresh_from_db()
    assert invitation.sent_at is not None


def test_with_mail_off_the_page_shows_the_link_once(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dam.accounts.mails.is_on", lambda: False)
    client.force_login(admin.user)
    form = {"people": "kim@example.com\nnobody", "role": "viewer", "step": "send"}
    page = client.post(reverse("people-invite", args=[admin.brand.slug]), form).content.decode()
    link = next(word for word in page.replace('"', " ").split() if "/join/rpi_" in word)
    assert "nobody" not in page
    secret = link.rstrip("/").rpartition("/")[2]
    found = invitations.find(secret)
    assert found is not None
    assert found.was_shown
    listed = client.get(reverse("invitations", args=[admin.brand.slug])).content.decode()
    assert "kim@example.com" in listed
    assert secret not in listed


def test_a_list_is_previewed_before_anybody_is_invited(client: Client, admin: Member) -> None:
    client.force_login(admin.user)
    form = {"people": "kim@example.com\nno address", "role": "viewer", "step": "preview"}
    page = client.post(reverse("people-invite", args=[admin.brand.slug]), form).content.decode()
    assert "Invite 1 person" in page
    assert "isn&#x27;t an email address" in page
    assert not Invitation.objects.exists()
