"""Signing in through real reverse proxies: whom a limit counts, and that it locks nobody else out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.cache import cache
from requests.adapters import HTTPAdapter

from dam.accounts.models import User
from tests import reverse_proxy
from tests.factories import PASSWORD, UserFactory
from tests.reverse_proxy import Proxies

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        reverse_proxy.binary() is None, reason="nginx isn't installed; macOS: brew install nginx"
    ),
]
# Each is another client, as the first proxy sees it. All of 127.0.0.0/8 is this machine.
OWNER, STRANGER, COMPANY = "127.0.0.2", "127.0.0.3", "127.0.0.4"
MADE_UP = "198.51.100.9"


@pytest.fixture
def proxies(live_server: Any, tmp_path: Path) -> Iterator[Proxies]:
    cache.clear()
    with reverse_proxy.before(live_server.url, tmp_path) as running:
        yield running
    cache.clear()


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named, source_address=(self.address, 0))


def signs_in(site: str, user: User, password: str, *, client: str, forwarded: str = "") -> bool:
    """From a new browser at this address, which says besides that it speaks for another."""
    with requests.Session() as browser:
        browser.mount("http://", _From(client))
        browser.headers["X-Forwarded-For"] = forwarded or MADE_UP
        address = f"{site}/accounts/login/"
        browser.get(address, timeout=30)
        form = {
            "login": user.email,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        return browser.post(address, form, allow_redirects=False, timeout=30).status_code == 302


@pytest.mark.parametrize(
    ("through", "count", "seen"),
    [
        ("one", 1, OWNER),
        ("two", 2, OWNER),
        ("one", 0, "127.0.0.1"),  # nothing is believed: everybody is the proxy
        ("two", 1, "127.0.0.1"),  # too few: everybody is the outer proxy
        ("one", 2, MADE_UP),  # too many: everybody is who they say
    ],
)
def test_a_client_is_who_the_outermost_of_the_counted_proxies_saw(
    proxies: Proxies, settings: Any, caplog: pytest.LogCaptureFixture, through: str, count: int, seen: str
) -> None:
    settings.BEHIND_PROXY = count
    assert not signs_in(getattr(proxies, through), UserFactory.create(), "wrong", client=OWNER)
    assert f"from {seen} failed" in caplog.text


@pytest.mark.parametrize(("through", "count"), [("one", 1), ("two", 2)])
def test_a_strangers_wrong_passwords_lock_out_the_stranger_alone(
    proxies: Proxies, settings: Any, through: str, count: int
) -> None:
    settings.BEHIND_PROXY = count
    site, person = getattr(proxies, through), UserFactory.create()
    for number in range(6):  # as if from elsewhere each time
        signs_in(site, person, "wrong", client=STRANGER, forwarded=f"203.0.113.{number}")
    assert not signs_in(site, person, PASSWORD, client=STRANGER)
    assert signs_in(site, person, PASSWORD, client=OWNER)
    people = UserFactory.create_batch(6)
    for each in people:
        signs_in(site, each, "wrong", client=COMPANY)
    assert all(signs_in(site, each, PASSWORD, client=COMPANY) for each in people)
