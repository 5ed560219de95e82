"""A link to a new password that an administrator hands over where no mail is sent."""

import html
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dam.access import password_links
from dam.accounts import reset_links
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.core import mail_files
from tests.factories import PASSWORD, BrandFactory, MembershipFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN)


@pytest.fixture
def person(brand: Brand) -> Member:
    return member(brand, Role.CREATOR)


@pytest.fixture
def _mail_is_off(settings: Any) -> None:
    settings.EMAIL_BACKEND = mail_files.BACKEND


@pytest.mark.usefixtures("_mail_is_off")
def test_the_page_asks_who_it_is_shows_the_link_once_and_it_works_once(admin: Member, person: Member) -> None:
    User.objects.filter(pk=person.user.pk).update(proven_email="")
    page = reverse("person-password-link", args=[admin.brand.slug, person.user.pk])
    browser = Client()
    browser.force_login(admin.user)
    assert browser.post(page).status_code == 302  # who it is, first
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert page in browser.get(reverse("person", args=[admin.brand.slug, person.user.pk])).text
    made = browser.post(page)
    assert "no-store" in made.headers["Cache-Control"]
    (link,) = re.findall(r'value="http://localhost:8000([^"]+)"', html.unescape(made.text))
    assert link not in browser.get(page).text
    event = Event.objects.get(verb="member.password_link_made")
    assert event.data.get("link") is None
    other = Client()
    new = {"password1": "another long passphrase", "password2": "another long passphrase"}
    other.post(other.get(link).headers["Location"], new)
    user = User.objects.get(pk=person.user.pk)
    assert user.check_password("another long passphrase")
    assert not user.is_proven  # whoever has the link need not read the address
    assert "password1" not in Client().get(link).text


def test_it_is_refused_where_mail_is_on(admin: Member, person: Member) -> None:
    with pytest.raises(PermissionDenied, match="Emails are sent here"):
        password_links.make(person.user, by=admin)


@pytest.mark.usefixtures("_mail_is_off")
def test_nobody_makes_one_for_whoever_is_beyond_them(admin: Member, person: Member, brand: Brand) -> None:
    MembershipFactory.create(user=person.user)  # of another brand, too
    for asking, about, why in (
        (admin, person.user, "only in this brand"),
        (admin, admin.user, "your own password"),
        (person, admin.user, "can't change people with this role"),
    ):
        with pytest.raises(PermissionDenied, match=why):
            password_links.make(about, by=asking)
    User.objects.filter(pk=admin.user.pk).update(is_superuser=True)
    admin.user.refresh_from_db()
    assert password_links.make(person.user, by=admin).startswith("http://localhost:8000/accounts/")


@pytest.mark.parametrize("is_by_hand", [True, False])
def test_a_link_by_hand_proves_no_address_even_once_mail_is_on(
    admin: Member, person: Member, settings: Any, is_by_hand: bool
) -> None:
    """Nor does taking the mark off it; one that was mailed does, even once mail is off."""
    User.objects.filter(pk=person.user.pk).update(proven_email="")
    user = User.objects.get(pk=person.user.pk)
    mailed = EmailAwarePasswordResetTokenGenerator().make_token(user)
    link = urlsplit(reset_links.reset_link(user)).path
    if is_by_hand:
        assert "password1" not in Client().get(link.replace("by-hand-", "")).text
    else:
        named = {"uidb36": user_pk_to_url_str(user), "key": mailed}
        link = reverse("account_reset_password_from_key", kwargs=named)
        settings.EMAIL_BACKEND = mail_files.BACKEND
    other = Client()
    new = {"password1": "another long passphrase", "password2": "another long passphrase"}
    other.post(other.get(link).headers["Location"], new)
    user.refresh_from_db()
    assert user.check_password("another long passphrase")
    assert user.is_proven is not is_by_hand
