"""A brand, and a browser signed in as somebody in it."""

from collections.abc import Callable

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from tests.factories import BrandFactory, member

SignIn = Callable[[Role], Client]


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def sign_in(brand: Brand) -> SignIn:
    def as_role(role: Role) -> Client:
        client = Client()
        client.force_login(member(brand, role).user)
        return client

    return as_role
