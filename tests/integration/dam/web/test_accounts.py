"""Whose account an address is, and the pages of an account."""

from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from allauth.account import urls as of_allauth
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from dam.access import tokens
from dam.accounts import members, principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership, User
from dam.web import account_urls
from tests.factories import PASSWORD, BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
CEO = "ceo@newbrand.example"
NEW = "another long passphrase"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def captor() -> User:
    """Made the address hers, unproven, as a page of allauth's let anybody do."""
    person = UserFactory.create()
    User.objects.filter(pk=person.pk).update(email=CEO)
    EmailAddress.objects.create(user=person, email=CEO, primary=True, verified=False)
    person.refresh_from_db()
    return person


def admit(*options: str) -> str:
    out = StringIO()
    call_command("member", CEO, "--brand", "newbrand", "--role", "admin", *options, stdout=out)
    return out.getvalue()


def sign_in(email: str, password: str = PASSWORD) -> Client | None:
    client = Client()
    answer = client.post(reverse("account_login"), {"login": email, "password": password})
    return client if answer.status_code == 302 else None


def link_to_reset() -> str:
    (line,) = [line for line in mail.outbox[-1].body.splitlines() if "/password/reset/key/" in line]
    return line[line.index("/accounts/") :]


def choose_password(link: str) -> int:
    client = Client()
    form = client.get(link).headers["Location"]
    return client.post(form, {"password1": NEW, "password2": NEW}).status_code


def test_an_invitation_is_not_given_to_an_account_that_only_claims_the_address(captor: User) -> None:
    BrandFactory.create(slug="newbrand")
    with pytest.raises(CommandError, match="has not proven that address"):
        admit()
    assert not Membership.objects.exists()


def test_a_secondary_claim_keeps_nobody_from_an_account_of_their_own() -> None:
    BrandFactory.create(slug="newbrand")
    captor = UserFactory.create()
    EmailAddress.objects.create(user=captor, email=CEO, primary=False, verified=False)
    password = admit().rsplit(" ", 1)[1].strip()
    assert Membership.objects.get().user != captor
    assert sign_in(CEO) is None
    assert sign_in(CEO, password) is not None


@pytest.mark.parametrize("verified", [False, True])
def test_a_claim_signs_nobody_in_and_gets_no_link(verified: bool) -> None:
    captor, owner = UserFactory.create(), UserFactory.create(email=CEO, password=NEW)
    EmailAddress.objects.create(user=captor, email=CEO, primary=False, verified=verified)
    assert sign_in(CEO) is None
    Client().post(reverse("account_reset_password"), {"email": CEO})
    assert len(mail.outbox) == 1
    assert choose_password(link_to_reset()) == 302
    captor.refresh_from_db()
    assert captor.check_password(PASSWORD)
    assert sign_in(owner.email, NEW) is not None


def test_letters_that_only_look_alike_are_another_address() -> None:
    UserFactory.create(email="admin@example.com")
    alike = "adm\u0131n@example.com"
    assert members.of_address(alike) is None
    Client().post(reverse("account_reset_password"), {"email": alike})
    assert all("/password/reset/key/" not in sent.body for sent in mail.outbox)


def test_a_new_password_from_the_operator_ends_what_the_captor_had_open(captor: User) -> None:
    BrandFactory.create(slug="newbrand")
    inside = sign_in(CEO)
    assert inside is not None
    password = admit("--new-password").rsplit(" ", 1)[1].strip()
    assert inside.get("/b/newbrand/").status_code == 302
    assert sign_in(CEO) is None
    assert sign_in(CEO, password) is not None


def test_a_mailed_link_proves_the_address_and_ends_tokens_from_before(captor: User, brand: Brand) -> None:
    Membership.objects.create(user=captor, brand=brand, role=Role.ADMIN.value)
    by = principals.member(captor, brand)
    assert by is not None
    token, _ = tokens.create(by=by, name="Kept", capabilities=[Capability.VIEW])
    Client().post(reverse("account_reset_password"), {"email": CEO})
    assert choose_password(link_to_reset()) == 302
    captor.refresh_from_db()
    token.refresh_from_db()
    assert captor.is_proven
    assert token.revoked_at is not None


