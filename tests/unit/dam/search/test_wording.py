"""What a search by words asks of the documents."""

import pytest

from dam.search import query, wording
from dam.search.query import Query
from dam.search.wording import Reading


def parse(typed: str) -> Query:
    return query.parse(typed, fields={})


def asked(typed: str, **reading: object) -> str:
    return wording.wording(parse(typed), Reading(**reading)).strict  # type: ignore[arg-type]


def test_a_word_is_asked_for_as_it_is_and_by_its_stems() -> None:
    strict = asked("bottles")
    assert "'bottles'" in strict
    assert "'~en.bottl'" in strict


def test_only_who_reads_comments_asks_for_them() -> None:
    assert "!" not in asked("bottles")
    assert "'!bottles'" in asked("bottles", inside=True)


def test_a_phrase_is_asked_for_as_it_stands() -> None:
    assert asked('"red bottles"') == "('red' <1> 'bottles')"


def test_a_run_is_asked_for_by_pairs_that_hold_each_letter() -> None:
    assert asked("红色瓶子酒") == "((('红色' <2> '瓶子') <1> '子酒'))".removeprefix("(").removesuffix(")")
    assert asked("瓶") == "'瓶'"


def test_runs_and_words_keep_their_distance() -> None:
    assert asked('"红色 cup"') == "('红色' <2> 'cup')"


def test_an_index_is_asked_without_order() -> None:
    assert wording.wording(parse('"red bottles"'), Reading()).loose == "('red' & 'bottles')"


def test_small_words_are_passed_over_beside_others() -> None:
    assert "the" not in asked("the bottle on the table").replace("'", "").split()
    assert "'the'" in asked("the")
    assert "'will'" in asked("the will")


def test_one_of_several_is_enough_after_or() -> None:
    assert " | " in asked("cat OR dog")
    assert " & " not in asked("cat OR dog")


def test_a_word_may_stand_for_others() -> None:
    assert "'bottleneck'" in asked("bottle", others={"bottle": ["bottleneck"]})


@pytest.mark.parametrize("typed", ["", "'", "\\", "🔥", "!!", "& |"])
def test_without_a_word_nothing_is_asked(typed: str) -> None:
    assert not wording.wording(parse(typed), Reading())


def test_close_is_most_of_the_words() -> None:
    assert wording.close(parse("summer bottle elephant"), Reading()).strict.count(" & ") == 3


def test_close_stays_bounded_for_many_words() -> None:
    many = " ".join(f"word{number}" for number in range(24))
    assert len(wording.close(parse(many), Reading()).strict) < 100_000
