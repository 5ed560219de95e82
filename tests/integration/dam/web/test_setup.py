"""The first run: who gets to it, each step, and that it is over with the first account."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import setup
from dam.accounts.models import Brand, Membership, User
from dam.accounts.setup_models import Setup
from dam.audit.models import Event
from provenance.manifests import development_ca
from provenance.manifests.development_ca import Purpose
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PERSON = {"name": "Ada", "email": "Ada@Example.com", "password": "a long passphrase of mine"}


@pytest.fixture(autouse=True)
def _new(settings: Any) -> Iterator[None]:
    settings.SETUP = True
    setup._over[0] = False
    yield
    setup._over[0] = False


def link() -> str:
    out = StringIO()
    call_command("setup_link", stdout=out)
    return urlsplit(out.getvalue().strip()).path


@pytest.fixture
def browser() -> Client:
    client = Client()
    assert client.get(link()).headers["Location"] == reverse("setup")
    return client


def go(client: Client, step: str, /, **data: str) -> Any:
    return client.post(reverse(f"setup-{step}"), data)


def test_without_the_link_there_is_one_page_and_nothing_else() -> None:
    for path in (
        "/",
        "/verify/",
        "/accounts/login/",
        "/b/northwind/",
        "/setup/",
        "/setup/brand/",
        "/setup/open/x/",
    ):
        answer = Client().get(path)
        assert answer.status_code == 503
        assert "manage.py setup_link" in answer.content.decode()
    assert Client().post("/setup/you/", PERSON).status_code == 503
    assert Client().get("/healthz").status_code == 200
    assert not User.objects.exists()


def test_whoever_comes_while_another_finishes_is_led_to_sign_in(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(browser, "brand", name="Acme", hue="255")

    def held(_nonce: str) -> bool:
        """The other's account is there by the time that this is looked at."""
        UserFactory.create()
        return False

    monkeypatch.setattr(setup, "is_held_by", held)
    answer = go(browser, "administrator", **PERSON)
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("home"))


def test_a_link_lets_one_browser_in_once_and_only_its_hash_is_kept() -> None:
    path = link()
    secret = path.rstrip("/").rpartition("/")[2]
    assert secret not in str(Setup.objects.values())
    first, second = Client(), Client()
    assert first.get(path).status_code == 302
    assert first.get(path).status_code == 302  # a double click
    assert second.get(path).status_code == 503
    assert first.get("/setup/brand/").status_code == 200
    assert second.get(link()).status_code == 302
    assert first.get("/setup/brand/").status_code == 503  # the new link lets another in instead


def test_a_link_ends_after_a_day() -> None:
    path = link()
    Setup.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(path).status_code == 503


def test_the_steps_make_a_brand_and_its_administrator_who_is_signed_in(browser: Client) -> None:
    assert browser.get("/").headers["Location"] == "/setup/"
    assert browser.get("/setup/you/").headers["Location"] == "/setup/brand/"
    assert (
        go(browser, "brand", name="Northwind Drinks", accent_hue="45").headers["Location"] == "/setup/mail/"
    )
    go(browser, "brand", name="Northwind", accent_hue="45")  # the other tab
    assert Brand.objects.get().name == "Northwind"
    assert go(browser, "mail", do="skip").headers["Location"] == "/setup/signing/"
    assert browser.get("/setup/").headers["Location"] == "/setup/signing/"  # as it was left
    assert "development CA signs" in browser.get("/setup/signing/").content.decode()
    assert go(browser, "signing", do="go").headers["Location"] == "/setup/files/"
    assert "was written there" in browser.get("/setup/files/").content.decode()
    assert go(browser, "files").headers["Location"] == "/setup/you/"
    assert go(browser, "administrator", **PERSON | {"password": "password1234"}).status_code == 422
    brand = Brand.objects.get()
    assert go(browser, "administrator", **PERSON).headers["Location"] == f"/b/{brand.slug}/"
    person = User.objects.get()
    assert (person.email, person.is_superuser, person.is_proven) == ("ada@example.com", True, True)
    assert Membership.objects.get().role == "admin"
    assert browser.get(f"/b/{brand.slug}/").status_code == 200
    made, admitted = Event.objects.filter(
        brand=brand, verb__in=("brand.created", "member.admitted")
    ).order_by("sequence")
    assert (made.target, admitted.verb) == (brand.name, "member.admitted")
    assert admitted.about_ref  # whose name is sealed apart, so that it can be erased
    assert "Ada" not in admitted.target


def test_a_second_click_makes_no_second_administrator(browser: Client) -> None:
    go(browser, "brand", name="Northwind", accent_hue="45")
    twin = Client()
    twin.cookies.load(browser.cookies.output(header=""))
    go(browser, "administrator", **PERSON)
    assert go(twin, "administrator", **PERSON | {"email": "eve@example.com"}).headers["Location"] == "/"
    assert User.objects.get().email == "ada@example.com"
    with pytest.raises(setup.AlreadySetUp):
        setup.admit_first(email="eve@example.com", name="Eve", password="x")


def test_where_people_are_it_is_never_shown() -> None:
    path = link()
    UserFactory.create()
    assert Client().get("/setup/brand/").headers["Location"] == "/"
    assert Client().get(path).headers["Location"] == "/"
    assert Client().get("/accounts/login/").status_code == 200
    with pytest.raises(CommandError, match="has people"):
        call_command("setup_link", stdout=StringIO())


def test_a_demo_needs_no_setting_up(settings: Any) -> None:
    settings.DEMO = True
    assert Client().get("/accounts/login/").status_code == 200


def test_own_keys_are_checked_as_the_settings_are(browser: Client, tmp_path: Path) -> None:
    go(browser, "brand", name="Northwind", accent_hue="45")
    names = ("generator_chain", "generator_key", "reviewer_chain", "reviewer_key")
    wrong = go(browser, "signing", do="check", **{name: str(tmp_path / "none.pem") for name in names})
    assert wrong.status_code == 422
    development_ca.ensure(tmp_path / "ca", at=timezone.now())
    for purpose in Purpose:
        (tmp_path / f"{purpose}.pem").write_text(development_ca.credential_pem(tmp_path / "ca", purpose))
    given = {name: str(tmp_path / f"{name.partition('_')[0]}.pem") for name in names}
    answer = go(browser, "signing", do="check", **given)
    assert f"SIGNING_REVIEWER_KEY={tmp_path / 'reviewer.pem'}" in answer.content.decode()
    assert "PRIVATE KEY" not in answer.content.decode()
