"""Names stand where people look for them."""

import pytest

from dam.accounts import groups
from dam.accounts.models import Group
from dam.core import sorting
from tests.factories import BrandFactory

NAMES = [
    "arte",
    "Ärzte",
    "Azur",
    "Éclair",
    "edel",
    "Müller",
    "Muster",
    "Øl",
    "Straße",
    "Strasse 2",
    "Zoo",
    "Ł-Team",
]
ORDER = [
    "arte",
    "Ärzte",
    "Azur",
    "Éclair",
    "edel",
    "Ł-Team",
    "Müller",
    "Muster",
    "Øl",
    "Straße",
    "Strasse 2",
    "Zoo",
]


def test_neither_capitals_nor_accents_decide_where_a_name_stands() -> None:
    assert sorted(NAMES, key=sorting.key) == ORDER


@pytest.mark.django_db
def test_the_database_sorts_as_python_does() -> None:
    brand = BrandFactory.create()
    Group.objects.bulk_create(Group(brand=brand, name=name) for name in NAMES)
    assert [each.name for each in groups.of_brand(brand)] == ORDER
