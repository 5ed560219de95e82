"""What is typed into the search box, and what it is taken to mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.catalog.models import Approval, Credentials, Origin
from dam.search import query
from dam.search.query import ChipKind, Filters


def test_words_and_phrases_keep_their_order_for_the_encoder() -> None:
    asked = query.parse('red "summer sale" bottle')
    assert asked.words == ("red", "bottle")
    assert asked.phrases == ("summer sale",)
    assert asked.spoken == "red summer sale bottle"


def test_fields_become_filters() -> None:
    asked = query.parse("tag:drinks state:approved origin:generated credentials:trusted by:ada")
    assert asked.filters == Filters(
        states=("approved",),
        origins=("generated",),
        credentials=("trusted",),
        tags=("drinks",),
        by=("ada",),
    )
    assert not asked.has_words


@pytest.mark.parametrize(
    ("typed", "meant"), [("review", "in_review"), ("In-Review", "in_review"), ("DRAFT", "draft")]
)
def test_a_state_may_be_said_in_several_ways(typed: str, meant: str) -> None:
    assert query.parse(f"state:{typed}").filters.states == (meant,)


def test_a_field_takes_several_words_in_quotes() -> None:
    assert query.parse('tag:"cold drinks"').filters.tags == ("cold drinks",)


def test_a_minus_rules_words_phrases_and_tags_out() -> None:
    asked = query.parse('bottle -red -"on a table" -tag:old')
    assert asked.excluded == ("red", "on a table")
    assert asked.filters.excluded_tags == ("old",)
    assert asked.spoken == "bottle"


def test_an_unknown_value_is_reported_with_the_choices() -> None:
    asked = query.parse("state:finished")
    assert not asked
    assert "“state:finished” is not understood. Use one of: draft" in asked.problems[0]


def test_a_field_with_nothing_behind_it_is_reported() -> None:
    assert query.parse('tag:""').problems == ("Nothing stands after “tag:”.",)


def test_a_colon_in_a_word_is_no_field() -> None:
    assert query.parse("16:9 foo:bar").words == ("16:9", "foo:bar")


def test_each_chip_knows_the_search_without_it() -> None:
    chips = query.parse("red tag:drinks -old").chips
    assert [(chip.kind, chip.text, chip.without) for chip in chips] == [
        (ChipKind.WORD, "red", "tag:drinks -old"),
        (ChipKind.TAG, "drinks", "red -old"),
        (ChipKind.EXCLUDED, "not old", "red tag:drinks"),
    ]


def test_a_quote_left_open_is_passed_over() -> None:
    assert query.parse('"red bottle').words == ('"red', "bottle")


def test_the_same_filter_twice_counts_once() -> None:
    assert query.parse("tag:a tag:a").filters.tags == ("a",)


def test_a_very_long_search_is_cut() -> None:
    assert len(query.parse("word " * 1000).words) == query.MAX_TOKENS


def test_the_values_are_those_of_the_columns() -> None:
    assert set(query.STATES.values()) == set(Approval.values)
    assert set(query.ORIGINS.values()) == set(Origin.values)
    assert set(query.CREDENTIALS.values()) == set(Credentials.values)


@given(st.text(max_size=80))
def test_whatever_is_typed_every_chip_can_be_taken_out(typed: str) -> None:
    for chip in query.parse(typed).chips:
        assert len(query.parse(chip.without).chips) < len(query.parse(typed).chips)
