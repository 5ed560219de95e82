"""Signing in with a real OpenID provider: who is let in, to what, and who is not."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import invitations
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Invitation, Membership, User
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.sso.models import CompanyDomain, GroupRule, SignInProvider
from tests.factories import PASSWORD, BrandFactory, UserFactory, member
from tests.openid_provider import Acme

pytestmark = pytest.mark.django_db


def rule(brand: Brand, *, group: str = "editors", role: Role = Role.CREATOR) -> GroupRule:
    return GroupRule.objects.create(provider="acme", group=group, brand=brand, role=role.value)


def signed_in(client: Client) -> str:
    """The address of who is signed in; "" for nobody."""
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number).email if number else ""


def role_of(user: User, brand: Brand) -> str:
    return Membership.objects.filter(user=user, brand=brand).values_list("role", flat=True).first() or ""


def test_somebody_new_joins_the_brand_that_their_group_gives(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    brand = BrandFactory.create()
    rule(brand)
    acme.knows("ada", groups=["editors", "others"])
    answer = acme.signs_in(client, "ada")
    user = User.objects.get(email="ada@acme.example")
    assert answer.redirect_chain[-1][0] == reverse("library", args=[brand.slug])
    assert (user.name, role_of(user, brand)) == ("Ada", Role.CREATOR)
    assert not user.has_usable_password()
    joined = Event.objects.get(brand=brand)
    assert joined.verb == Verb.COMPANY_JOINED
    # What is sealed for ever names nobody.
    assert "Ada" not in f"{joined.target} {joined.data}"


def test_of_several_groups_the_one_that_may_most_counts(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    brand = BrandFactory.create()
    rule(brand, group="everyone", role=Role.VIEWER)
    rule(brand, group="leads", role=Role.LIBRARIAN)
    acme.knows("bo", groups=["everyone", "leads"])
    acme.signs_in(client, "bo")
    assert role_of(User.objects.get(), brand) == Role.LIBRARIAN


def test_membership_ends_at_the_next_sign_in_after_the_group_was_taken_away(
    acme: Acme, client: Client
) -> None:
    acme.is_set_up()
    brand = BrandFactory.create()
    rule(brand)
    acme.knows("cy", groups=["editors"])
    acme.signs_in(client, "cy")
    acme.knows("cy", groups=[])
    answer = acme.signs_in(client, "cy")
    assert answer.status_code == 403
    assert "none of your groups" in answer.content.decode()
    assert not Membership.objects.exists()
    acme.knows("cy", groups=["editors"])
    acme.signs_in(client, "cy")
    assert role_of(User.objects.get(), brand) == Role.CREATOR


def test_who_was_deactivated_by_hand_stays_out_whatever_the_groups_say(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    brand = BrandFactory.create()
    rule(brand)
    acme.knows("di", groups=["editors"])
    acme.signs_in(client, "di")
    Membership.objects.update(deactivated_at="2026-01-01T00:00:00Z")
    acme.signs_in(client, "di")
    assert not Membership.objects.exists()


def test_a_membership_given_by_hand_outlasts_the_groups(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    person = member(BrandFactory.create(), Role.VIEWER, email="ed@acme.example")
    acme.knows("ed", groups=[])
    assert acme.signs_in(client, "ed").status_code == 200
    assert role_of(person.user, person.brand) == Role.VIEWER


def test_the_last_administrator_stays_when_their_group_is_taken_away(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    brand = BrandFactory.create()
    rule(brand, role=Role.ADMIN)
    acme.knows("fi", groups=["editors"])
    acme.signs_in(client, "fi")
    acme.knows("fi", groups=[])
    acme.signs_in(client, "fi")
    assert role_of(User.objects.get(), brand) == Role.ADMIN


def test_somebody_new_without_a_brand_gets_a_page_and_no_account(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    acme.knows("gil", groups=["nobody's"])
    answer = acme.signs_in(client, "gil")
    assert answer.status_code == 403
    assert "belong to a brand yet" in answer.content.decode()
    assert not User.objects.exists()
    assert not signed_in(client)


def test_an_account_is_linked_by_its_verified_address_and_then_by_the_providers_name(
    acme: Acme, client: Client
) -> None:
    acme.is_set_up()
    person = member(BrandFactory.create(), email="hal@acme.example")
    acme.knows("hal")
    acme.signs_in(client, "hal")
    assert signed_in(client) == "hal@acme.example"
    acme.knows("hal", email="someone.else@acme.example")
    acme.signs_in(client, "hal")
    assert signed_in(client) == person.user.email
    assert SocialAccount.objects.get().extra_data.keys() == {"iss", "sub"}


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"email_verified": False}, "verified that"),
        ({"email_verified": None}, "verified that"),
        ({"email": "ivy@other.example"}, "sign in addresses at other.example"),
        ({"email": None}, "say what your email address is"),
    ],
)
def test_no_account_is_taken_by_an_address_that_nobody_vouches_for(
    acme: Acme, client: Client, claims: dict[str, Any], words: str
) -> None:
    acme.is_set_up()
    for address in ("ivy@acme.example", "ivy@other.example"):
        member(BrandFactory.create(), email=address)
    acme.knows("ivy", **claims)
    answer = acme.signs_in(client, "ivy")
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_a_provider_that_never_says_verified_can_be_trusted_with_its_domains(
    acme: Acme, client: Client
) -> None:
    acme.is_set_up(vouches_for_addresses=True)
    member(BrandFactory.create(), email="jo@acme.example")
    acme.knows("jo", email_verified=None)
    acme.signs_in(client, "jo")
    assert signed_in(client) == "jo@acme.example"


def test_an_account_that_only_claimed_the_address_loses_its_password(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    person = member(BrandFactory.create(), email="kim@acme.example", proven_email="")
    acme.knows("kim")
    acme.signs_in(client, "kim")
    person.user.refresh_from_db()
    assert person.user.is_proven
    assert not person.user.has_usable_password()


def test_a_closed_account_stays_closed(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    member(BrandFactory.create(), email="lou@acme.example", is_active=False)
    acme.knows("lou")
    assert acme.signs_in(client, "lou").status_code == 403
    assert not signed_in(client)


def test_a_provider_that_was_switched_off_signs_nobody_in(acme: Acme, client: Client) -> None:
    acme.is_set_up(enabled=False)
    assert client.get(reverse("openid_connect_login", args=["acme"])).status_code == 404


def test_another_browsers_sign_in_is_not_taken_over(acme: Acme, client: Client) -> None:
    import requests

    acme.is_set_up()
    member(BrandFactory.create(), email="max@acme.example")
    acme.knows("max")
    begun = client.get(reverse("openid_connect_login", args=["acme"]))
    returned = requests.post(
        begun.headers["Location"], data={"sub": "max"}, allow_redirects=False, timeout=10
    )
    other = Client(SERVER_NAME="localhost")
    assert other.get(returned.headers["Location"]).status_code == 403
    assert not signed_in(other)


def test_signing_in_leads_back_to_where_somebody_was_and_nowhere_else(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    person = member(BrandFactory.create(), email="nia@acme.example")
    acme.knows("nia")
    trash = reverse("trash", args=[person.brand.slug])
    assert acme.signs_in(client, "nia", back=trash).redirect_chain[-1][0] == trash
    elsewhere = acme.signs_in(client, "nia", back="https://evil.example/")
    assert all("evil" not in address for address, _ in elsewhere.redirect_chain)


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_nothing_but_signing_in_can_be_asked_for(acme: Acme, client: Client, process: str) -> None:
    acme.is_set_up()
    begun = client.get(
        reverse("openid_connect_login", args=["acme"]),
        {"process": process, "scope": "admin", "auth_params": "client_id=other"},
    )
    assert "admin" not in begun.headers["Location"]
    assert "other" not in begun.headers["Location"]
    (state,) = client.session["socialaccount_states"].values()
    assert state[0]["process"] == "login"


def test_people_of_a_domain_can_be_asked_to_sign_in_with_the_company_alone(
    acme: Acme, client: Client
) -> None:
    acme.is_set_up()
    CompanyDomain.objects.update(only_company_sign_in=True)
    member(BrandFactory.create(), email="oz@acme.example")
    for address, password in (
        ("oz@acme.example", PASSWORD),
        ("oz@acme.example", "no"),
        ("no@acme.example", "no"),
    ):
        answer = client.post(reverse("account_login"), {"login": address, "password": password})
        assert "sign in with Acme" in answer.content.decode()
    assert not signed_in(client)


def test_who_runs_the_installation_keeps_their_password(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    CompanyDomain.objects.update(only_company_sign_in=True)
    person = UserFactory.create(email="pat@acme.example", is_superuser=True)
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert signed_in(client) == person.email


def test_a_provider_that_is_off_keeps_nobody_from_their_password(acme: Acme, client: Client) -> None:
    acme.is_set_up(enabled=False)
    CompanyDomain.objects.update(only_company_sign_in=True)
    person = member(BrandFactory.create(), email="quin@acme.example")
    client.post(reverse("account_login"), {"login": person.user.email, "password": PASSWORD})
    assert signed_in(client) == person.user.email


def test_signing_out_tells_of_the_provider(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    member(BrandFactory.create(), email="ray@acme.example")
    acme.knows("ray")
    acme.signs_in(client, "ray")
    answer = client.post(reverse("account_logout"), follow=True)
    assert "Sign out of Acme" in answer.content.decode()
    assert f"{acme.issuer}/oauth2/end_session?client_id=reelproof" in answer.content.decode()


def test_the_environment_can_set_a_provider(acme: Acme, client: Client, settings: Any) -> None:
    settings.OIDC_ISSUER, settings.OIDC_NAME, settings.OIDC_DOMAINS = (
        acme.issuer,
        "Acme Inc.",
        ["acme.example"],
    )
    assert "Sign in with Acme Inc." in client.get(reverse("account_login")).content.decode()
    begun = client.get(reverse("openid_connect_login", args=["company"]))
    assert begun.headers["Location"].startswith(f"{acme.issuer}/oauth2/authorize")


def test_a_provider_that_is_away_is_told_on_a_page(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    SignInProvider.objects.update(issuer="http://localhost:9")
    answer = client.get(reverse("openid_connect_login", args=["acme"]))
    assert answer.status_code == 502
    assert "be reached" in answer.content.decode()


def test_an_invitation_is_accepted_with_the_company_and_no_password(acme: Acme, client: Client) -> None:
    acme.is_set_up()
    CompanyDomain.objects.update(only_company_sign_in=True)
    brand = BrandFactory.create()
    invitation = Invitation.objects.create(
        brand=brand,
        email="sam@acme.example",
        role="creator",
        invited_by=member(brand, Role.ADMIN).user,
        expires_at=timezone.now() + timedelta(days=1),
    )
    client.get(reverse("join-link", args=[invitations.new_secret(invitation, shown=False)]))
    page = client.get(reverse("join")).content.decode()
    assert "Sign in with Acme" in page
    assert "password1" not in page
    acme.knows("sam")
    acme.signs_in(client, "sam", back=reverse("join"))
    client.post(reverse("join"))
    assert role_of(User.objects.get(email="sam@acme.example"), brand) == Role.CREATOR
