"""The second factor at sign-in, and brands that require one."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.access import tokens
from dam.accounts import outbox
from dam.accounts.capabilities import Capability, Role
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import Brand, User
from dam.audit.models import Event
from dam.web import events
from tests.factories import PASSWORD, BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
NEW = "another long passphrase"


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person(brand: Brand) -> User:
    return member(brand, Role.ADMIN).user


def with_app(user: User) -> str:
    """The secret of an authenticator app that the person has set up."""
    secret: str = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code_of(secret: str, *, later: int = 0) -> str:
    counter = list(totp.yield_hotp_counters_from_time())[1] + later
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def by_password(user: User, client: Client | None = None, *, password: str = PASSWORD) -> tuple[Client, Any]:
    client = client or Client()
    form = {"login": user.email, "password": password}
    return client, client.post(reverse("account_login"), form)


def send_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_a_password_alone_signs_nobody_in_who_has_an_app(person: User) -> None:
    secret = with_app(person)
    client, answer = by_password(person)
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert send_code(client, "000000").status_code == 200
    assert not is_signed_in(client)
    assert send_code(client, code_of(secret)).status_code == 302
    assert is_signed_in(client)


def test_a_code_works_once_even_after_the_cache_forgot_it(person: User) -> None:
    secret = with_app(person)
    code = code_of(secret)
    assert send_code(by_password(person)[0], code).status_code == 302
    cache.clear()
    assert send_code(by_password(person)[0], code).status_code == 200
    assert send_code(by_password(person)[0], code_of(secret, later=1)).status_code == 302


def test_a_recovery_code_works_once(person: User) -> None:
    with_app(person)
    codes = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()
    assert send_code(by_password(person)[0], codes[0]).status_code == 302
    assert send_code(by_password(person)[0], codes[0]).status_code == 200


def test_codes_are_bounded_for_the_account_whatever_the_address(person: User, settings: Any) -> None:
    settings.BEHIND_PROXY = 1
    secret = with_app(person)
    client, _ = by_password(person)
    for number in range(5):
        headers = {"X-Forwarded-For": f"203.0.113.{number}"}
        client.post(reverse("mfa_authenticate"), {"code": "000000"}, headers=headers)
    answer = send_code(client, code_of(secret))
    assert "Too many wrong codes" in answer.content.decode()
    assert not is_signed_in(client)


def test_secrets_lie_encrypted_in_the_database(person: User) -> None:
    secret = with_app(person)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert all(code not in kept for code in RecoveryCodes.activate(person).generate_codes())


def test_choosing_a_new_password_by_mail_leads_around_no_second_step(person: User) -> None:
    with_app(person)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": person.email})
    (link,) = re.findall(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    form = client.get(link).headers["Location"]
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert not is_signed_in(client)
    _, answer = by_password(person, client, password=NEW)
    assert answer.headers["Location"] == reverse("mfa_authenticate")


def test_setting_up_an_app_shows_recovery_codes_once_and_tells_by_mail_and_log(
    person: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client, _ = by_password(person)
    page = client.get(reverse("mfa_activate_totp"))
    secret = client.session[totp.SECRET_SESSION_KEY]
    assert secret in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in client.get(reverse("mfa_view_recovery_codes")).content.decode()
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert all(code not in again for code in codes)
    assert Event.objects.get(verb="member.second_factor_added").subject == person.name
    outbox.send_one(OutgoingMail.objects.get().pk)
    assert mail.outbox[-1].to == [person.email]
    assert "authenticator app was set up" in str(mail.outbox[-1].body)


def test_whoever_finds_an_open_browser_changes_nothing_without_confirming(person: User) -> None:
    client = Client()
    client.force_login(person)  # a session in which nobody has shown anything lately
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "account_token_new"):
        address = reverse(name)
        for answer in (client.get(address), client.post(address, {"name": "x"})):
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate")), name


def test_nobody_adds_a_second_step_to_an_address_that_may_be_someone_elses(person: User) -> None:
    User.objects.filter(pk=person.pk).update(proven_email="")
    client, _ = by_password(person)
    assert client.get(reverse("mfa_activate_totp")).headers["Location"] == reverse("mfa_index")


# Brands that require it


@pytest.fixture
def strict(brand: Brand) -> Brand:
    brand.requires_second_factor = True
    brand.save()
    return brand


def led_away(answer: Any) -> bool:
    where = str(answer.headers.get("Location", ""))
    return where.startswith(reverse("account_second_factor"))


def test_of_a_brand_that_requires_it_a_password_alone_shows_nothing(strict: Brand, person: User) -> None:
    client, _ = by_password(person)
    for name in ("library", "reviews", "administration", "brand-css"):
        assert led_away(client.get(reverse(name, args=[strict.slug]))), name
    page = client.get(reverse("library", args=[strict.slug]), follow=True).content.decode()
    assert "requires two-step verification" in page
    fragment = client.get(reverse("alert-count", args=[strict.slug]), headers={"HX-Request": "true"})
    assert reverse("account_second_factor") in fragment.headers["HX-Redirect"]
    program = client.get(reverse("palette", args=[strict.slug]), headers={"Accept": "application/json"})
    for answer in (program, client.get(reverse("uploads", args=[strict.slug]))):
        assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")


def test_setting_one_up_leads_on_to_where_somebody_wanted_to_go(
    strict: Brand, person: User, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client, _ = by_password(person)
    library = reverse("library", args=[strict.slug])
    assert client.get(library, follow=True).status_code == 200
    client.get(reverse("mfa_activate_totp"))
    code = code_of(client.session[totp.SECRET_SESSION_KEY])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code})
    shown = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert reverse("account_second_factor") in shown
    assert client.get(reverse("account_second_factor"), {"next": library}).headers["Location"] == library
    assert client.get(library).status_code == 200


def test_sessions_from_before_are_asked_for_the_second_step(strict: Brand, person: User) -> None:
    client, _ = by_password(person)
    secret = with_app(person)  # elsewhere
    library = reverse("library", args=[strict.slug])
    assert led_away(client.get(library))
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
    assert led_away(client.get(library))  # the password is no second step
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    assert client.get(library).status_code == 200


def test_removing_the_second_step_closes_the_brand_at_once(strict: Brand, person: User) -> None:
    secret = with_app(person)
    client, _ = by_password(person)
    send_code(client, code_of(secret))
    library = reverse("library", args=[strict.slug])
    assert client.get(library).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert led_away(client.get(library))


def test_an_open_stream_ends_when_the_brand_begins_to_require_it(brand: Brand, person: User) -> None:
    client, _ = by_password(person)
    request = client.get(reverse("library", args=[brand.slug])).wsgi_request
    assert events._may_listen(request, works_here=True)  # type: ignore[arg-type]
    Brand.objects.update(requires_second_factor=True)
    assert not events._may_listen(request, works_here=True)  # type: ignore[arg-type]


def test_tokens_go_on_and_no_new_one_is_made_around_it(strict: Brand, person: User) -> None:
    by = member(strict, Role.CREATOR)
    _, secret = tokens.create(by=by, name="nightly", capabilities=[Capability.VIEW])
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get(reverse("library", args=[strict.slug])).status_code == 200
    client, _ = by_password(person)
    assert led_away(client.get(reverse("account_token_new"), {"brand": strict.slug}))


def test_other_brands_and_other_people_are_not_asked(strict: Brand) -> None:
    elsewhere = member(BrandFactory.create(), Role.VIEWER)
    client, _ = by_password(elsewhere.user)
    assert client.get(reverse("library", args=[elsewhere.brand.slug])).status_code == 200
    assert client.get(reverse("account_second_factor"), {"next": "//evil.example"}).headers["Location"] == "/"
    assert client.get(reverse("library", args=[strict.slug])).status_code == 404


@pytest.mark.parametrize(
    "credential",
    ["null", "[]", "1", '"x"', "{}", '{"response": 1}', '{"id":"AA","rawId":"AA","response":{}}', "{"],
)
def test_no_made_up_passkey_signs_in_or_breaks_the_page(credential: str) -> None:
    client = Client(raise_request_exception=False)
    UserFactory.create()
    client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer.status_code == 302
    assert not is_signed_in(client)
