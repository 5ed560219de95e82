"""What works once works once, also for two who come at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts import setup
from dam.accounts.models import Brand, User
from dam.web import totp_codes
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(call: Callable[[], Any], *, times: int = 4) -> list[Any]:
    together, said = threading.Barrier(times), []

    def run() -> None:
        together.wait(timeout=60)
        try:
            said.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return said


def test_a_recovery_code_and_a_code_of_the_app_open_once() -> None:
    user = UserFactory.create()
    codes = RecoveryCodes.activate(user)
    app = totp.TOTP.activate(user, totp.generate_totp_secret()).instance
    secret = decrypt(app.data["secret"])
    now = next(iter(totp.yield_hotp_counters_from_time()))
    for pk, code in (
        (codes.instance.pk, codes.get_unused_codes()[0]),
        (app.pk, totp.format_hotp_value(totp.hotp_value(secret, now))),
    ):
        said = at_once(lambda pk=pk, code=code: totp_codes.opens(Authenticator.objects.get(pk=pk), code))  # type: ignore[misc]
        assert sorted(said) == [False, False, False, True]


def test_two_who_set_up_at_once_make_one_administrator(settings: Any) -> None:
    settings.SETUP = True
    setup._over[0] = False
    cache.clear()
    secret = setup.new_link(at=timezone.now()).rstrip("/").rpartition("/")[2]
    nonce = setup.use_link(secret, at=timezone.now())
    setup.state()
    setup.name_brand("Amce", hue=255)
    brand = setup.name_brand("Acme", hue=255)  # a typo that was mended stays in no address
    assert (Brand.objects.count(), brand.slug) == (1, "acme")
    numbers = iter(range(10))

    def administrator() -> int:
        browser = Client()
        session = browser.session
        session["setup"] = nonce
        session.save()
        values = {
            "name": "First",
            "email": f"first{next(numbers)}@example.com",
            "password": "correct horse battery",
        }
        return browser.post(reverse("setup-administrator"), values).status_code

    try:
        assert at_once(administrator) == [302] * 4
        assert User.objects.filter(is_superuser=True).count() == User.objects.count() == 1
    finally:
        setup._over[0] = False
