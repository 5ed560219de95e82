"""The table of search fields."""

from pathlib import Path

import pytest
from lucide.jinja import lucide

from dam.catalog.models import Asset
from dam.search import fields, filters
from dam.search.query import Filters
from dam.search.search_field import YES, Kind, SearchField

DOCS = Path(__file__).parents[4] / "docs" / "search.md"
every_field = pytest.mark.parametrize("field", fields.FIELDS.values(), ids=fields.FIELDS)


@every_field
@pytest.mark.parametrize("shown", ["latest", "released"])
def test_the_columns_exist_in_either_version(field: SearchField, shown: str) -> None:
    str(Asset.objects.filter(**{f"{field.column_for(shown)}__isnull": False}).query)
    for value in (*field.examples, *(field.of_released or dict(field.choices)), "1"):
        # The others are asked in the integration tests.
        if field.read(value) and not (field.is_personal or field.of_prompts or field.of_rows):
            str(filters.narrow(Asset.objects.all(), Filters({field.name: [value]}), shown=shown).query)


@pytest.mark.parametrize(
    "field", [each for each in fields.FIELDS.values() if each.of_rows], ids=lambda each: each.name
)
def test_what_the_rows_of_a_brand_know_is_not_asked_without_one(field: SearchField) -> None:
    value = next(iter(dict(field.choices)), YES)
    for asked in ({field.name: [value]}, {f"-{field.name}": [value]}):
        with pytest.raises(ValueError, match=field.name):
            filters.narrow(Asset.objects.all(), Filters(asked), shown="latest")


@every_field
def test_every_stored_value_may_be_typed_in_capitals_and_with_spaces(field: SearchField) -> None:
    for value, _ in field.choices if field.kind is Kind.CHOICE else ():
        assert field.read(value) == field.read(value.replace("_", " ").upper()) == value


@every_field
def test_a_synonym_means_a_value_that_exists_and_hides_none(field: SearchField) -> None:
    stored = {value for value, _ in field.choices}
    assert set(field.synonyms.values()) <= stored
    assert not stored & set(field.synonyms)


@every_field
def test_the_manual_tells_of_it(field: SearchField) -> None:
    text = DOCS.read_text()
    assert f"`{field.name}:" in text


@every_field
def test_its_examples_can_be_typed_and_every_kind_says_what_it_takes(field: SearchField) -> None:
    assert all(field.read(example) for example in field.examples)
    assert field.says_what_it_takes


def test_a_field_without_choices_takes_what_is_typed() -> None:
    assert fields.FIELDS["by"].read("Ada Lovelace") == "Ada Lovelace"


def test_tags_and_languages_are_read_as_they_are_kept() -> None:
    assert fields.FIELDS["tag"].read(" Cold  Drinks") == "cold drinks"
    assert fields.FIELDS["language"].read("FR") == "fr"


def test_a_value_that_a_field_does_not_have_is_none() -> None:
    assert fields.FIELDS["state"].read("finished") is None


@pytest.mark.parametrize(
    "field", [each for each in fields.FIELDS.values() if each.icon], ids=lambda f: f.name
)
def test_the_icon_of_its_chip_is_one_of_lucides(field: SearchField) -> None:
    assert "<svg" in lucide(field.icon)
