import pytest

from dam.rights import statements

LONG = "No TV " * 40 + "spots"


@pytest.mark.parametrize(
    ("own", "before", "both"),
    [
        ("", "", ""),
        ("No TV", "", "No TV"),
        ("", "No TV", "No TV"),
        ("No TV", "No TV", "No TV"),
        ("No TV spots in France", "No TV", "No TV spots in France; No TV"),
        ("No TV", "No TV spots in France", "No TV; No TV spots in France"),
        ("No print; No TV", "No TV; No ads; No ads", "No print; No TV; No ads"),
    ],
)
def test_a_restriction_is_dropped_where_the_whole_of_it_is_said(own: str, before: str, both: str) -> None:
    assert statements.joined(own, before) == both


def test_restrictions_that_are_too_long_together_show_that_they_are_cut() -> None:
    both = statements.joined(LONG, "No ads in France and none in Spain, and no print anywhere in the world")
    assert both.startswith(f"{LONG}; No ads in France")
    assert both.endswith("…")
    assert len(both) <= statements.LONGEST["restriction"]
