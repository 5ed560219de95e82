"""What is typed into the search box, and what it is taken to mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.search import fields, query
from dam.search.query import ChipKind, Filters, Query


def parse(typed: str) -> Query:
    return query.parse(typed, fields=fields.FIELDS)


def test_words_and_phrases_keep_their_order_for_the_encoder() -> None:
    parsed = parse('red "summer sale" bottle')
    assert parsed.words == ("red", "bottle")
    assert parsed.phrases == ("summer sale",)
    assert parsed.spoken == "red summer sale bottle"


def test_fields_become_filters() -> None:
    parsed = parse("tag:drinks state:approved origin:generated credentials:trusted by:ada")
    assert parsed.filters == Filters(
        state=("approved",),
        origin=("generated",),
        credentials=("trusted",),
        tag=("drinks",),
        by=("ada",),
    )
    assert not parsed.has_words


@pytest.mark.parametrize(
    ("typed", "meant"), [("review", "in_review"), ("In-Review", "in_review"), ("DRAFT", "draft")]
)
def test_a_state_may_be_said_in_several_ways(typed: str, meant: str) -> None:
    assert parse(f"state:{typed}").filters["state"] == (meant,)


def test_a_field_takes_several_words_in_quotes() -> None:
    assert parse('tag:"cold drinks"').filters["tag"] == ("cold drinks",)


def test_a_minus_rules_words_phrases_and_tags_out() -> None:
    parsed = parse('bottle -red -"on a table" -tag:old')
    assert parsed.excluded == ("red", "on a table")
    assert parsed.filters["-tag"] == ("old",)
    assert parsed.spoken == "bottle"


def test_an_unknown_value_is_reported_with_the_choices() -> None:
    parsed = parse("state:finished")
    assert not parsed
    assert "“state:finished” isn't a known filter. Use one of: draft" in parsed.problems[0]


def test_a_field_with_nothing_behind_it_is_reported() -> None:
    assert parse('tag:""').problems == ("Add a value after “tag:”.",)


def test_a_colon_in_a_word_is_no_field() -> None:
    assert parse("16:9 foo:bar").words == ("16:9", "foo:bar")


def test_each_chip_knows_the_search_without_it() -> None:
    chips = parse("red tag:drinks -old").chips
    assert [(chip.kind, chip.field, chip.text, chip.without) for chip in chips] == [
        (ChipKind.WORD, "", "red", "tag:drinks -old"),
        (ChipKind.FIELD, "tag", "drinks", "red -old"),
        (ChipKind.EXCLUDED, "", "not old", "red tag:drinks"),
    ]


def test_a_quote_left_open_is_passed_over() -> None:
    assert parse('"red bottle').words == ('"red', "bottle")


def test_the_same_filter_twice_counts_once() -> None:
    assert parse("tag:a tag:a").filters["tag"] == ("a",)


def test_a_very_long_search_is_cut() -> None:
    assert len(parse("word " * 1000).words) == query.MAX_TOKENS


def test_a_chip_speaks_as_its_field_says() -> None:
    chips = parse("by:ada -tag:old state:in_review").chips
    assert [(chip.text, chip.icon) for chip in chips] == [
        ("by ada", "user"),
        ("not tagged old", "tag"),
        ("in review", ""),
    ]


def test_a_minus_before_a_field_that_knows_none_is_reported() -> None:
    parsed = parse("-state:draft")
    assert not parsed
    assert parsed.problems == ("“-state:” can't be excluded. A minus works with words and tags.",)


@pytest.mark.parametrize("typed", ["tag:\0", 'tag:"\0"', "by:\0", "state:\0"])
def test_a_nul_alone_is_no_value(typed: str) -> None:
    assert not parse(typed).filters


def test_a_nul_parts_words_like_a_space() -> None:
    parsed = parse("red\0bottle tag:cold\0drinks")
    assert (parsed.words, parsed.filters["tag"]) == (("red", "bottle", "drinks"), ("cold",))


@given(st.text(max_size=80))
def test_whatever_is_typed_every_chip_can_be_taken_out(typed: str) -> None:
    for chip in parse(typed).chips:
        assert len(parse(chip.without).chips) < len(parse(typed).chips)


@pytest.mark.parametrize("typed", ["word " * 30, "x" * 400])
def test_a_search_that_is_too_long_says_what_was_used(typed: str) -> None:
    (problem,) = query.parse(typed, fields=fields.FIELDS).problems
    assert problem.startswith("Only the first")
