"""The rows that filters ask: what the triggers write in them, and that searches find by them."""

import threading
import time
from importlib import import_module
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import BigIntegerField, Func, Value

from dam.accounts.models import Brand
from dam.catalog import tags, versions
from dam.catalog.models import Approval, Asset, AssetKind, Credentials, Origin, Tag, Version
from dam.rights.models import RightsRecord
from dam.search import filter_rows, filters
from dam.search.models import FilterRow
from dam.search.query import Filters
from tests.factories import AssetFactory, BrandFactory, VersionFactory, next_version
from tests.integration.dam.catalog.test_at_once import at_once


def facts_of(version: Version) -> set[int]:
    """Spelled as filters spell them."""
    version.refresh_from_db()
    values: list[tuple[str, str]] = []
    for name in filter_rows.FACTS:
        value = getattr(version, name)
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                values.append((name, str(each).lower() if isinstance(each, bool) else str(each)))
    if version.approval != Approval.APPROVED or not RightsRecord.objects.filter(version=version).exists():
        values.append(("missing", "clearance"))
    numbers = set()
    for name, value in values:
        spelled = Func(
            Value(f"{version.brand_id} {name} {value}"),
            Value(0),
            function="hashtextextended",
            output_field=BigIntegerField(),
        )
        numbers.add(Version.objects.values_list(spelled, flat=True)[0])
    return numbers


def row_of(asset_id: UUID) -> FilterRow:
    return FilterRow.objects.get(asset=asset_id)


def probed(version: Version, **media: object) -> None:
    version.media_info = {"container": "mp4", **media}
    version.save(update_fields=["media_info"])


@pytest.mark.django_db
def test_a_row_has_the_tags_and_the_facts_of_both_versions_that_are_shown() -> None:
    version = VersionFactory.create(width=1920, height=1080, origin=Origin.GENERATED)
    asset = version.asset
    assert set(row_of(asset.pk).latest) == facts_of(version)
    assert row_of(asset.pk).released == []
    tags.add({asset: ["harbour", "summer"]})
    named = Tag.objects.filter(name__in=["harbour", "summer"])
    assert set(row_of(asset.pk).tags) == set(named.values_list("pk", flat=True))
    versions.set_released(version)
    assert set(row_of(asset.pk).released) == facts_of(version)
    other = next_version(version, origin=Origin.UPLOADED, width=1080, height=1920, kind=AssetKind.VIDEO)
    probed(other, audio_index=1)
    versions.set_colours(other.pk, ["red", "blue"])
    versions.set_credentials(other.pk, Credentials.TRUSTED)
    versions.set_approval(other.pk, Approval.IN_REVIEW, expected=[Approval.DRAFT])
    row = row_of(asset.pk)
    assert set(row.latest) == facts_of(other)
    assert len(facts_of(other)) == len(filter_rows.FACTS) + 2  # two colours, and no clearance
    assert set(row.released) == facts_of(version) != facts_of(other)
    tags.remove({asset: ["summer"]})
    versions.clear_released(version)
    row = row_of(asset.pk)
    assert row.tags == [Tag.objects.get(name="harbour").pk]
    assert row.released == []


@pytest.mark.django_db
def test_a_tag_that_takes_the_place_of_another_is_in_the_row_at_once() -> None:
    asset = VersionFactory.create().asset
    tags.add({asset: ["old"]})
    new = Tag.objects.create(brand=asset.brand, name="new")
    Asset.tags.through.objects.filter(asset=asset).update(tag=new)
    assert row_of(asset.pk).tags == [new.pk]


@pytest.mark.django_db
def test_a_deleted_asset_takes_its_row_along() -> None:
    asset = VersionFactory.create().asset
    tags.add({asset: ["harbour"]})
    key = asset.pk
    asset.delete()
    assert not FilterRow.objects.filter(asset=key).exists()
    connection.check_constraints()


