"""A brand with clips, and the person who changes them."""

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from dam.search import lexicon
from tests.factories import BrandFactory, VersionFactory, member


@pytest.fixture
def brand(db: None) -> Brand:
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def librarian(brand: Brand) -> Member:
    return member(brand, Role.LIBRARIAN)


@pytest.fixture
def clips(brand: Brand) -> list[Asset]:
    return [VersionFactory.create(asset__brand=brand, asset__title=title).asset for title in "ABC"]


@pytest.fixture
def words_always_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """How often a word was met goes up by chance, in two queries: here it always does."""
    monkeypatch.setattr(lexicon, "_goes_up", lambda _magnitude, _chance: True)
