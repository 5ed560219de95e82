"""Ending a kind of mail by the address in it."""

from urllib.parse import urlsplit

import pytest
from django.test import Client

from dam.accounts import unsubscribes
from dam.accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> list[tuple[User, str]]:
    calls: list[tuple[User, str]] = []

    def turn_off(user: User, kind: str) -> str:
        calls.append((user, kind))
        return "Comments"

    monkeypatch.setattr(unsubscribes, "_turn_off", [turn_off])
    return calls


def test_opening_the_address_asks_and_changes_nothing(ended: list[tuple[User, str]]) -> None:
    person = UserFactory.create()
    page = Client().get(urlsplit(unsubscribes.url(person, "comments")).path)
    assert person.email in page.content.decode()
    assert ended == []


def test_a_mail_programs_one_click_ends_it_without_signing_in(ended: list[tuple[User, str]]) -> None:
    person = UserFactory.create()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        urlsplit(unsubscribes.url(person, "comments")).path, {"List-Unsubscribe": "One-Click"}
    )
    assert answer.status_code == 200
    assert ended == [(person, "comments")]
    assert "“Comments” is turned off" in answer.content.decode()


def test_an_address_of_nobody_is_not_found(ended: list[tuple[User, str]]) -> None:
    person = UserFactory.create()
    path = urlsplit(unsubscribes.url(person, "comments")).path
    person.delete()
    assert Client().post(path).status_code == 404
    assert ended == []
