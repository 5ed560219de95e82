from hypothesis import given
from hypothesis import strategies as st

from dam.catalog import tags


def test_tags_are_trimmed_lower_case_and_each_once() -> None:
    assert tags.parse(" Summer,  product  shot,summer,\nBeach") == ("summer", "product shot", "beach")


@given(st.lists(st.text(max_size=100), max_size=80))
def test_clean_tags_fit_the_column_and_stay_as_they_are(words: list[str]) -> None:
    cleaned = tags.clean(words)
    assert len(cleaned) <= tags.MOST
    assert all(0 < len(name) <= tags.LONGEST for name in cleaned)
    assert tags.clean(cleaned) == cleaned
