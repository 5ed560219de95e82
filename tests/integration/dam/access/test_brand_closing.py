"""A brand is closed, opened again, exported and deleted; its chain stays and nothing of others goes."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import brand_closing, brand_export, brand_tables
from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, BrandExport, User
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.collections import collections
from dam.collections.models import Collection
from dam.core import storage
from provenance.models import LedgerStamp, Watermark
from provenance.releases.models import Release
from provenance.review import ledger
from tests.factories import BrandFactory, member
from tests.integration.role_world import World
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
LATER = brand_closing.GRACE + timedelta(minutes=1)


def test_a_closed_brand_is_there_for_nobody_until_it_is_opened_again() -> None:
    world = World()
    admin, client = world.people[Role.ADMIN], Client()
    client.force_login(admin.user)
    with pytest.raises(brand_closing.ClosingRefused):
        brand_closing.close(world.brand, by=admin, typed="something else")
    with pytest.raises(PermissionDenied):
        brand_closing.close(world.brand, by=world.people[Role.LIBRARIAN], typed=world.brand.name)
    brand_closing.close(world.brand, by=admin, typed=world.brand.name)
    page = reverse("brand-closing", args=[world.brand.slug])
    assert client.get(reverse("library", args=[world.brand.slug])).headers["Location"] == page
    assert "Open the brand again" in client.get(page).text
    client.force_login(world.people[Role.CREATOR].user)
    assert client.get(reverse("library", args=[world.brand.slug])).status_code == 404
    assert client.get(page).status_code == 404
    assert client.get(reverse("home")).status_code == 403
    assert principals.of_token(world.secret, at=timezone.now()) is None
    brand_closing.reopen(world.brand, by=admin)
    assert client.get(reverse("library", args=[world.brand.slug])).status_code == 200


def test_an_export_has_files_rows_and_the_chain_with_its_head_and_no_secrets(tmp_path: Path) -> None:
    world = World()
    export = brand_export.request(world.brand, by=world.people[Role.ADMIN])
    with pytest.raises(brand_export.ExportRefused):
        brand_export.request(world.brand, by=world.people[Role.ADMIN])
    head = Event.objects.filter(brand=world.brand).order_by("sequence").last()
    assert head is not None
    brand_export.run(export.pk)
    export = BrandExport.objects.get()
    assert export.problem == ""
    with storage.open_file(export.storage_key) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert json.loads(archive.read("export.json"))["head"] == head.hash
        assert len(archive.read("events.jsonl").splitlines()) == head.sequence
        there = Asset.objects.filter(brand=world.brand).count()
        assert len(archive.read("rows/dam.asset.jsonl").splitlines()) == there > 0
        assert "digest" not in archive.read("rows/dam.apitoken.jsonl").decode()
        assert any(name.startswith("files/") for name in names)
        assert "rows/provenance.release.jsonl" in names
    assert Event.objects.filter(verb="brand.exported").exists()


def test_after_its_time_a_brand_is_deleted_and_its_chains_hold_still() -> None:
    world, other = World(), World()
    case = Case(brand=world.brand)
    case.approve_all()
    Watermark.objects.create(identifier=7, brand=world.brand, version=case.version, layer=0)
    recorded = ledger.verify(world.brand)
    assert recorded.holds
    LedgerStamp.objects.create(
        brand=world.brand, entries=recorded.entries, head=recorded.head, events=1, at=timezone.now()
    )
    recorded = ledger.verify(world.brand)  # with that timestamp, which vouches for nothing
    people, assets = User.objects.count(), Asset.objects.filter(brand=other.brand).count()
    brand_closing.close(world.brand, by=world.people[Role.ADMIN], typed=world.brand.name)
    with pytest.raises(brand_closing.ClosingRefused):
        brand_closing.remove(world.brand)
    long_ago = timezone.now() - LATER
    Brand.objects.filter(pk=world.brand.pk).update(closed_at=long_ago, delete_at=long_ago)
    brand_closing.remove(world.brand)
    for model in brand_tables.paths():
        kept = model._meta.label_lower in brand_tables.STAY
        assert brand_tables.rows(model, world.brand).exists() is kept, model
    assert not list(storage.entries(str(world.brand.pk)))
    assert User.objects.count() == people
    assert Asset.objects.filter(brand=other.brand).count() == assets
    assert list(storage.entries(str(other.brand.pk)))
    left = Brand.objects.get(pk=world.brand.pk)
    assert left.deleted_at is not None
    assert left.slug == f"deleted-{left.pk}"
    assert trail.first_broken(left) is None
    assert ledger.verify(left) == recorded


def test_rows_that_refer_to_one_another_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a transaction around it each statement must leave the database whole."""
    monkeypatch.setattr(brand_closing, "BATCH", 1)
    maker = member(BrandFactory.create())
    outer = collections.create("Outer", by=maker)
    collections.create("Inner", by=maker, parent=collections.create("Middle", by=maker, parent=outer))
    Brand.objects.filter(pk=maker.brand.pk).update(closed_at=timezone.now(), delete_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    brand_closing.remove(maker.brand, at=timezone.now() + timedelta(minutes=1))
    assert not Collection.objects.exists()


def test_the_database_keeps_the_releases_of_every_other_brand() -> None:
    world = World()
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Release.objects.filter(brand=world.brand)._raw_delete("default")


def test_the_database_keeps_the_watermarks_of_every_other_brand() -> None:
    """One that is closed counts among them until its time has passed."""
    world = World()
    Watermark.objects.create(
        identifier=7, brand=world.brand, version=Case(brand=world.brand).version, layer=0
    )
    brand_closing.close(world.brand, by=world.people[Role.ADMIN], typed=world.brand.name)
    with pytest.raises(DatabaseError, match="A watermark keeps"), transaction.atomic():
        Watermark.objects.filter(brand=world.brand)._raw_delete("default")


def test_people_and_events_belong_to_no_brand() -> None:
    assert not {User, Event} & set(brand_tables.paths())
    assert {Asset, Release, BrandExport} <= set(brand_tables.paths())


def test_an_export_that_fails_says_so_and_the_next_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    admin = member(BrandFactory.create(), Role.ADMIN)
    export = brand_export.request(admin.brand, by=admin)

    def broken(*args: object, **named: object) -> None:
        raise TypeError("Object of type Decimal is not JSON serializable")

    monkeypatch.setattr(brand_export, "write", broken)
    brand_export.run(export.pk)
    export.refresh_from_db()
    assert export.ended_at is not None
    assert "Decimal" not in export.problem
    brand_export.request(admin.brand, by=admin)


def test_an_export_whose_worker_was_lost_does_not_stand_in_the_way_for_ever() -> None:
    admin = member(BrandFactory.create(), Role.ADMIN)
    lost = brand_export.request(admin.brand, by=admin)
    with pytest.raises(brand_export.ExportRefused):
        brand_export.request(admin.brand, by=admin)
    BrandExport.objects.filter(pk=lost.pk).update(requested_at=timezone.now() - timedelta(days=3))
    brand_export.request(admin.brand, by=admin)
