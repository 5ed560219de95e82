"""Signing in by SAML: what is signed and meant for us lets somebody in, and nothing else does."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from onelogin.saml2.constants import OneLogin_Saml2_Constants

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership, User
from dam.sso.models import CompanyDomain, GroupRule, ProviderKind, SignInProvider
from tests import saml_provider
from tests.factories import BrandFactory
from tests.saml_provider import Answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    brand = BrandFactory.create()
    _, certificate = saml_provider.key_and_certificate("acme")
    SignInProvider.objects.create(
        slug="acme",
        kind=ProviderKind.SAML,
        name="Acme",
        entity_id=saml_provider.ISSUER,
        sign_in_url=saml_provider.SIGN_IN_URL,
        certificate=certificate,
    )
    CompanyDomain.objects.create(domain="acme.example", provider="acme")
    GroupRule.objects.create(provider="acme", group="editors", brand=brand, role=Role.CREATOR)
    return brand


def browser() -> Client:
    """One that says where it is, as allauth asks of each."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def client() -> Client:
    return browser()


def asked(client: Client, **changes: Any) -> Answer:
    answer = saml_provider.asked(client, "acme")
    answer.groups = ("editors",)
    for name, value in changes.items():
        setattr(answer, name, value)
    return answer


def sent(client: Client, response: str) -> HttpResponse:
    address = reverse("saml_acs", args=["acme"])
    return client.post(address, {"SAMLResponse": response}, follow=True)  # type: ignore[return-value]


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_signed_answer_to_our_question_lets_the_person_in(brand: Brand, client: Client) -> None:
    answer = asked(client)
    sent(client, answer.response())
    assert signed_in(client)
    assert User.objects.get().email == "ada@acme.example"
    assert Membership.objects.get().brand == brand


def test_the_same_answer_lets_nobody_in_again(brand: Brand, client: Client) -> None:
    response = asked(client).response()
    sent(client, response)
    other = browser()
    sent(other, response)
    assert not signed_in(other)


def test_an_answer_that_nobody_asked_for_lets_nobody_in(brand: Brand, client: Client) -> None:
    response = asked(client).response()
    stranger = browser()
    sent(stranger, response)
    assert not signed_in(stranger)


@pytest.mark.parametrize(
    "changes",
    [
        {"signs": False},
        {"key": "somebody else"},
        {"audience": "https://another.example/metadata"},
        {"address": "https://another.example/acs/"},
        {"issuer": "https://idp.other.example/"},
        {"valid_for": timedelta(minutes=-5)},
        {
            "algorithm": OneLogin_Saml2_Constants.RSA_SHA1,
            "digest": OneLogin_Saml2_Constants.SHA1,
        },
    ],
    ids=["unsigned", "another key", "for another", "sent elsewhere", "another issuer", "too late", "weak"],
)
def test_what_is_not_signed_for_us_and_now_lets_nobody_in(
    brand: Brand, client: Client, changes: dict[str, Any]
) -> None:
    sent(client, asked(client, **changes).response())
    assert not signed_in(client)
    assert not User.objects.exists()


def altered(answer: Answer) -> list[str]:
    return [answer.assertion().replace("ada@acme.example", "eve@acme.example")]


def _forged(answer: Answer) -> str:
    return Answer(
        answer.request_id,
        answer.address,
        answer.audience,
        email="eve@acme.example",
        groups=("editors",),
        signs=False,
    ).assertion()


def beside_it_first(answer: Answer) -> list[str]:
    return [_forged(answer), answer.assertion()]


def beside_it_last(answer: Answer) -> list[str]:
    return [answer.assertion(), _forged(answer)]


def around_it(answer: Answer) -> list[str]:
    """The signed one lies within the forged one, whose contents would be read."""
    return [_forged(answer).replace("</saml:Assertion>", f"{answer.assertion()}</saml:Assertion>")]


def of_the_same_name(answer: Answer) -> list[str]:
    forged = Answer(
        answer.request_id,
        answer.address,
        answer.audience,
        email="eve@acme.example",
        groups=("editors",),
        signs=False,
        assertion_id=answer.assertion_id,
    )
    return [forged.assertion(), answer.assertion()]


@pytest.mark.parametrize("wrap", [altered, beside_it_first, beside_it_last, around_it, of_the_same_name])
def test_a_signature_covers_what_is_read_and_nothing_beside_it(
    brand: Brand, client: Client, wrap: Callable[[Answer], list[str]]
) -> None:
    answer = asked(client)
    sent(client, answer.response(*wrap(answer)))
    assert not signed_in(client)
    assert not User.objects.exists()


def test_a_comment_in_an_address_does_not_make_it_another(brand: Brand, client: Client) -> None:
    """Canonical XML leaves comments out, so the signature still holds; the text must be read whole."""
    answer = asked(client, email="ada@acme.example.evil.example")
    text = answer.assertion().replace("ada@acme.example.evil", "ada@acme.example<!-- -->.evil")
    sent(client, answer.response(text))
    assert not User.objects.filter(email="ada@acme.example").exists()


def test_what_is_no_answer_at_all_is_refused(brand: Brand, client: Client) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    for response in ("", "%%%", "bm90IFhNTA==", base64.b64encode(bomb).decode()):
        asked(client)
        assert sent(client, response).status_code in (400, 403)
    assert not signed_in(client)
