"""What is typed for a field, as a value it can have."""

import pytest
from django.utils import translation

from dam.custom_fields import reading
from dam.custom_fields.definitions import Field, Kind, Option, Schema
from dam.custom_fields.reading import ValueRefused
from dam.search import fields as search_fields


def a(kind: Kind, **more: object) -> Field:
    return Field(1, "it", "It", kind, **more)  # type: ignore[arg-type]


CHOICE = a(
    Kind.CHOICE,
    options=(Option(1, "red", "Red"), Option(2, "blue", "Sky blue"), Option(3, "old", "Old", True)),
)
SEVERAL = a(Kind.MULTI_CHOICE, options=CHOICE.options)


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (a(Kind.TEXT), "  two\nlines ", "two\nlines"),
        (a(Kind.TEXT), "e\u0301", "é"),
        (a(Kind.NUMBER), "12.50", "12.5"),
        (a(Kind.NUMBER), "12,5", "12.5"),
        (a(Kind.NUMBER), "1 200", "1200"),
        (a(Kind.NUMBER), "1,234,567", "1234567"),
        (a(Kind.NUMBER), "0,125", "0.125"),
        (a(Kind.NUMBER), "−3", "-3"),
        (a(Kind.NUMBER), "-0", "0"),
        (a(Kind.NUMBER), "007", "7"),
        (a(Kind.DATE), "2027-05-03", "2027-05-03"),
        (a(Kind.LINK), "https://example.com/a?b#c", "https://example.com/a?b#c"),
        (a(Kind.YES_NO), "Yes", "yes"),
        (a(Kind.YES_NO), "0", "no"),
        (CHOICE, "blue", "blue"),
        (CHOICE, "SKY BLUE", "blue"),
    ],
)
def test_a_value_is_written_in_one_way(field: Field, typed: str, value: str) -> None:
    assert reading.read(field, [typed]) == (value,)


@pytest.mark.parametrize("kind", Kind)
def test_an_empty_text_is_no_value(kind: Kind) -> None:
    assert reading.read(a(kind), ["  "]) == ()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        (a(Kind.NUMBER), "twelve"),
        (a(Kind.NUMBER), "1e5"),
        (a(Kind.NUMBER), "NaN"),
        (a(Kind.NUMBER), "1,234"),  # 1234 here, 1.234 there
        (a(Kind.NUMBER), "1" * 15),
        (a(Kind.NUMBER), "0.1234567"),
        (a(Kind.DATE), "3 May"),
        (a(Kind.LINK), "javascript:alert(1)"),
        (a(Kind.LINK), "https://"),
        (a(Kind.LINK), "https://[half"),
        (a(Kind.LINK), "https://a b"),
        (a(Kind.YES_NO), "perhaps"),
        (a(Kind.TEXT), "x" * (reading.LONGEST_TEXT + 1)),
        (a(Kind.PERSON), "nobody@example.com"),
        (a(Kind.PERSON), "12"),
        (a(Kind.PERSON), "7" * 5_000),  # more digits than Python reads
        (CHOICE, "green"),
        (CHOICE, "old"),
    ],
)
def test_what_a_field_cant_have_is_refused_with_its_name(field: Field, typed: str) -> None:
    with pytest.raises(ValueRefused, match="It") as refused:
        reading.read(field, [typed])
    assert refused.value.field == "it"


def test_where_points_group_digits_a_number_that_could_be_either_is_refused() -> None:
    number = a(Kind.NUMBER)
    assert reading.read(number, ["1.234"]) == ("1.234",)
    with translation.override("de"):
        with pytest.raises(ValueRefused, match=r"1234 .*1,2340"):
            reading.read(number, ["1.234"])
        for typed, value in (("1234", "1234"), ("1,2340", "1.234"), ("12.5", "12.5"), ("0.125", "0.125")):
            assert reading.read(number, [typed]) == (value,)
        assert reading.read(number, ["1.234"], kept=("1.234",)) == ("1.234",)


def test_one_choice_takes_one_value_and_several_take_several_in_their_order() -> None:
    with pytest.raises(ValueRefused):
        reading.read(CHOICE, ["red", "blue"])
    assert reading.read(SEVERAL, ["blue", "Red", "red"]) == ("red", "blue")


def test_a_clip_keeps_a_retired_option_and_somebody_who_has_left() -> None:
    assert reading.read(CHOICE, ["old"], kept=("old",)) == ("old",)
    assert reading.read(a(Kind.PERSON), ["7"], kept=("7",)) == ("7",)


def test_a_person_is_found_by_address_or_number() -> None:
    people = {"ada@example.com": 7}
    assert reading.read(a(Kind.PERSON), ["Ada@Example.com"], people=people) == ("7",)
    assert reading.read(a(Kind.PERSON), ["7"], people=people) == ("7",)


LINE = Field(1, "line", "Line", Kind.CHOICE, options=(Option(1, "cars", "Cars"), Option(2, "bikes", "Bikes")))
MODEL = Field(
    2,
    "model_year",
    "Model",
    Kind.CHOICE,
    required=True,
    depends_on="line",
    options=(Option(3, "suv", "SUV", only_with=frozenset({"cars"})), Option(4, "other", "Other")),
)
BOTH = Schema((LINE, MODEL))


def test_an_option_goes_with_what_it_depends_on() -> None:
    reading.require_fit(BOTH, {"line": ("cars",), "model_year": ("suv",)}, changed=["model_year"])
    reading.require_fit(BOTH, {"line": ("bikes",), "model_year": ("other",)}, changed=["line"])
    for values in ({"line": ("bikes",), "model_year": ("suv",)}, {"model_year": ("suv",)}):
        with pytest.raises(ValueRefused, match="only where “Line” is Cars"):
            reading.require_fit(BOTH, values, changed=["line"])


def test_what_did_not_change_is_left_alone() -> None:
    reading.require_fit(BOTH, {"line": ("bikes",), "model_year": ("suv",)}, changed=["something_else"])


def test_what_is_required_is_missing_only_where_there_is_something_to_choose() -> None:
    assert BOTH.missing({}) == (MODEL,)
    assert BOTH.missing({"model_year": ("other",)}) == ()
    tied = Field(**{**MODEL.__dict__, "options": MODEL.options[:1]})
    assert Schema((LINE, tied)).missing({"line": ("bikes",)}) == ()
    assert Schema((LINE, tied)).missing({"line": ("cars",)}) == (tied,)


def test_a_brands_field_never_takes_the_name_of_a_filter() -> None:
    from dam.custom_fields.fields import RESERVED

    assert not set(search_fields.FIELDS) - RESERVED


def test_search_names_of_ready_made_fields_are_free_and_their_words_fit() -> None:
    from dam.custom_fields import ready_made
    from dam.custom_fields.fields import KEY, RESERVED
    from dam.custom_fields.models import CustomField

    made = [each for offered in ready_made.SETS for each in offered.fields]
    assert len({each.key for each in made}) == len(made)
    for each in made:
        assert KEY.fullmatch(each.key), each.key
        assert each.key not in RESERVED
        assert len(each.key) <= CustomField.LONGEST_KEY
        assert len(str(each.title)) <= CustomField.LONGEST_TITLE
