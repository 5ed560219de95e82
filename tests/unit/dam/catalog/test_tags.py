import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.catalog import tags


def test_tags_are_trimmed_lower_case_and_each_once() -> None:
    assert tags.parse(" Summer,  product  shot,summer,\nBeach") == ("summer", "product shot", "beach")


def test_two_tags_that_look_alike_are_one() -> None:
    assert tags.parse("summer,sum\u200bmer,\u202esummer,\u2060") == ("summer",)


@given(st.lists(st.text(max_size=100), max_size=80))
def test_clean_tags_fit_the_column_and_stay_as_they_are(words: list[str]) -> None:
    try:
        cleaned = tags.clean(words)
    except tags.TagRefused:
        assert any(len(" ".join(word.split()).lower()) > tags.LONGEST for word in words)
        return
    assert all(0 < len(name) <= tags.LONGEST for name in cleaned)
    assert tags.clean(cleaned) == cleaned


def test_tags_that_look_alike_are_one_and_those_that_nobody_sees_are_none() -> None:
    assert tags.clean(["Cafe\u0301", "caf\u00e9", "\u202ecaf\u00e9\x07", "\u200b", "\u2066 \u2069"]) == (
        "caf\u00e9",
    )
    assert tags.clean(["\U0001f468\u200d\U0001f469"]) == ("\U0001f468\u200d\U0001f469",)


def test_many_tags_stay_as_many_as_they_were() -> None:
    assert len(tags.parse(",".join(f"tag {number}" for number in range(63)))) == 63


@pytest.mark.parametrize("words", ["x" * 61, ",".join(map(str, range(tags.MOST + 1)))])
def test_what_does_not_fit_is_refused_and_not_cut(words: str) -> None:
    with pytest.raises(tags.TagRefused):
        tags.parse(words)
