"""Fields as JSON: out of one brand, into another."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.custom_fields import exchange, fields, schema
from dam.custom_fields.definitions import Kind
from dam.custom_fields.exchange import NotFields
from dam.custom_fields.models import CustomField
from dam.custom_fields.planning import FieldRefused, OptionWish, Wish
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def librarian() -> Member:
    by = member(BrandFactory.create(), Role.LIBRARIAN)
    fields.make(Wish("Line", options=(OptionWish("Cars"), OptionWish("Bikes"))), kind=Kind.CHOICE, by=by)
    tied = OptionWish("SUV", only_with=frozenset({"cars"}))
    fields.make(
        Wish("Make", depends_on="line", options=(tied, OptionWish("Other"))), kind=Kind.MULTI_CHOICE, by=by
    )
    old = fields.make(Wish("Old", default=("12.5",)), kind=Kind.NUMBER, by=by)
    fields.retire(old, by=by)
    return by


def told(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("fields", *args, stdout=out, **options)
    return out.getvalue()


def facts(by: Member) -> Any:
    return exchange.exported(schema.read(by.brand.pk))


def test_a_brands_fields_go_into_another_as_they_are(librarian: Member, tmp_path: Path) -> None:
    other = member(BrandFactory.create(), Role.ADMIN)
    file = str(tmp_path / "fields.json")
    told("export", librarian.brand.slug, file)
    assert told("import", other.brand.slug, file).splitlines() == ["line: made", "make: made", "old: made"]
    assert facts(other) == facts(librarian)
    assert told("import", other.brand.slug, file).splitlines() == ["line: same", "make: same", "old: same"]


def test_a_dry_run_says_what_would_change_and_changes_nothing(librarian: Member, tmp_path: Path) -> None:
    data = facts(librarian)
    data["fields"][0]["title"] = "Product line"
    data["fields"].append({"key": "note", "title": "Note", "kind": "text"})
    file = tmp_path / "fields.json"
    file.write_text(json.dumps(data))
    before, events = facts(librarian), Event.objects.count()
    said = told("import", librarian.brand.slug, str(file), dry_run=True)
    assert "line: changed" in said
    assert "note: made" in said
    assert (facts(librarian), Event.objects.count()) == (before, events)
    told("import", librarian.brand.slug, str(file))
    assert [each["title"] for each in facts(librarian)["fields"]] == ["Product line", "Make", "Old", "Note"]


def test_all_of_a_file_comes_in_or_nothing(librarian: Member) -> None:
    data = {
        "format": 1,
        "fields": [
            {"key": "note", "title": "Note", "kind": "text"},
            {"key": "line", "title": "Line", "kind": "text"},
        ],
    }
    with pytest.raises(FieldRefused, match="line: It is there as another kind"):
        exchange.bring_in(data, by=librarian)
    assert not CustomField.objects.filter(key="note").exists()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"fields": []},
        {"format": 1},
        {"format": 1, "fields": [1]},
        {"format": 1, "fields": [{"key": "a", "title": "A", "kind": "colour"}]},
        {"format": 1, "fields": [{"key": "a", "title": 1, "kind": "text"}]},
        {"format": 1, "fields": [{"key": "a", "title": "A", "kind": "text", "default": "x"}]},
        {"format": 1, "fields": [{"key": "a", "title": "A", "kind": "choice", "options": [{"key": "b"}]}]},
    ],
)
def test_what_is_no_file_of_fields_is_refused(librarian: Member, data: object) -> None:
    with pytest.raises(NotFields):
        exchange.bring_in(data, by=librarian)


def test_the_command_lists_and_refuses_in_sentences(librarian: Member, tmp_path: Path) -> None:
    said = told("list", librarian.brand.slug)
    assert "make: Make (multi_choice, depends on line)" in said
    assert "  suv: SUV (with cars)" in said
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    for args in (
        ("list", "nowhere"),
        ("import", librarian.brand.slug, str(broken)),
        ("import", librarian.brand.slug, str(tmp_path / "missing")),
        ("export", librarian.brand.slug, str(tmp_path)),
    ):
        with pytest.raises(CommandError):
            told(*args)


def test_a_field_may_stand_before_the_one_it_depends_on_and_both_be_retired(librarian: Member) -> None:
    fields.order(["make", "line"], by=librarian)
    in_use = facts(librarian)
    for key in ("make", "line"):
        fields.retire(CustomField.objects.get(key=key), by=librarian)
    other = member(BrandFactory.create(), Role.ADMIN)
    for data, what in (
        (facts(librarian), "made"),
        (facts(librarian), "same"),
        (in_use, "changed"),
        (facts(librarian), "changed"),
    ):
        outcomes = {each.key: each.what for each in exchange.bring_in(data, by=other)}
        assert outcomes == {"make": what, "line": what, "old": "made" if what == "made" else "same"}
        assert facts(other) == data
