"""Chips, choices and refusals of a search in the language of whoever reads them."""

import pytest
from django.utils import translation

from dam.search import fields
from dam.search.query import parse
from dam.search.search_field import NO, YES, Kind, SearchField

KNOWN = fields.FIELDS
FLAGS = [each for each in KNOWN.values() if each.kind is Kind.FLAG]


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("en", "state:in_review", "in review"),
        ("de", "state:in_review", "In Prüfung"),
        ("de", "-state:draft,approved", "nicht Entwurf oder nicht Freigegeben"),
        ("de", "by:ada", "von ada"),
        ("de", "created:week", "hinzugefügt: in den letzten 7 Tagen"),
        ("de", "fps:23.976", "23,976 fps"),
        ("de", "width:>=1920", "Breite ab 1920"),
        ("de", "size:>1.5gb", "über 1,5 GB"),
        ("fr", "size:>1.5gb", "plus de 1,5 Go"),
        ("fr", "sound:no", "sans son"),
        ("fr", "cat OR dog", "cat ou dog"),
    ],
)
def test_a_chip_is_in_the_language_of_its_reader(language: str, typed: str, said: str) -> None:
    with translation.override(language):
        assert [chip.text for chip in parse(typed, fields=KNOWN).chips] == [said]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_no_title_or_choice_of_a_field_stays_english(language: str) -> None:
    """Where English says words: names, units and figures are the same."""
    for field in KNOWN.values():
        labels = [label for _value, label in field.choices if field.kind is not Kind.NUMBER]
        for words in (field.title, *labels, field.takes):
            with translation.override("en"):
                english = str(words)
            with translation.override(language):
                same = str(words) == english
            assert not same or english in ALIKE, english


NAMES = (
    "Video Image Collections Tags Credentials Prompt Seed Licence Restriction "
    "Web Orange HD SD 4K 16:9 9:16 1:1 4:5"
)
ALIKE = {"", "Full HD", *NAMES.split()}


@pytest.mark.parametrize(
    ("name", "value", "excluded", "said"),
    [
        ("hold", "yes", False, "under legal hold"),
        ("hold", "yes", True, "not under legal hold"),
        ("hold", "no", True, "under legal hold"),
        ("sound", "yes", False, "with sound"),
        ("sound", "yes", True, "without sound"),
    ],
)
def test_a_flag_is_said_by_the_name_of_what_it_means(
    name: str, value: str, excluded: bool, said: str
) -> None:
    assert KNOWN[name].chip_text(value, excluded=excluded) == said


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize(
    "flag", [each for each in KNOWN.values() if each.kind is Kind.FLAG], ids=lambda f: f.name
)
def test_each_flag_and_its_opposite_are_said_in_the_language_of_the_reader(
    flag: SearchField, language: str
) -> None:
    with translation.override("en"):
        english = {flag.chip_text(value) for value in (YES, NO)}
    with translation.override(language):
        said = [flag.chip_text(YES), flag.chip_text(NO)]
        assert said == [flag.chip_text(NO, excluded=True), flag.chip_text(YES, excluded=True)]
    assert len(set(said)) == 2
    assert language == "en" or not english & set(said)


@pytest.mark.parametrize("reader", ["en", "de", "fr"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ('state:"In Prüfung"', ("state", "in_review")),
        ("state:approuve", ("state", "approved")),
        ("colour:rot", ("colour", "red")),
        ("kind:bild", ("kind", "still")),
    ],
)
def test_choices_are_typed_as_any_reader_of_the_product_is_told_of_them(
    reader: str, typed: str, meant: tuple[str, str]
) -> None:
    with translation.override(reader):
        (parsed,) = parse(typed, fields=KNOWN).filters.items()
    assert parsed == (meant[0], (meant[1],))


def test_a_refusal_names_values_as_its_reader_types_them() -> None:
    with translation.override("de"):
        (problem,) = parse("state:x", fields=KNOWN).problems
        named = problem.partition("einer von: ")[2].rstrip(".").split(", ")
        assert '"In Prüfung"' in named
        assert all(parse(f"state:{each}", fields=KNOWN).filters["state"] for each in named)
