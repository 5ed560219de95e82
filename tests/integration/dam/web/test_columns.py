"""The columns of the library's list: the usual ones, those that somebody chose, and how they do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.catalog import tags
from dam.catalog.models import Version
from dam.custom_fields import fields, values
from dam.custom_fields.definitions import Kind
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import Wish
from dam.rights.models import MadeFrom, Relation
from dam.web import columns_page
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn
from tests.integration.dam.web.test_library import HOME, clip

COLUMNS = f"{HOME}columns/"


@pytest.fixture
def maker(brand: Brand) -> Member:
    """The brand has fields."""
    by = member(brand, Role.LIBRARIAN)
    fields.make(Wish("Campaign"), kind=Kind.TEXT, by=by)
    fields.make(Wish("Producer"), kind=Kind.PERSON, by=by)
    return by


def heads(client: Client, address: str = f"{HOME}?layout=list") -> list[str]:
    """The names above the columns, in their order."""
    head = (
        client.get(address)
        .content.decode()
        .split('class="list-head" aria-hidden="true"')[1]
        .split("</div>")[0]
    )
    return [part.split("<")[0] for part in head.split(">") if part.split("<")[0].strip()]


def kept(client: Client) -> list[str] | None:
    return Membership.objects.get(user=client.session["_auth_user_id"]).list_columns


def test_who_chose_nothing_sees_the_usual_columns(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Plain")
    assert heads(sign_in(Role.CREATOR)) == ["Title", "Status", "Tags", "Length", "Size", "Added by", "Added"]


def test_the_list_has_the_columns_that_somebody_chose_in_their_order(
    brand: Brand, sign_in: SignIn, maker: Member
) -> None:
    version = clip(brand, "Plain")
    values.set_values(version.asset, {"campaign": "Frost", "producer": maker.user.email}, by=maker)
    tags.assign(version.asset, ["summer"])
    client = sign_in(Role.CREATOR)
    wanted = ["field:producer", "resolution", "field:campaign", "edited"]
    answer = client.post(f"{COLUMNS}?state=draft", {"column": wanted})
    assert answer.headers["Location"] == f"{HOME}?state=draft"
    assert heads(client) == ["Title", "Producer", "Resolution", "Campaign", "Edited"]
    row = client.get(f"{HOME}?layout=list").content.decode().split('class="card-facts"')[1]
    row = row.split("</article>")[0]
    assert maker.user.name in row
    assert "Frost" in row
    assert f"{version.width} × {version.height}" in row
    assert "summer" not in row
    assert heads(sign_in(Role.LIBRARIAN))[1] == "Status"  # of each person for themselves


def test_the_day_on_which_a_clearance_ends_is_a_column(brand: Brand, sign_in: SignIn) -> None:
    source = ApprovedVersionFactory.create(asset__brand=brand)
    source.rights.valid_until = timezone.now() + timedelta(days=400)
    source.rights.save()
    version = ApprovedVersionFactory.create(asset__brand=brand)  # the newer stands first
    MadeFrom.objects.create(version=version, source=source, relation=Relation.COMPONENT)
    client = sign_in(Role.CREATOR)
    client.post(COLUMNS, {"column": ["rights_end"]})
    row = client.get(f"{HOME}?layout=list").content.decode().split('class="card-facts"')[1]
    assert str(source.rights.valid_until.year) in row.split("</article>")[0]


def test_a_clearance_is_told_to_end_on_the_day_that_it_is_where_the_brand_is(
    brand: Brand, sign_in: SignIn
) -> None:
    Brand.objects.filter(pk=brand.pk).update(time_zone="America/New_York")
    version = ApprovedVersionFactory.create(asset__brand=brand)
    version.rights.valid_until = datetime(2031, 6, 1, 3, 59, 59, tzinfo=UTC)
    version.rights.save()
    client = sign_in(Role.CREATOR)
    client.post(COLUMNS, {"column": ["rights_end"]})
    row = client.get(f"{HOME}?layout=list").content.decode().split('class="card-facts"')[1]
    assert "31 May 2031" in row.split("</article>")[0]


def test_columns_are_moved_without_script(sign_in: SignIn) -> None:
    client = sign_in(Role.VIEWER)
    answer = client.post(f"{COLUMNS}?tag=a", {"column": ["status", "tags", "size"], "move": "up:size"})
    assert answer.headers["Location"] == f"{COLUMNS}?tag=a&moved=size"
    assert kept(client) == ["status", "size", "tags"]
    assert "autofocus" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        ("up:b", ["b", "a", "c"]),
        ("down:b", ["a", "c", "b"]),
        ("up:a", ["a", "b", "c"]),
        ("down:c", ["a", "b", "c"]),
        ("up:x", ["a", "b", "c"]),
        ("", ["a", "b", "c"]),
    ],
)
def test_one_goes_up_or_down_a_place(move: str, expected: list[str]) -> None:
    assert columns_page.moved(["a", "b", "c"], move) == expected


def test_the_usual_columns_come_back_and_none_are_none(brand: Brand, sign_in: SignIn) -> None:
    clip(brand, "Plain")
    client = sign_in(Role.CREATOR)
    client.post(COLUMNS, {})
    assert heads(client) == ["Title"]
    client.post(COLUMNS, {"reset": "1", "column": ["tags"]})
    assert kept(client) is None


def test_what_there_is_no_column_of_is_left_out(brand: Brand, sign_in: SignIn, maker: Member) -> None:
    clip(brand, "Plain")
    client = sign_in(Role.CREATOR)
    client.post(COLUMNS, {"column": ["tags", "tags", "field:other", "x" * 500, "field:campaign"]})
    assert kept(client) == ["tags", "field:campaign"]
    fields.retire(CustomField.objects.get(key="campaign"), by=maker)
    assert heads(client) == ["Title", "Tags"]


def test_columns_are_of_a_brand(brand: Brand, sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    other = BrandFactory.create(slug="other")
    Membership.objects.create(user_id=client.session["_auth_user_id"], brand=other, role=Role.CREATOR)
    client.post("/b/other/columns/", {"column": ["tags"]})
    chosen = dict(Membership.objects.values_list("brand__slug", "list_columns"))
    assert chosen["other"] == ["tags"]
    assert chosen[brand.slug] is None


def test_a_card_of_a_list_comes_again_with_its_columns(brand: Brand, sign_in: SignIn) -> None:
    version = clip(brand, "Plain")
    address = f"{HOME}assets/{version.asset_id}/card/"
    client = sign_in(Role.CREATOR)
    assert 'class="card-facts"' in client.get(address, {"layout": "list"}).content.decode()
    assert 'class="card-facts"' not in client.get(address).content.decode()


def test_a_long_list_asks_no_more_than_a_short_one(brand: Brand, sign_in: SignIn, maker: Member) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            version: Version = VersionFactory.create(asset__brand=brand)
            given = {"campaign": "Frost", "producer": maker.user.email}
            values.set_values(version.asset, given, by=maker)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{HOME}?layout=list")
        return len(queries)

    client = sign_in(Role.CREATOR)
    client.post(
        COLUMNS,
        {"column": ["tags", "added_by", "field:campaign", "field:producer", "rights_end", "credentials"]},
    )
    more(2)
    client.get(f"{HOME}?layout=list")
    few = asked()
    more(9)
    assert asked() == few