def test_a_command_acts_in_nobodys_claimed_name(captor: User, brand: Brand) -> None:
    Membership.objects.create(user=captor, brand=brand, role=Role.ADMIN.value)
    with pytest.raises(principals.Nobody):
        principals.acting(brand, Capability.UPLOAD, email=CEO)


def test_an_upgrade_believes_only_addresses_that_nobody_can_have_claimed(captor: User) -> None:
    untouched, confirmed, claiming = UserFactory.create_batch(3)
    EmailAddress.objects.create(user=confirmed, email=confirmed.email, primary=True, verified=True)
    EmailAddress.objects.create(user=claiming, email="other@example.com", primary=False, verified=False)
    User.objects.update(proven_email="")
    import_module("dam.migrations.0016_proven_email").settle(apps, None)
    proven = {person.pk for person in User.objects.all() if person.is_proven}
    assert proven == {untouched.pk, confirmed.pk}
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [confirmed.email]


def test_of_allauths_pages_only_those_that_the_product_means_are_there(brand: Brand) -> None:
    stranger, person = Client(), Client()
    person.force_login(member(brand).user)
    filled = {"key": "nothing", "uidb36": "a"}
    for pattern in of_allauth.urlpatterns:
        wanted = pattern.pattern.regex.groupindex
        address = reverse(pattern.name, kwargs={name: filled[name] for name in wanted})
        for client in (stranger, person):
            for answer in (client.get(address), client.post(address, {"email": CEO, "action_add": ""})):
                assert (answer.status_code == 404) == (pattern.name not in account_urls.MEANT), address


@pytest.mark.parametrize(
    "address", ["signup/passkey/", "login/code/", "phone/change/", "password/reset/confirm/", "3rdparty/"]
)
def test_pages_that_a_setting_of_allauths_would_add_are_not_there(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(f"/accounts/{address}")


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(brand: Brand) -> None:
    person = member(brand).user
    here, elsewhere = sign_in(person.email), sign_in(person.email)
    assert here is not None
    assert elsewhere is not None
    change, library = reverse("account_change_password"), reverse("library", args=[brand.slug])
    form = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert here.post(change, form).status_code == 200
    key = here.session.session_key
    assert here.post(change, {**form, "oldpassword": PASSWORD}).status_code == 302
    assert here.get(library).status_code == 200
    assert here.session.session_key != key
    assert elsewhere.get(library).status_code == 302
    assert sign_in(person.email) is None


def test_a_closed_account_is_told_so_and_not_signed_in() -> None:
    person = UserFactory.create(is_active=False)
    answer = Client().post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert "This account is closed" in answer.content.decode()


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    settings.BEHIND_PROXY = 1


def guess(person: User, password: str, *, address: str, client: Client | None = None) -> bool:
    form = {"login": person.email, "password": password}
    headers = {"X-Forwarded-For": address}
    answer = (client or Client()).post(reverse("account_login"), form, headers=headers)
    return answer.status_code == 302


@pytest.mark.usefixtures("behind_a_proxy")
def test_guessing_from_many_addresses_ends_and_the_owner_still_comes_in() -> None:
    person, known = UserFactory.create(), Client()
    assert guess(person, PASSWORD, address="198.51.100.7", client=known)
    known.post(reverse("account_logout"))
    assert not any(guess(person, "wrong", address=f"203.0.113.{number}") for number in range(25))
    assert not guess(person, PASSWORD, address="203.0.113.99")  # not even the right one
    assert guess(person, PASSWORD, address="192.0.2.50", client=known)  # the browser is known
    assert guess(person, PASSWORD, address="198.51.100.7")  # and so is the address


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_mailed_link_is_a_way_in_while_strangers_guess() -> None:
    person = UserFactory.create()
    for number in range(25):
        guess(person, "wrong", address=f"203.0.113.{number}")
    Client().post(reverse("account_reset_password"), {"email": person.email})
    client, headers = Client(), {"X-Forwarded-For": "192.0.2.50"}
    form = client.get(link_to_reset(), headers=headers).headers["Location"]
    client.post(form, {"password1": NEW, "password2": NEW}, headers=headers)
    assert guess(person, NEW, address="192.0.2.50")
