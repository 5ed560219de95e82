"""What the log says of those who were refused."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db
FROM = "198.51.100.7"


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="dam.web.refusal_log")


def test_who_was_refused_is_logged_by_number_and_address(
    caplog: pytest.LogCaptureFixture, brand: Brand
) -> None:
    person, client = member(brand, Role.VIEWER).user, Client(REMOTE_ADDR=FROM)
    client.force_login(person)
    address = reverse("trash", args=[brand.slug])
    client.get(address)
    assert f"Answered 403 to GET {address}, asked by user {person.pk} from {FROM}." in caplog.text


def test_what_a_person_may_not_see_is_logged_too(caplog: pytest.LogCaptureFixture, brand: Brand) -> None:
    person, client = member(brand, Role.VIEWER).user, Client(REMOTE_ADDR=FROM)
    client.force_login(person)
    draft = VersionFactory.create(asset__brand=brand, asset__title="Secret launch")
    address = reverse("asset", args=[brand.slug, draft.asset_id])
    client.get(address, {"q": "words"})
    assert f"Answered 404 to GET {address}, asked by user {person.pk} from {FROM}." in caplog.text
    assert "Secret launch" not in caplog.text
    assert "words" not in caplog.text


def test_tokens_and_strangers_are_told_apart(caplog: pytest.LogCaptureFixture, brand: Brand) -> None:
    owner = member(brand, Role.VIEWER)
    token, secret = tokens.create(by=owner, name="nightly", capabilities=[Capability.VIEW])
    address = reverse("trash", args=[brand.slug])
    Client(headers={"Authorization": f"Bearer {secret}"}, REMOTE_ADDR=FROM).get(address)
    Client(headers={"Authorization": "Bearer made-up"}, REMOTE_ADDR=FROM).get(address)
    assert f"asked by token {token.pk} of user {owner.user.pk} from {FROM}." in caplog.text
    assert f"Answered 401 to GET {address}, asked by someone not signed in from {FROM}." in caplog.text
    assert secret not in caplog.text


def test_what_was_answered_is_no_refusal(caplog: pytest.LogCaptureFixture, brand: Brand) -> None:
    client = Client()
    client.force_login(member(brand, Role.VIEWER).user)
    client.get(reverse("library", args=[brand.slug]))
    assert "Answered" not in caplog.text
