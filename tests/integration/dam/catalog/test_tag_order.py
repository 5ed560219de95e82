import pytest

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.catalog import assets
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


def test_tags_stand_in_the_order_of_a_dictionary() -> None:
    brand = BrandFactory.create()
    librarian = member(brand, Role.LIBRARIAN)
    asset = VersionFactory.create(asset__brand=brand).asset
    assets.edit(asset, by=librarian, tag_names=["zebra", "öl", "orange", "obst"])
    asset.refresh_from_db()
    assert [tag.name for tag in asset.tags.all()] == ["obst", "öl", "orange", "zebra"]
    assert Event.objects.latest("sequence").data["tags"] == [[], ["obst", "öl", "orange", "zebra"]]
