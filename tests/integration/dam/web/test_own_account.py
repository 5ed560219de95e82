"""Profile, sessions, API tokens, the address, and an administrator's reset."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import ApiToken, Brand, Membership, User
from dam.audit.models import Event
from tests.factories import PASSWORD, BrandFactory, MembershipFactory, UserFactory, member

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(brand: Brand) -> User:
    return member(brand, Role.CREATOR).user


def signed_in(user: User, **headers: str) -> Client:
    client = Client(headers=headers)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_another_name_is_told_in_the_log_of_the_brand(person: User, brand: Brand) -> None:
    form = {"name": " Ada   Lovelace ", "language": "de", "time_zone": "Europe/Berlin"}
    assert signed_in(person).post(reverse("account_profile"), form).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.language, person.time_zone) == ("Ada Lovelace", "de", "Europe/Berlin")
    assert Event.objects.filter(brand=brand, verb="member.renamed").count() == 1


def test_the_menu_leads_to_the_notification_settings_of_the_last_brand(person: User, brand: Brand) -> None:
    MembershipFactory.create(brand=BrandFactory.create(name="A first one"), user=person)
    client = signed_in(person)
    client.get(reverse("library", args=[brand.slug]))
    page = client.get(reverse("account_profile")).content.decode()
    assert reverse("notification-settings", args=[brand.slug]) in page
    Membership.objects.filter(user=person).delete()
    assert "notifications/settings/" not in client.get(reverse("account_profile")).content.decode()


@pytest.mark.parametrize("wrong", [{"name": "  "}, {"language": "tlh"}, {"time_zone": "Mars/Olympus"}])
def test_a_profile_of_nonsense_is_refused(person: User, wrong: dict[str, str]) -> None:
    form = {"name": "Ada", "language": "", "time_zone": ""} | wrong
    assert signed_in(person).post(reverse("account_profile"), form).status_code == 422


def test_a_session_is_listed_with_its_device_and_ended_from_another(person: User) -> None:
    here, there = signed_in(person), signed_in(person, user_agent=FIREFOX)
    assert "Firefox on Linux" in here.get(reverse("usersessions_list")).content.decode()
    row = UserSession.objects.get(user_agent=FIREFOX)
    assert here.post(reverse("account_session_end", args=[row.pk])).status_code == 302
    assert not is_signed_in(there)
    assert is_signed_in(here)


def test_nobody_ends_someone_elses_session(person: User) -> None:
    signed_in(person)
    stranger = signed_in(UserFactory.create())
    row = UserSession.objects.get(user=person)
    assert stranger.post(reverse("account_session_end", args=[row.pk])).status_code == 404


def test_all_others_end_also_those_that_were_never_listed(person: User) -> None:
    here, unlisted, other = signed_in(person), signed_in(person), signed_in(UserFactory.create())
    UserSession.objects.exclude(session_key=here.session.session_key).delete()
    here.post(reverse("account_sessions_end_others"))
    assert (is_signed_in(here), is_signed_in(unlisted), is_signed_in(other)) == (True, False, True)


def make_token(client: Client, brand: Brand, *may: str, expires: str = "30") -> Any:
    form = {"brand": brand.slug, "name": "Nightly", "expires": expires, "capabilities": may}
    return client.post(reverse("account_token_new"), form)


def test_a_token_is_shown_once_and_works(person: User, brand: Brand) -> None:
    client = signed_in(person)
    page = make_token(client, brand, "view").content.decode()
    (secret,) = re.findall(r"rpt_[\w-]+", page)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get(reverse("library", args=[brand.slug])).status_code == 200
    listed = client.get(reverse("account_tokens")).content.decode()
    assert secret not in listed
    assert secret[:12] in listed
    client.post(reverse("account_token_revoke", args=[ApiToken.objects.get().pk]))
    assert program.get(reverse("library", args=[brand.slug])).status_code == 401


def test_nobody_gives_a_token_what_they_cannot_do(person: User, brand: Brand) -> None:
    client = signed_in(person)
    for may in ("manage_brand", "decide_legal", "no such thing"):
        assert make_token(client, brand, may).status_code == 422
    assert make_token(client, BrandFactory.create(), "view").status_code == 404
    assert not ApiToken.objects.exists()


def test_who_runs_the_brand_sees_and_revokes_its_tokens_and_no_others(person: User, brand: Brand) -> None:
    elsewhere = member(BrandFactory.create(), Role.CREATOR)
    theirs, _ = tokens.create(by=elsewhere, name="Theirs", capabilities=[Capability.VIEW])
    make_token(signed_in(person), brand, "view")
    admin = signed_in(member(brand, Role.ADMIN).user)
    page = admin.get(reverse("administration-api", args=[brand.slug])).content.decode()
    assert "Nightly" in page
    assert "Theirs" not in page
    ours = ApiToken.objects.get(name="Nightly")
    admin.post(reverse("administration-api-revoke", args=[brand.slug, ours.pk]))
    answer = admin.post(reverse("administration-api-revoke", args=[brand.slug, theirs.pk]))
    assert answer.status_code == 404
    assert list(ApiToken.objects.filter(revoked_at=None)) == [theirs]


# The address


def link_in_mail() -> str:
    (link,) = re.findall(r"/accounts/security/address/\S+", str(mail.outbox[-1].body))
    return str(link)


def test_an_address_is_proven_by_whoever_has_the_account_and_reads_its_mail(person: User) -> None:
    User.objects.filter(pk=person.pk).update(proven_email="")
    client, elsewhere = signed_in(person), signed_in(person)
    client.post(reverse("account_address_send"))
    link = link_in_mail()
    assert Client().post(link).status_code == 302  # who reads the mail and has no account here signs in first
    assert signed_in(UserFactory.create()).post(link).status_code == 410
    person.refresh_from_db()
    assert not person.is_proven
    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 302
    person.refresh_from_db()
    assert person.is_proven
    assert not is_signed_in(elsewhere)
    assert client.post(link).status_code == 410


# Somebody lost their second step


def lose(user: User) -> None:
    totp.TOTP.activate(user, totp.generate_totp_secret())


def reset(client: Client, brand: Brand, user: User) -> int:
    return client.post(reverse("person-second-factor", args=[brand.slug, user.pk])).status_code


def test_an_administrator_resets_it_and_the_person_is_told(person: User, brand: Brand) -> None:
    inside = signed_in(person)
    lose(person)
    assert reset(signed_in(member(brand, Role.ADMIN).user), brand, person) == 302
    assert not Authenticator.objects.exists()
    assert not is_signed_in(inside)
    assert Event.objects.filter(brand=brand, verb="member.second_factor_reset").exists()
    assert OutgoingMail.objects.count() == 1


def test_who_is_in_other_brands_too_is_for_the_installation_to_reset(person: User, brand: Brand) -> None:
    lose(person)
    Membership.objects.create(user=person, brand=BrandFactory.create(), role=Role.VIEWER.value)
    admin = member(brand, Role.ADMIN).user
    assert reset(signed_in(admin), brand, person) == 403
    assert Authenticator.objects.exists()
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    assert reset(signed_in(admin), brand, person) == 302
    assert not Authenticator.objects.exists()


def test_neither_an_installation_administrator_nor_a_stranger_is_reset_by_a_brand(brand: Brand) -> None:
    admin, above = member(brand, Role.ADMIN).user, member(brand, Role.VIEWER).user
    User.objects.filter(pk=above.pk).update(is_superuser=True)
    lose(above)
    assert reset(signed_in(admin), brand, above) == 403
    assert reset(signed_in(admin), brand, UserFactory.create()) == 404
    assert reset(signed_in(admin), brand, admin) == 403
    assert Authenticator.objects.exists()


def test_resetting_asks_who_it_is(person: User, brand: Brand) -> None:
    lose(person)
    client = Client()
    client.force_login(member(brand, Role.ADMIN).user)
    assert reset(client, brand, person) == 302
    assert Authenticator.objects.exists()
