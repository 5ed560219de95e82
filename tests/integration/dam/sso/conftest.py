"""A company's provider, and a browser that reaches the product under its own address."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests import openid_provider
from tests.openid_provider import Acme


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> None:
    cache.clear()
    settings.PUBLIC_URL = "http://localhost"


@pytest.fixture(scope="session")
def _acme() -> Iterator[Acme]:
    with openid_provider.running() as acme:
        yield acme


@pytest.fixture
def acme(db: None, _acme: Acme) -> Acme:
    return _acme


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME="localhost")
