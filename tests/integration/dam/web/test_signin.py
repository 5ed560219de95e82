"""Signing in, and the mails around it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import sessions
from dam.accounts.models import User
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
OWNER, STRANGER = "198.51.100.7", "203.0.113.9"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    settings.BEHIND_PROXY = 1


def sign_in(user: User, password: str, *, address: str, host: str = "testserver") -> bool:
    form = {"login": user.email, "password": password}
    headers = {"X-Forwarded-For": f"made-up, {address}", "Host": host}
    return Client().post(reverse("account_login"), form, headers=headers).status_code == 302


@pytest.mark.usefixtures("behind_a_proxy")
def test_wrong_passwords_of_a_stranger_do_not_lock_the_owner_out() -> None:
    person = UserFactory.create()
    for _ in range(12):
        assert not sign_in(person, "wrong", address=STRANGER)
    assert not sign_in(person, PASSWORD, address=STRANGER)
    assert sign_in(person, PASSWORD, address=OWNER)


@pytest.mark.usefixtures("behind_a_proxy")
def test_one_address_is_not_counted_anew_by_another_host_header(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    person = UserFactory.create()
    for number in range(5):
        assert not sign_in(person, "wrong", address=STRANGER, host=f"host{number}.example")
    assert not sign_in(person, PASSWORD, address=STRANGER)


@pytest.mark.usefixtures("behind_a_proxy")
def test_colleagues_behind_one_address_who_mistype_do_not_lock_each_other_out() -> None:
    people = UserFactory.create_batch(10)
    for person in people:
        assert not sign_in(person, "wrong", address=OWNER)
    assert all(sign_in(person, PASSWORD, address=OWNER) for person in people)


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_company_behind_one_address_may_sign_in_at_the_same_minute() -> None:
    people = UserFactory.create_batch(40)
    assert all(sign_in(person, PASSWORD, address=OWNER) for person in people)


@pytest.mark.usefixtures("behind_a_proxy")
def test_whoever_guesses_at_ones_own_address_locks_no_known_browser_out() -> None:
    person, known = UserFactory.create(), Client()
    form, headers = {"login": person.email, "password": PASSWORD}, {"X-Forwarded-For": OWNER}
    known.post(reverse("account_login"), form, headers=headers)
    known.post(reverse("account_logout"))
    for number in range(70):
        guessed = person if number < 10 else UserFactory.create()
        assert not sign_in(guessed, "wrong", address=OWNER)
    assert not sign_in(person, PASSWORD, address=OWNER)
    assert known.post(reverse("account_login"), form, headers=headers).status_code == 302


@pytest.mark.usefixtures("behind_a_proxy")
def test_a_known_browser_guesses_no_more_than_others() -> None:
    person, known = UserFactory.create(), Client()
    form = {"login": person.email, "password": PASSWORD}
    known.post(reverse("account_login"), form)
    known.post(reverse("account_logout"))
    for number in range(6):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        known.post(reverse("account_login"), {**form, "password": "wrong"}, headers=headers)
    assert known.post(reverse("account_login"), form).status_code == 200


@pytest.mark.usefixtures("behind_a_proxy")
def test_files_to_verify_count_for_the_client_and_not_for_the_proxy(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 1

    def send(address: str) -> int:
        file = SimpleUploadedFile("clip.mp4", b"clip")
        headers = {"X-Forwarded-For": address}
        return Client().post(reverse("verify"), {"file": file}, headers=headers).status_code

    assert [send(OWNER), send(OWNER), send(STRANGER)] == [302, 429, 302]


@pytest.mark.parametrize("known", [True, False])
def test_links_in_mails_lead_to_the_configured_address(settings: Any, known: bool) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://reelproof.example.com", ["*"]
    email = UserFactory.create().email if known else "nobody@example.com"
    Client().post(reverse("account_reset_password"), {"email": email}, headers={"Host": "evil.example"})
    (sent,) = mail.outbox
    assert "evil" not in f"{sent.subject} {sent.body}"
    assert "https://reelproof.example.com/accounts/" in sent.body


ELSEWHERE = (
    "http://[",
    "//evil.example",
    "/\\evil.example",
    "////evil.example",
    "https:evil.example",
    "http:///evil.example",
    "/\t/evil.example",
    "/\r\n/evil.example",
    "\x01//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example",
    "http://trusted.example/",
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_and_out_leads_nowhere_else(settings: Any, address: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "trusted.example"]
    settings.CSRF_TRUSTED_ORIGINS = ["http://trusted.example"]
    person, client = UserFactory.create(), Client()
    form = {"login": person.email, "password": PASSWORD, "next": address}
    assert client.post(reverse("account_login"), form).headers["Location"] == "/"
    signed_out = client.post(reverse("account_logout"), {"next": address})
    assert signed_out.headers["Location"] == reverse("account_login")


@pytest.mark.parametrize("kind", ["unknown", "known", "without a password", "closed"])
def test_neither_words_nor_work_tell_a_stranger_whether_there_is_an_account(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is hashing: as much of it for every address, so that the time says nothing either."""
    user = UserFactory.create(email="ada@example.com", is_active=kind != "closed")
    if kind == "without a password":
        user.set_unusable_password()
        user.save()
    hashed, encode = [], MD5PasswordHasher.encode

    def counted(*given: Any) -> str:
        hashed.append(1)
        return encode(*given)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    login = "nobody@example.com" if kind == "unknown" else user.email
    answer = Client().post(reverse("account_login"), {"login": login, "password": "wrong"})
    assert "The email address or the password is not correct." in answer.content.decode()
    assert len(hashed) == 1


def test_signing_in_leads_back_to_where_somebody_was() -> None:
    person = UserFactory.create()
    form = {"login": person.email, "password": PASSWORD, "next": "/b/northwind/?q=a"}
    assert Client().post(reverse("account_login"), form).headers["Location"] == "/b/northwind/?q=a"


def test_signing_out_has_the_browser_drop_what_it_kept() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    assert client.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get(reverse("account_login")).headers


@pytest.mark.parametrize(
    ("password", "said"), [("x" * 129, "at most 128"), ("Adalbert Lovelace", "similar to the name")]
)
def test_a_new_password_is_not_endless_and_not_the_name(password: str, said: str) -> None:
    person = UserFactory.create(name="Adalbert Lovelace")
    with pytest.raises(ValidationError, match=said):
        password_validation.validate_password(password, person)
    password_validation.validate_password("y1" * 64, person)


def test_a_run_of_spaces_makes_no_password_longer() -> None:
    with pytest.raises(ValidationError, match="at least 12"):
        password_validation.validate_password("kq8" + " " * 20 + "zw4")
    password_validation.validate_password("kq8 zw4 pl9 v")


def test_sessions_that_ended_are_forgotten() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    other = Client()
    other.force_login(UserFactory.create())
    Session.objects.filter(pk=client.session.session_key).update(expire_date=timezone.now())
    sessions.forget_ended()
    assert [each.pk for each in Session.objects.all()] == [other.session.session_key]


@pytest.mark.parametrize("name", ["healthz", "readyz"])
def test_probes_are_read_and_nothing_else(name: str) -> None:
    assert Client().post(reverse(name)).status_code == 405
