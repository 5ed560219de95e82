"""Passkeys: added, used to sign in, and told apart."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from tests.factories import PASSWORD, UserFactory, member
from tests.webauthn_device import PRESENT, Device

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def options_in(page: Any) -> dict[str, Any]:
    (found,) = re.findall(r'data-options="([^"]+)"', page.content.decode())
    options: dict[str, Any] = json.loads(unescape(found))
    return options


def add_passkey(user: User, device: Device) -> Any:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    add = reverse("mfa_add_webauthn")
    made = device.made(options_in(client.get(add)))
    return client.post(add, {"name": "MacBook", "credential": made})


def asked(client: Client) -> dict[str, Any]:
    """What the sign-in page asks an authenticator with."""
    answer = client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    options: dict[str, Any] = answer.json()["request_options"]
    return options


def sign_in(client: Client, credential: str, **more: str) -> Any:
    return client.post(reverse("mfa_login_webauthn"), {"credential": credential, **more})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


@pytest.fixture
def person() -> User:
    return UserFactory.create()


def handle(user: User) -> str:
    return str(user_pk_to_url_str(user))


def test_a_passkey_alone_signs_in_and_leads_back(brand: Brand) -> None:
    device, person = Device(), member(brand, Role.VIEWER).user
    assert add_passkey(person, device).headers["Location"] == reverse("mfa_view_recovery_codes")
    Brand.objects.update(requires_second_factor=True)
    client, library = Client(), reverse("library", args=[brand.slug])
    answer = sign_in(client, device.signed(asked(client), user=handle(person)), next=library)
    assert answer.headers["Location"] == library
    assert client.get(library).status_code == 200  # it is both steps in one


def test_with_a_password_it_is_the_second_step(person: User) -> None:
    device, client = Device(), Client()
    add_passkey(person, device)
    form = {"login": person.email, "password": PASSWORD}
    assert client.post(reverse("account_login"), form).headers["Location"] == reverse("mfa_authenticate")
    options = options_in(client.get(reverse("mfa_authenticate")))
    client.post(reverse("mfa_authenticate"), {"credential": device.signed(options)})
    assert is_signed_in(client)


def test_an_answer_is_good_once_and_for_its_own_challenge(person: User) -> None:
    device, first, second = Device(), Client(), Client()
    add_passkey(person, device)
    answer = device.signed(asked(first), user=handle(person))
    asked(second)
    sign_in(second, answer)
    assert not is_signed_in(second)
    sign_in(first, answer)
    assert is_signed_in(first)
    first.post(reverse("account_logout"))
    sign_in(first, answer)
    assert not is_signed_in(first)


def test_one_that_asked_for_no_pin_face_or_finger_opens_nothing(person: User) -> None:
    device, client = Device(), Client()
    add_passkey(person, device)
    device.flags = PRESENT
    sign_in(client, device.signed(asked(client), user=handle(person)))
    assert not is_signed_in(client)


def test_nobody_signs_in_as_someone_else_or_from_another_site(person: User) -> None:
    other, device, client = UserFactory.create(), Device(), Client()
    add_passkey(person, device)
    sign_in(client, device.signed(asked(client), user=handle(other)))
    assert not is_signed_in(client)
    device.host = "evil.example"
    sign_in(client, device.signed(asked(client), user=handle(person)))
    assert not is_signed_in(client)


def test_a_closed_account_is_not_opened(person: User) -> None:
    device, client = Device(), Client()
    add_passkey(person, device)
    User.objects.update(is_active=False)
    sign_in(client, device.signed(asked(client), user=handle(person)))
    assert not is_signed_in(client)


def test_they_have_names_of_their_own_and_belong_to_one_person(person: User) -> None:
    device = Device()
    add_passkey(person, device)
    passkey = Authenticator.objects.get(type="webauthn")
    stranger, client = Client(), Client()
    other = UserFactory.create()
    stranger.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.post(reverse(name, args=[passkey.pk]), {"name": "Mine"}).status_code == 404
    sign_in(client, device.signed(asked(client), user=handle(person)))
    client.post(reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": " Blue   key "})
    assert "Blue key" in client.get(reverse("mfa_index")).content.decode()
    long = client.post(reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": "x" * 61})
    assert "at most 60 characters" in long.content.decode()
    client.post(reverse("mfa_remove_webauthn", args=[passkey.pk]))
    assert not Authenticator.objects.filter(user=person).exists()  # nor are recovery codes left alone
