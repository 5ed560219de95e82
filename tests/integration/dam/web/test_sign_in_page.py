"""Administration → Sign-in: who may set it up, what is kept, and what is never shown again."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.scim import tokens
from dam.scim.models import ScimToken
from dam.sso.models import CompanyDomain, GroupRule, SignInProvider
from tests import openid_provider
from tests.factories import PASSWORD, UserFactory, member
from tests.openid_provider import Acme

SECRET = "hush-hush"


@pytest.fixture(scope="module")
def acme() -> Iterator[Acme]:
    with openid_provider.running() as acme:
        yield acme


@pytest.fixture
def runs_it(brand: Brand) -> Client:
    """Somebody who runs the installation and has just shown who they are."""
    person = member(brand, Role.ADMIN, is_superuser=True)
    client = Client()
    client.force_login(person.user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def openid_form(issuer: str, **changed: str) -> dict[str, str]:
    return {
        "name": "Acme",
        "issuer": issuer,
        "client_id": "reelproof",
        "client_secret": SECRET,
        "groups_claim": "groups",
        "enabled": "on",
        **changed,
    }


def test_a_provider_is_looked_up_kept_and_its_secret_encrypted_and_never_shown(
    acme: Acme, brand: Brand, runs_it: Client
) -> None:
    answer = runs_it.post(
        reverse("sign-in-add", args=[brand.slug, "oidc"]), openid_form(acme.issuer), follow=True
    )
    page = answer.content.decode()
    assert "/accounts/company/acme/login/callback/" in page
    assert SECRET not in page
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM dam_signinprovider")
        assert SECRET not in cursor.fetchone()[0]
    assert SECRET not in str(Event.objects.get(verb=Verb.COMPANY_SIGN_IN_CHANGED).data)
    unchanged = openid_form(acme.issuer, client_secret="", name="Acme Inc.")
    runs_it.post(reverse("sign-in-provider", args=[brand.slug, "acme"]), unchanged)
    row = SignInProvider.objects.get()
    assert (row.name, row.client_secret) == ("Acme Inc.", SECRET)


@pytest.mark.parametrize(
    "issuer", ["http://10.0.0.1", "https://10.0.0.1", "http://localhost:9", "javascript:x"]
)
def test_an_issuer_that_does_not_answer_or_is_in_a_private_network_is_refused(
    brand: Brand, runs_it: Client, issuer: str
) -> None:
    answer = runs_it.post(reverse("sign-in-add", args=[brand.slug, "oidc"]), openid_form(issuer))
    assert answer.status_code == 422
    assert not SignInProvider.objects.exists()


def test_another_issuer_ends_the_links_of_the_one_before(acme: Acme, brand: Brand, runs_it: Client) -> None:
    SignInProvider.objects.create(slug="acme", name="Acme", issuer="https://old.example", client_id="x")
    SocialAccount.objects.create(user=UserFactory.create(), provider="acme", uid="1")
    runs_it.post(reverse("sign-in-provider", args=[brand.slug, "acme"]), openid_form(acme.issuer))
    assert not SocialAccount.objects.exists()


def test_domains_and_rules_are_added_changed_and_removed(brand: Brand, runs_it: Client) -> None:
    SignInProvider.objects.create(slug="acme", name="Acme", issuer="https://id.example", client_id="x")
    domains = reverse("sign-in-domains", args=[brand.slug, "acme"])
    rules = reverse("sign-in-rules", args=[brand.slug, "acme"])
    runs_it.post(domains, {"domain": "@Acme.example"})
    row = CompanyDomain.objects.get(domain="acme.example", provider="acme", only_company_sign_in=False)
    runs_it.post(domains, {"domain_id": row.pk})
    assert CompanyDomain.objects.get().only_company_sign_in
    runs_it.post(domains, {"domain_id": row.pk, "remove": "1"})
    runs_it.post(domains, {"domain": "not a domain"})
    assert not CompanyDomain.objects.exists()
    for _twice in range(2):
        runs_it.post(rules, {"group": "editors", "brand": brand.pk, "role": "creator"})
    given = GroupRule.objects.get()
    assert (given.group, given.role) == ("editors", "creator")
    runs_it.post(rules, {"rule_id": given.pk})
    assert not GroupRule.objects.exists()
    assert Event.objects.filter(verb=Verb.COMPANY_SIGN_IN_CHANGED).count() == 5
    directory = reverse("sign-in-rules", args=[brand.slug, "scim"])
    crew = {"group": "crew", "role": "viewer", "brand": brand.pk}
    runs_it.post(directory, crew, headers={"Accept-Language": "de"})
    assert Event.objects.latest("sequence").subject == "Directory (SCIM)"  # one language for the log


def test_whoever_has_not_just_shown_who_they_are_changes_nothing(brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.ADMIN, is_superuser=True).user)
    asked = client.get(reverse("sign-in-add", args=[brand.slug, "oidc"]))
    assert "reauthenticate" in asked.headers["Location"]
    client.post(reverse("scim-token-create", args=[brand.slug]), {"name": "Okta", "role": "viewer"})
    assert not ScimToken.objects.exists()


def test_a_directory_token_is_shown_once_and_revoked_at_once(brand: Brand, runs_it: Client) -> None:
    create = reverse("scim-token-create", args=[brand.slug])
    page = runs_it.post(create, {"name": "Okta", "role": "viewer"}, follow=True).content.decode()
    row = ScimToken.objects.get()
    secret = page.split('<code class="mono">')[1].split("<")[0]
    assert row.digest != secret
    assert tokens.of_secret(secret, at=row.created_at) == row
    assert secret not in runs_it.get(reverse("sign-in", args=[brand.slug])).content.decode()
    runs_it.post(reverse("scim-token-revoke", args=[brand.slug, row.pk]))
    assert tokens.of_secret(secret, at=row.created_at) is None
