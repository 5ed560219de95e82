"""What brands keep, counted by the database as rows come and go."""

import pytest

from dam.accounts.models import Brand
from dam.catalog.models import Rendition, RenditionKind, Version
from dam.operations import stored
from dam.operations.models import StoredChange
from tests.factories import BrandFactory, VersionFactory

pytestmark = pytest.mark.django_db


def kinds(brand: Brand) -> dict[str, tuple[int, int]]:
    return {kept.kind: (kept.files, kept.bytes) for kept in stored.of(brand)}


def a_poster(version: Version, size: int) -> Rendition:
    return Rendition.objects.create(
        version=version, kind=RenditionKind.POSTER, size=size, storage_key=f"posters/{version.pk}"
    )


def test_files_are_counted_as_they_come_change_and_go() -> None:
    brand = BrandFactory.create()
    version = VersionFactory.create(asset__brand=brand, size=1000)
    poster = a_poster(version, 20)
    assert kinds(brand) == {"master": (1, 1000), "poster": (1, 20)}
    Rendition.objects.filter(pk=poster.pk).update(size=50)
    assert kinds(brand)["poster"] == (1, 50)
    poster.delete()
    assert kinds(brand) == {"master": (1, 1000)}


def test_adding_up_changes_no_figure_and_leaves_no_note() -> None:
    brand, other = BrandFactory.create(), BrandFactory.create()
    for size in (1, 2, 3):
        VersionFactory.create(asset__brand=brand, size=size)
    VersionFactory.create(asset__brand=other, size=40)
    before = stored.of_all()
    assert stored.fold() == 4
    assert (stored.of_all(), StoredChange.objects.count()) == (before, 0)
    VersionFactory.create(asset__brand=brand, size=4)
    stored.fold()
    assert kinds(brand) == {"master": (4, 10)}
