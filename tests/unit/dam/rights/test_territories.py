import pytest
from django.utils import translation

from dam.rights import territories


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("DE", ("DE",)),
        ("de, Austria;UK", ("DE", "AT", "GB")),
        ("France\nfrance, FR", ("FR",)),
        ("EU, Switzerland", ("EU", "CH")),
        (" , ", ()),
    ],
)
def test_people_name_countries_as_they_like(words: str, codes: tuple[str, ...]) -> None:
    assert territories.parse(words) == codes


def test_a_name_that_is_no_country_is_refused_and_named() -> None:
    with pytest.raises(territories.UnknownTerritory, match="Germny"):
        territories.parse("France, Germny")


@pytest.mark.parametrize(
    ("cleared", "wanted", "covered"),
    [
        (["worldwide"], "DE", True),
        (["worldwide"], "EU", True),
        (["worldwide"], "worldwide", True),
        (["EU"], "DE", True),
        (["EU"], "EU", True),
        (["EU"], "GB", False),
        (["EU"], "CH", False),
        (["EU"], "worldwide", False),
        (["DE", "FR"], "FR", True),
        (["DE", "FR"], "EU", False),
        (sorted(territories.EU), "EU", True),
        ([], "DE", False),
    ],
)
def test_what_a_clearance_covers(cleared: list[str], wanted: str, covered: bool) -> None:
    assert territories.covers(cleared, wanted) is covered


def test_the_eu_has_27_countries_and_all_have_names() -> None:
    assert len(territories.EU) == 27
    assert all(territories.known(code) for code in territories.EU)


@pytest.mark.parametrize(
    ("cleared", "sentence"),
    [
        (["worldwide"], "worldwide"),
        (["EU", "CH"], "the EU and Switzerland"),
        (["DE", "AT", "CH"], "Germany, Austria and Switzerland"),
    ],
)
def test_a_clearance_reads_as_a_sentence(cleared: list[str], sentence: str) -> None:
    assert territories.describe(cleared) == sentence


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_what_a_form_holds_is_read_again_in_its_language(language: str) -> None:
    places = ("DE", "CH", "EU", "US")
    with translation.override(language):
        assert territories.parse(territories.typed(places)) == places
