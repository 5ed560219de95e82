"""The order of collections inside another: by name, until somebody moves one."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.collections import collections, inside, places
from dam.collections.audience import Audience
from dam.collections.collections import CollectionRefused
from dam.collections.items import To
from dam.collections.models import Collection
from tests.factories import member

Make = Callable[[str], Collection]


@pytest.fixture
def make(collection: Collection, creator: Member) -> Make:
    return lambda name: collections.create(name, by=creator, parent=collection)


@pytest.fixture
def four(make: Make) -> dict[str, Collection]:
    return {name: make(name) for name in "DBAC"}


def order(collection: Collection) -> str:
    rows = Collection.objects.filter(parent=collection, deleted_at=None)
    return "".join(each.name for each in inside.in_order(rows))


@pytest.mark.parametrize(
    ("name", "to", "expected"),
    [
        ("C", To.START, "CABD"),
        ("C", To.UP, "ACBD"),
        ("B", To.DOWN, "ACBD"),
        ("B", To.END, "ACDB"),
        ("A", To.UP, "ABCD"),
        ("D", To.END, "ABCD"),
    ],
)
def test_one_is_moved(
    collection: Collection, four: dict[str, Collection], creator: Member, name: str, to: To, expected: str
) -> None:
    moved = inside.move(four[name], to=to, by=creator)
    assert order(collection) == expected
    assert moved is (expected != "ABCD")
    assert Event.objects.filter(verb="collection.inside_moved").count() == moved


def test_one_is_moved_beside_another(
    collection: Collection, four: dict[str, Collection], creator: Member
) -> None:
    inside.move(four["A"], to=To.AFTER, beside=four["C"].pk, by=creator)
    assert order(collection) == "BCAD"
    inside.move(four["D"], to=To.BEFORE, beside=four["B"].pk, by=creator)
    assert order(collection) == "DBCA"
    with pytest.raises(CollectionRefused):
        inside.move(four["A"], to=To.AFTER, beside=uuid4(), by=creator)


def test_a_later_move_writes_that_one_alone_however_often(
    collection: Collection, four: dict[str, Collection], creator: Member
) -> None:
    inside.move(four["A"], to=To.END, by=creator)
    before = dict(Collection.objects.filter(parent=collection).values_list("name", "place"))
    inside.move(four["D"], to=To.START, by=creator)
    after = dict(Collection.objects.filter(parent=collection).values_list("name", "place"))
    assert {name for name in after if after[name] != before[name]} == {"D"}
    for _time in range(120):  # into the same spot: there is room each time
        inside.move(four["C"], to=To.AFTER, beside=four["D"].pk, by=creator)
        inside.move(four["B"], to=To.AFTER, beside=four["D"].pk, by=creator)
    assert order(collection) == "DBCA"
    assert all(len(each.place) <= places.LONGEST for each in Collection.objects.filter(parent=collection))


def test_what_comes_later_stands_behind_by_name(
    collection: Collection, four: dict[str, Collection], creator: Member, make: Make
) -> None:
    inside.move(four["D"], to=To.START, by=creator)
    make("F")
    made = make("E")
    assert order(collection) == "DABCEF"
    inside.move(made, to=To.UP, by=creator)
    assert order(collection) == "DABECF"


def test_one_that_is_moved_elsewhere_or_comes_back_finds_a_place(
    collection: Collection, four: dict[str, Collection], creator: Member, make: Make
) -> None:
    inside.move(four["D"], to=To.START, by=creator)
    collections.delete(four["B"], by=creator)
    inside.move(four["C"], to=To.START, by=creator)
    assert order(collection) == "CDA"
    collections.restore(four["B"].pk, by=creator)
    assert order(collection) == "CDAB"
    collections.edit(four["C"], by=creator, parent=four["A"], moves=True)
    four["C"].refresh_from_db()
    assert (order(collection), four["C"].place) == ("DAB", "")


def test_who_may_not_change_it_moves_nothing(
    brand: Brand, collection: Collection, four: dict[str, Collection], creator: Member
) -> None:
    with pytest.raises(PermissionDenied):
        inside.move(four["A"], to=To.END, by=member(brand, Role.VIEWER))
    collections.edit(collection, by=creator, seen_by=Audience(everyone=False))
    with pytest.raises(CollectionRefused):
        inside.move(four["A"], to=To.END, by=member(brand, Role.CREATOR))
    with pytest.raises(CollectionRefused):
        inside.move(collection, to=To.END, by=creator)  # at the top they stand by name
    assert order(collection) == "ABCD"
