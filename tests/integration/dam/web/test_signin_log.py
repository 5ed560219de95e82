"""What the log says of signing in."""

import logging
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    cache.clear()
    caplog.set_level(logging.INFO, logger="dam.web.signin_log")
    yield
    cache.clear()


def test_signing_in_and_out_is_logged_by_number_and_address(caplog: pytest.LogCaptureFixture) -> None:
    person, client = UserFactory.create(), Client(REMOTE_ADDR="198.51.100.7")
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    assert f"User {person.pk} signed in from 198.51.100.7." in caplog.text
    assert f"User {person.pk} signed out from 198.51.100.7." in caplog.text


def test_wrong_passwords_are_logged_and_never_the_password(caplog: pytest.LogCaptureFixture) -> None:
    person, client = UserFactory.create(), Client(REMOTE_ADDR="198.51.100.7")
    for _ in range(6):
        client.post(reverse("account_login"), {"login": person.email, "password": "hunter2-hunter2"})
    assert f"Signing in as {person.email!r} from 198.51.100.7 failed." in caplog.text
    assert "refused after too many wrong passwords" in caplog.text
    assert "hunter2" not in caplog.text
