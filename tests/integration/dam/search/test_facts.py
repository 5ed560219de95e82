"""Filters by what is known of a version: its picture, its making, its sound, its rights."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.catalog import versions
from dam.catalog.models import Approval, Asset, AssetKind, Version
from dam.custom_fields import fields as own_fields
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import Wish
from dam.rights.models import MadeFrom, Relation, RightsRecord
from dam.search import facets, fields, search
from dam.search.query import Filters
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db


def found(person: Member, typed: str, **filters: list[str]) -> set[str]:
    assets = search.among(person, parsed=search.parse(typed, by=person), filters=Filters(filters))
    return set(assets.values_list("title", flat=True))


@pytest.fixture
def clips(brand: Brand) -> None:
    """A wide one with sound, a tall silent one that was generated here, and a small square of long ago."""
    wide = VersionFactory.create(
        asset__brand=brand,
        asset__title="wide",
        width=1920,
        height=1080,
        duration_ms=12_000,
        rate_numerator=24000,
        rate_denominator=1001,
        size=5 * 1024**2,
        filename="IMG_2034.mov",
        media_info={"container": "MOV", "audio_index": 1},
    )
    versions.set_colours(wide.pk, ["red", "black"])
    tall = VersionFactory.create(
        asset__brand=brand,
        asset__title="tall",
        width=1080,
        height=1920,
        duration_ms=4_000,
        media_info={"container": "MP4", "audio_index": None},
    )
    versions.set_making(tall.pk, model="previz-dit 0.3", seed=2**63 - 1, prompt="A Red Bottle, turning")
    VersionFactory.create(asset__brand=brand, asset__title="square", width=400, height=400)
    Asset.objects.filter(title="square").update(created_at=datetime(2020, 2, 29, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("aspect:16:9", {"wide"}),
        ("aspect:vertical", {"tall"}),
        ("aspect:1:1,9:16", {"tall", "square"}),
        ("resolution:full_hd", {"wide", "tall"}),
        ("resolution:SD", {"square"}),
        ("width:>=1920", {"wide"}),
        ("height:400..1080", {"wide", "square"}),
        ("duration:>10s", {"wide"}),
        ("duration:3-5", {"tall"}),
        ("duration:<5 duration:>3", {"tall"}),
        ("-duration:>10", {"tall", "square"}),
        ("fps:23.98", {"wide"}),
        ("fps:24", {"tall", "square"}),
        ("size:>1MB", {"wide"}),
        ("sound:yes", {"wide"}),
        ("sound:no", {"tall"}),
        ("colour:red colour:black", {"wide"}),
        ("colour:red,blue", {"wide"}),
        ("colour:red colour:blue", set()),
        ("model:PREVIZ", {"tall"}),
        ("seed:9223372036854775807", {"tall"}),
        ("seed:9999999999999999999", set()),
        ("prompt:bottle prompt:red", {"tall"}),
        ('-prompt:"red bottle"', {"wide", "square"}),
        ("filename:img_", {"wide"}),
        ("created:2020", {"square"}),
        ("created:2020-02-29", {"square"}),
        ("created:today", {"wide", "tall"}),
        ("created:<2020-02-29", set()),
        ("aspect:1:1 OR duration:>10s", {"wide", "square"}),
    ],
)
def test_a_fact_narrows(clips: None, librarian: Member, typed: str, expected: set[str]) -> None:
    assert found(librarian, typed) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('licence:"cc by"', {"wide"}),
        ("holder:NORTH", {"wide", "tall"}),
        ("holder:north holder:media", {"tall"}),
        ("credit:©", {"tall"}),
        ("exclusivity:drinks", {"tall"}),
        ("-restriction:advertising", {"tall", "square"}),
        ("restriction:%", set()),
    ],
)
def test_what_is_stated_of_rights_narrows(
    clips: None, librarian: Member, typed: str, expected: set[str]
) -> None:
    stated = {
        "wide": {"licence": "CC BY 4.0", "rights_holder": "Northwind", "restriction": "No advertising"},
        "tall": {"rights_holder": "Northwind Media", "credit_line": "© NM", "exclusivity": "Soft drinks"},
    }
    for title, said in stated.items():
        version = Version.objects.get(asset__title=title)
        RightsRecord.objects.update_or_create(version=version, defaults=said)
    assert found(librarian, typed) == expected


def test_a_brands_own_field_of_that_name_stays_what_is_meant(brand: Brand, librarian: Member) -> None:
    admin = member(brand, Role.ADMIN)
    field = own_fields.make(Wish("Contract"), kind=Kind.TEXT, by=admin)
    CustomField.objects.filter(pk=field.pk).update(key="licence")  # from before there was the other
    VersionFactory.create(asset__brand=brand, asset__title="square")
    assert fields.known(brand)["licence"].own is not None
    assert found(librarian, "licence:anything") == set()


@pytest.mark.parametrize("typed", ["sound:no", "-sound:yes"])
def test_a_still_is_not_among_what_has_no_sound(typed: str, brand: Brand, librarian: Member) -> None:
    for title, kind in (("drone", AssetKind.VIDEO), ("packshot", AssetKind.STILL)):
        info = {"container": "MP4", "audio_index": None}
        VersionFactory.create(asset__brand=brand, asset__title=title, kind=kind, media_info=info)
    assert found(librarian, typed) == {"drone"}
    sound = next(facet for facet in facets.count(librarian) if facet.name == "sound")
    assert [(value.value, value.count) for value in sound.values] == [("no", 1)]


def test_a_day_begins_where_the_brand_is(clips: None, librarian: Member) -> None:
    librarian.brand.time_zone = "Asia/Tokyo"
    assert found(librarian, "created:2020-03-01") == {"square"}


def test_what_an_address_holds_and_no_field_can_read_finds_nothing(clips: None, librarian: Member) -> None:
    for name, value in (
        ("duration", "long"),
        ("created", "soon"),
        ("aspect", "x"),
        ("seed", "1e9"),
        ("sound", ""),
    ):
        assert found(librarian, "", **{name: [value]}) == set()


def test_seed_and_prompt_are_asked_by_those_alone_who_are_shown_them(brand: Brand) -> None:
    version: Version = VersionFactory.create(asset__brand=brand, approval=Approval.APPROVED)
    versions.set_making(version.pk, model="m", seed=7, prompt="secret")
    viewer = member(brand, Role.VIEWER)
    assert found(viewer, "") == {version.asset.title}
    assert search.parse("seed:7 prompt:secret", by=viewer).words == ("seed:7", "prompt:secret")
    assert found(viewer, "", prompt=["secret"]) == found(viewer, "", seed=["7"]) == set()


def test_what_may_be_used_where_and_when(brand: Brand, librarian: Member) -> None:
    for title, until in (("always", None), ("ended", timezone.now() - timedelta(days=1))):
        version = VersionFactory.create(asset__brand=brand, asset__title=title, approval=Approval.APPROVED)
        RightsRecord.objects.filter(version=version).update(
            uses=["web"], territories=["EU"], valid_until=until
        )
    assert found(librarian, "use:web territory:France") == {"always"}
    assert found(librarian, "use:web territory:us") == set()
    assert found(librarian, "-use:broadcast") == {"always", "ended"}
    assert found(librarian, "use:web on:2020-05") == {"always", "ended"}
    assert found(librarian, "", use=["web"], territory=["FR"], on=["2099-01-01"]) == {"always"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("derived:yes", {"cut", "orphan"}),
        ("derived:no", {"rushes", "music"}),
        ("-derived:yes", {"rushes", "music"}),
        ("derived:yes OR derived:no", {"rushes", "music", "cut", "orphan"}),
    ],
)
def test_what_was_made_from_others_is_found_once(
    brand: Brand, librarian: Member, typed: str, expected: set[str]
) -> None:
    made = {
        title: VersionFactory.create(asset__brand=brand, asset__title=title)
        for title in ("rushes", "music", "cut", "orphan")
    }
    for source in ("rushes", "music"):
        MadeFrom.objects.create(version=made["cut"], source=made[source], relation=Relation.COMPONENT)
    MadeFrom.objects.create(version=made["orphan"], source=None, relation=Relation.PARENT)
    assets = search.among(librarian, parsed=search.parse(typed, by=librarian), filters=Filters({}))
    assert sorted(assets.values_list("title", flat=True)) == sorted(expected)


def test_who_sees_released_clips_alone_is_not_told_what_was_made_from_others(brand: Brand) -> None:
    assert "derived" not in fields.of(member(brand, Role.VIEWER))
