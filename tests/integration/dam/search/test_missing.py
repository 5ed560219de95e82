"""Clips that lack something, whose clearance ends, or that may be used: found by filters and counted."""

import itertools
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dam.accounts import times
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import versions
from dam.catalog.models import Approval, Asset, Processing
from dam.core import events
from dam.custom_fields import fields as own
from dam.custom_fields import schema, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField, StaleRows
from dam.custom_fields.planning import OptionWish, Wish
from dam.rights import clearances, making
from dam.rights.models import Relation, RightsRecord
from dam.search import facets, row_catching_up, search
from dam.search.models import FilterRow
from dam.search.query import Filters
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


def found(by: Member, words: str) -> str:
    parsed = search.parse(words, by=by)
    return "".join(sorted(search.among(by, parsed=parsed).values_list("title", flat=True)))


def clip(brand: Brand, title: str, **more: Any) -> Asset:
    made: Asset = VersionFactory.create(asset__brand=brand, asset__title=title, **more).asset
    return made


def cleared(
    brand: Brand, title: str, *, until: datetime | None = None, uses: tuple[str, ...] = ("web",)
) -> Asset:
    version = ApprovedVersionFactory.create(asset__brand=brand, asset__title=title)
    clearances.grant(version, uses=uses, territories=["worldwide"], valid_until=until, at=timezone.now())
    return version.asset


def counted(by: Member, name: str) -> dict[str, int]:
    facet = next(each for each in facets.count(by) if each.name == name)
    return {value.value: value.count for value in facet.values}


def require(by: Member, title: str, kind: Kind = Kind.TEXT, **more: Any) -> CustomField:
    return own.make(Wish(title, required=True, **more), kind=kind, by=by)


def catch_up() -> None:
    assert not row_catching_up.go_on()
    assert not StaleRows.objects.exists()


def test_what_is_cleared_for_nothing_is_found_as_its_rights_change(librarian: Member) -> None:
    clip(librarian.brand, "D")  # a draft
    asset = cleared(librarian.brand, "C")
    assert found(librarian, "missing:clearance") == "D"
    assert found(librarian, "-missing:clearance") == "C"
    RightsRecord.objects.filter(version=asset.latest).update(uses=[])
    assert found(librarian, "missing:clearance") == "CD"
    RightsRecord.objects.filter(version=asset.latest).update(uses=["web", "social"])
    assert found(librarian, "missing:clearance OR missing:files") == "D"
    RightsRecord.objects.filter(version=asset.latest).delete()
    assert found(librarian, "missing:clearance") == "CD"
    assert counted(librarian, "missing") == {"clearance": 2}


def test_a_withdrawn_approval_is_no_clearance(librarian: Member) -> None:
    asset = cleared(librarian.brand, "C")
    assert asset.latest is not None
    versions.set_approval(asset.latest.pk, Approval.WITHDRAWN, expected=[Approval.APPROVED])
    assert found(librarian, "missing:clearance") == "C"


def test_a_step_that_failed_is_found_until_it_is_mended(librarian: Member) -> None:
    asset = clip(librarian.brand, "F", processing=Processing.RUNNING)
    assert asset.latest is not None
    versions.set_processing(asset.latest.pk, Processing.FAILED, reason="Poster: no picture")
    assert found(librarian, "missing:files") == "F"
    versions.set_processing(asset.latest.pk, Processing.READY)
    assert found(librarian, "missing:files") == ""


def test_a_required_field_is_missed_until_it_has_a_value(librarian: Member) -> None:
    one, _two = clip(librarian.brand, "A"), clip(librarian.brand, "B")
    require(librarian, "Client")
    assert row_catching_up.is_under_way(librarian.brand.pk)
    catch_up()
    assert found(librarian, "missing:fields") == "AB"
    values.set_values(one, {"client": "Northwind"}, by=librarian)
    assert found(librarian, "missing:fields") == "B"
    clip(librarian.brand, "C")  # made since
    assert found(librarian, "missing:required") == "BC"
    values.set_values(one, {"client": ""}, by=librarian)
    assert found(librarian, "missing:fields") == "ABC"
    assert counted(librarian, "missing")["fields"] == 3


