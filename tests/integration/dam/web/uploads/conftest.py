"""A brand, somebody who may add clips to it, and a clip."""

import pytest
from django.test import Client

from dam.accounts.models import Brand
from dam.accounts.principals import Member
from tests import media_factory
from tests.factories import BrandFactory, member


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create(slug="acme")


@pytest.fixture
def creator(brand: Brand) -> Member:
    return member(brand)


@pytest.fixture
def browser(creator: Member) -> Client:
    client = Client()
    client.force_login(creator.user)
    return client


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return media_factory.clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames=48).read_bytes()
