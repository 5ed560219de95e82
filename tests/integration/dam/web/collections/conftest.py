"""A creator with a browser, three clips, and a collection of two of them."""

import pytest
from django.test import Client

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.collections import collections, items
from dam.collections.models import Collection
from tests.factories import VersionFactory, member


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand, Role.CREATOR)


@pytest.fixture
def client(creator: Member) -> Client:
    signed_in = Client()
    signed_in.force_login(creator.user)
    return signed_in


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [
        VersionFactory.create(asset__brand=brand, asset__title=f"Clip {letter}").asset for letter in "ABC"
    ]


@pytest.fixture
def collection(creator: Member, clips: list[Asset]) -> Collection:
    made = collections.create("Summer", by=creator)
    items.add(made, [clips[2].pk, clips[0].pk], by=creator)
    return made