def test_pages_hear_that_the_rows_have_been_gone_through(
    librarian: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(events, "publish", lambda *, brand_id, name, **_: told.append((brand_id, name)))
    monkeypatch.setattr(row_catching_up, "BATCH", 2)
    for title in "ABC":
        clip(librarian.brand, title)
    require(librarian, "Client")
    told.clear()
    assert row_catching_up.go_on(clock=iter((0.0, 99.0)).__next__)  # some are left
    assert told == []
    catch_up()
    assert told == [(librarian.brand.pk, "library"), (librarian.brand.pk, "rows")]
    catch_up()
    assert len(told) == 2


def test_a_field_that_is_retired_or_no_longer_required_is_missed_by_none(librarian: Member) -> None:
    clip(librarian.brand, "A")
    row = require(librarian, "Client")
    catch_up()
    own.retire(row, by=librarian)
    catch_up()
    assert found(librarian, "missing:fields") == ""
    own.restore(CustomField.objects.get(), by=librarian)
    catch_up()
    assert found(librarian, "missing:fields") == "A"
    own.edit(CustomField.objects.get(), Wish("Client"), by=librarian)
    catch_up()
    assert found(librarian, "missing:fields") == ""


def test_another_title_sends_nobody_through_the_rows(librarian: Member) -> None:
    require(librarian, "Client")
    catch_up()
    own.edit(CustomField.objects.get(), Wish("Customer", required=True), by=librarian)
    assert not StaleRows.objects.exists()


def test_rows_say_of_dependent_fields_what_the_page_says(librarian: Member) -> None:
    region = own.make(
        Wish("Region", required=True, options=(OptionWish("EU"), OptionWish("US"), OptionWish("Asia"))),
        kind=Kind.CHOICE,
        by=librarian,
    )
    options = (
        OptionWish("Berlin", only_with=frozenset({"eu"})),
        OptionWish("Boston", only_with=frozenset({"us"})),
    )
    own.make(
        Wish("City", required=True, depends_on=region.key, options=options),
        kind=Kind.MULTI_CHOICE,
        by=librarian,
    )
    assets = []
    for chosen, city in itertools.product(("", "eu", "asia"), ("", "berlin")):
        if chosen == "eu" or not city:
            asset = clip(librarian.brand, f"{chosen}{city}")
            values.set_values(asset, {"region": chosen, "city": city}, by=librarian)
            assets.append(asset)
    catch_up()
    known = schema.of(librarian.brand)
    lacking = {asset.pk for asset in assets if known.missing(values.of_one(asset))}
    parsed = search.parse("missing:fields", by=librarian)
    assert set(search.among(librarian, parsed=parsed).values_list("pk", flat=True)) == lacking
    assert 0 < len(lacking) < len(assets)


def test_a_viewer_is_told_nothing_of_what_is_missing(librarian: Member) -> None:
    viewer = member(librarian.brand, Role.VIEWER)
    assert not search.parse("missing:fields", by=viewer).filters  # words as any others
    assert not search.among(viewer, parsed=search.parse("", by=viewer), filters=Filters(missing=("files",)))


def test_what_ends_soon_or_has_ended_is_found_and_counted(librarian: Member) -> None:
    now = timezone.now()
    for title, days in (("P", -1), ("S", 20), ("L", 80), ("Y", 300)):
        cleared(librarian.brand, title, until=now + timedelta(days=days))
    cleared(librarian.brand, "N")
    assert found(librarian, "rights_end:30d") == "S"
    assert found(librarian, "rights_end:90d") == "LS"
    assert found(librarian, "rights_end:past") == "P"
    assert found(librarian, f"rights_end:>={now + timedelta(days=79):%Y-%m-%d}") == "LY"
    assert found(librarian, "-rights_end:30d") == "LNPY"
    assert counted(librarian, "rights_end") == {"30d": 1, "90d": 2, "past": 1}


def test_an_end_may_come_from_a_source_and_what_has_none_is_found(librarian: Member) -> None:
    admin = member(librarian.brand, Role.ADMIN)
    until = datetime(2031, 5, 31, 23, 59, 59, tzinfo=UTC)
    made, source = cleared(librarian.brand, "M"), cleared(librarian.brand, "S", until=until)
    cleared(librarian.brand, "N")
    assert made.latest
    assert source.latest
    making.add(made.latest, source.latest, relation=Relation.COMPONENT, by=admin)
    assert found(librarian, "rights_end:2031-05-01..2031-05-31") == "MS"
    assert found(librarian, "rights_end:none") == "N"
    assert found(librarian, "-rights_end:none") == "MS"


def test_what_may_be_used_and_what_may_not_are_all(librarian: Member) -> None:
    now = timezone.now()
    cleared(librarian.brand, "U")
    cleared(librarian.brand, "E", until=now - timedelta(days=1))
    cleared(librarian.brand, "N", uses=())
    clip(librarian.brand, "D")
    ending = cleared(librarian.brand, "T", until=now + timedelta(days=5))
    assert found(librarian, "usable:yes") == "TU"
    assert found(librarian, "usable:no") == found(librarian, "-usable:yes") == "DEN"
    assert found(librarian, f"usable:yes on:{now + timedelta(days=9):%Y-%m-%d}") == "U"
    assert counted(librarian, "usable") == {"yes": 2, "no": 3}
    RightsRecord.objects.filter(version=ending.latest).update(embargo_until=now + timedelta(days=2))
    assert found(librarian, "usable:yes") == "U"


def test_a_clip_may_be_used_on_the_last_day_of_its_clearance(librarian: Member) -> None:
    zone = times.of_brand(librarian.brand)
    today = times.today_in(zone)
    cleared(librarian.brand, "T", until=times.end_of_day(today, zone))
    cleared(librarian.brand, "W", until=times.end_of_day(today + timedelta(days=7), zone))
    cleared(librarian.brand, "Y", until=times.end_of_day(today - timedelta(days=1), zone))
    cleared(librarian.brand, "N")
    assert found(librarian, f"on:{today}") == found(librarian, "on:today") == "NTW"
    assert found(librarian, f"-on:{today}") == "Y"
    assert found(librarian, f"on:{today}..{today + timedelta(days=7)}") == "NW"
    assert found(librarian, f"on:{today}..{today + timedelta(days=8)}") == "N"
    assert found(librarian, f"on:>={today}") == "N"


def test_what_was_there_before_is_written_by_the_migration(librarian: Member) -> None:
    clip(librarian.brand, "D")
    FilterRow.objects.update(latest=[])
    assert found(librarian, "missing:clearance") == ""
    fill = import_module("dam.migrations.0090_missing_of_old").fill
    fill(None, SimpleNamespace(connection=connection))
    assert found(librarian, "missing:clearance") == "D"