@pytest.mark.django_db
def test_a_process_that_knows_nothing_of_rows_can_delete_an_asset() -> None:
    asset = AssetFactory.create()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM dam_asset WHERE id = %s", [asset.pk])
    assert not FilterRow.objects.filter(asset=asset.pk).exists()
    connection.check_constraints()


@pytest.mark.django_db
def test_filters_find_what_joins_find() -> None:
    brand: Brand = BrandFactory.create()
    for number in range(24):
        version = VersionFactory.create(
            asset__brand=brand,
            width=(1920, 1080, 720)[number % 3],
            height=(1080, 1920, 720)[number % 3],
            origin=(Origin.GENERATED, Origin.UPLOADED)[number % 2],
            approval=(Approval.DRAFT, Approval.APPROVED, Approval.IN_REVIEW)[number // 2 % 3],
        )
        tags.add({version.asset: [f"t{number % 2}", f"u{number % 4}"]})
        versions.set_colours(version.pk, ["red"] if number % 4 else ["blue", "red"])
        if number % 5:
            probed(version, audio_index=None if number % 2 else 1)
        if version.approval == Approval.APPROVED:
            versions.set_released(version)
    VersionFactory.create(origin=Origin.GENERATED)  # another brand's
    for shown in ("latest", "released"):
        for asked in (
            {"state": ["approved"]},
            {"state": ["approved", "draft"], "origin": ["generated"]},
            {"tag": ["t1", "u1"], "aspect": ["16:9", "9:16"]},
            {"tag": ["t1"], "sound": ["yes"]},
            {"sound": ["no"]},
            {"sound": ["no", "yes"], "resolution": ["full_hd"]},
            {"colour": ["red", "blue"]},
            {"tag": ["nothing"]},
            {"kind": ["video"], "-tag": ["t1"], "credentials": ["unchecked"]},
            {"aspect": ["nonsense"]},
        ):
            everything = Asset.objects.filter(brand=brand, **{f"{shown}__isnull": False})
            wanted = Filters(asked)
            by_rows = filters.narrow(everything, wanted, shown=shown, brand=brand)
            joined = filters.narrow(everything, wanted, shown=shown)
            assert "dam_filterrow" in str(by_rows.query), asked
            assert "dam_filterrow" not in str(joined.query)
            assert set(by_rows) == set(joined), (shown, asked)


@pytest.mark.django_db(transaction=True)
def test_who_tags_while_another_decides_loses_nothing() -> None:
    version = VersionFactory.create()
    asset = version.asset
    decided, go_on = threading.Event(), threading.Event()

    def decide() -> None:
        with transaction.atomic():
            held = versions.locked(version.pk)
            versions.set_approval(held.pk, Approval.IN_REVIEW, expected=[Approval.DRAFT])
            decided.set()
            go_on.wait(10)

    def tag() -> None:
        decided.wait(10)
        threading.Timer(0.3, go_on.set).start()
        with transaction.atomic():
            tags.add({asset: ["harbour"]})  # waits for the decision, and then reads it

    assert at_once(decide, tag) == []
    row = row_of(asset.pk)
    assert row.tags == [Tag.objects.get().pk]
    assert set(row.latest) == facts_of(version)


@pytest.mark.django_db(transaction=True)
def test_an_asset_deleted_while_rows_are_first_written_stops_nothing() -> None:
    asset, other = AssetFactory.create_batch(2)
    FilterRow.objects.all().delete()
    deleted = threading.Event()

    def delete() -> None:
        with transaction.atomic():
            Asset.objects.filter(pk=asset.pk)._raw_delete(DEFAULT_DB_ALIAS)
            deleted.set()
            time.sleep(0.3)  # the writer comes to the asset meanwhile

    def write() -> None:
        deleted.wait(10)
        migration = import_module("dam.migrations.0079_filter_rows_of_old")
        migration.fill(None, SimpleNamespace(connection=connection))

    assert at_once(delete, write) == []
    assert list(FilterRow.objects.values_list("asset", flat=True)) == [other.pk]
