"""Making, changing, ordering and retiring a brand's fields."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.custom_fields import fields, schema
from dam.custom_fields.definitions import Kind
from dam.custom_fields.fields import FieldChanged
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import FieldRefused, OptionWish, Wish
from dam.web import audit_changes
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    return member(BrandFactory.create(), Role.LIBRARIAN)


def choice(by: Member, title: str = "Season", *labels: str, **more: object) -> CustomField:
    options = tuple(OptionWish(label) for label in labels or ("Summer", "Winter"))
    return fields.make(Wish(title, options=options, **more), kind=Kind.CHOICE, by=by)  # type: ignore[arg-type]


def test_a_field_is_made_with_a_name_for_searches(librarian: Member) -> None:
    fields.make(Wish("Product line", help="Which one"), kind=Kind.TEXT, by=librarian)
    fields.make(Wish("Product-Line!"), kind=Kind.TEXT, by=librarian)
    fields.make(Wish("日本"), kind=Kind.NUMBER, by=librarian)
    assert list(schema.of(librarian.brand)) == ["product_line", "product_line_2", "field_2"]
    assert Event.objects.filter(verb="field.created").count() == 3


def test_a_name_that_a_filter_has_is_not_given_again(librarian: Member) -> None:
    assert fields.make(Wish("Colour"), kind=Kind.TEXT, by=librarian).key == "colour_2"
    with pytest.raises(FieldRefused, match="taken"):
        fields.make(Wish("Own colour"), kind=Kind.TEXT, by=librarian, key="colour")
    with pytest.raises(FieldRefused, match="letter"):
        fields.make(Wish("Own colour"), kind=Kind.TEXT, by=librarian, key="Own Colour")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CREATOR, Role.BRAND_REVIEWER, Role.LEGAL_REVIEWER])
def test_only_librarians_and_administrators_make_fields(role: Role) -> None:
    with pytest.raises(PermissionDenied):
        fields.make(Wish("Season"), kind=Kind.TEXT, by=member(BrandFactory.create(), role))
    assert not CustomField.objects.exists()


def test_another_brands_field_is_not_changed(librarian: Member) -> None:
    row = choice(librarian)
    with pytest.raises(PermissionDenied):
        fields.retire(row, by=member(BrandFactory.create(), Role.ADMIN))


def test_options_are_renamed_ordered_added_and_retired(librarian: Member) -> None:
    row = choice(librarian)
    fields.edit(
        row,
        Wish("Season", options=(OptionWish("Cold", "winter"), OptionWish("Spring"))),
        by=librarian,
        revision=0,
    )
    field = schema.of(librarian.brand)["season"]
    assert [(each.key, each.label, each.retired) for each in field.options] == [
        ("winter", "Cold", False),
        ("spring", "Spring", False),
        ("summer", "Summer", True),
    ]
    event = Event.objects.get(verb="field.edited")
    assert audit_changes.of(event) == ("Options: + Cold, + Spring, − Summer, − Winter",)


def test_nothing_changed_leaves_no_event(librarian: Member) -> None:
    row = choice(librarian)
    same = Wish("Season", options=(OptionWish("Summer", "summer"), OptionWish("Winter", "winter")))
    assert not fields.edit(row, same, by=librarian, revision=0)
    assert not Event.objects.filter(verb="field.edited").exists()


def test_of_two_who_edit_a_field_the_second_is_told(librarian: Member) -> None:
    row = fields.make(Wish("Note"), kind=Kind.TEXT, by=librarian)
    fields.edit(row, Wish("Notes"), by=librarian, revision=0)
    with pytest.raises(FieldChanged):
        fields.edit(row, Wish("Remark"), by=librarian, revision=0)
    assert schema.of(librarian.brand)["note"].title == "Notes"


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        (Wish(" "), "title"),
        (Wish("x" * 61), "title"),
        (Wish("Other"), "options"),
        (Wish("Other", options=(OptionWish("A"), OptionWish("a"))), "options"),
        (Wish("Other", options=(OptionWish("A"),), default=("b",)), "default"),
        (Wish("Other", options=(OptionWish("A"),), depends_on="nothing"), "depends_on"),
        (Wish("season", options=(OptionWish("A"),)), "title"),
    ],
)
def test_what_a_field_cant_be_is_refused_beside_its_place(librarian: Member, wish: Wish, where: str) -> None:
    choice(librarian)
    with pytest.raises(FieldRefused) as refused:
        fields.make(wish, kind=Kind.CHOICE, by=librarian)
    assert refused.value.where == where
    assert CustomField.objects.count() == 1


def test_options_depend_on_those_of_another_field(librarian: Member) -> None:
    choice(librarian, "Line", "Cars", "Bikes")
    row = fields.make(
        Wish("Model year", depends_on="line", options=(OptionWish("SUV", only_with=frozenset({"cars"})),)),
        kind=Kind.MULTI_CHOICE,
        by=librarian,
    )
    field = schema.of(librarian.brand)[row.key]
    assert (field.depends_on, field.options[0].only_with) == ("line", frozenset({"cars"}))
    line = CustomField.objects.get(key="line")
    with pytest.raises(FieldRefused, match="depends on this field"):
        fields.retire(line, by=librarian)
    circle = Wish("Line", depends_on=row.key, options=(OptionWish("Cars", "cars"),))
    with pytest.raises(FieldRefused, match="depends on this field"):
        fields.edit(line, circle, by=librarian)


def test_a_retired_field_comes_back_as_it_was(librarian: Member) -> None:
    row = choice(librarian)
    fields.retire(row, by=librarian)
    assert schema.of(librarian.brand).in_use == ()
    fields.restore(row, by=librarian)
    assert [each.key for each in schema.of(librarian.brand).in_use] == ["season"]
    assert list(Event.objects.order_by("sequence").values_list("verb", flat=True)) == [
        "field.created",
        "field.retired",
        "field.restored",
    ]


def test_fields_are_put_in_order(librarian: Member) -> None:
    for title in ("A1", "B1", "C1"):
        fields.make(Wish(title), kind=Kind.TEXT, by=librarian)
    assert fields.move("c1", up=True, by=librarian)
    assert list(schema.of(librarian.brand)) == ["a1", "c1", "b1"]
    assert not fields.move("a1", up=True, by=librarian)


def test_a_brand_without_fields_asks_the_database_nothing(
    librarian: Member, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert not schema.of(librarian.brand)
    choice(librarian)
    schema.of(librarian.brand)
    with django_assert_num_queries(0):
        assert schema.of(librarian.brand)
