"""What a view refuses and does not answer itself reaches people as a sentence and programs as a problem."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog import assets
from dam.core.command import Command
from dam.core.errors import Refused
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def trash_twice(monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str]:
    """A librarian whose second click comes after the first has moved the clip: client and address."""
    brand = BrandFactory.create()
    librarian = member(brand, Role.LIBRARIAN)
    asset = VersionFactory.create(asset__brand=brand, asset__created_by=librarian.user).asset

    def too_late(*args: object, **kwargs: object) -> None:
        raise assets.AlreadyThere("The clip is already in the trash.")

    monkeypatch.setattr(assets, "trash_many", too_late)
    client = Client()
    client.force_login(librarian.user)
    return client, reverse("asset-trash", args=[brand.slug, asset.pk])


def test_a_person_reads_why(trash_twice: tuple[Client, str]) -> None:
    client, address = trash_twice
    answer = client.post(address)
    assert answer.status_code == 409
    assert "The clip is already in the trash." in answer.content.decode()


def test_a_place_of_the_page_stays_and_a_message_says_why(trash_twice: tuple[Client, str]) -> None:
    client, address = trash_twice
    answer = client.post(address, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert answer.headers["HX-Reswap"] == "none"
    assert "The clip is already in the trash." in answer.headers["HX-Trigger"]


def test_a_program_gets_problem_details(trash_twice: tuple[Client, str]) -> None:
    client, address = trash_twice
    answer = client.post(address, headers={"Accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "already_there"


def test_a_command_ends_with_the_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    class Refusing(Command):
        def handle(self, *args: object, **options: object) -> None:
            raise Refused("There is no room left.")

    with pytest.raises(SystemExit):
        Refusing().run_from_argv(["manage.py", "refusing"])
    assert "There is no room left." in capsys.readouterr().err
