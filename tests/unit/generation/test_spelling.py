import pytest

from generation import spelling


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("bottle", "bottle", 0),
        ("botle", "bottle", 1),
        ("purpel", "purple", 1),
        ("bottles", "bottle", 1),
        ("cup", "can", 2),
        ("", "can", 3),
    ],
)
def test_slips_are_counted(one: str, other: str, slips: int) -> None:
    assert spelling.slips(one, other) == spelling.slips(other, one) == slips


@pytest.mark.parametrize(
    ("word", "form"),
    [
        ("spinning", "spin"),
        ("bouncing", "bounce"),
        ("cities", "city"),
        ("biggest", "big"),
        ("slide", "sliding"),
        ("spin", "spinning"),
        ("happily", "happy"),
    ],
)
def test_forms_of_a_word_are_told(word: str, form: str) -> None:
    assert form in spelling.forms(word)


KNOWN = {"b": ["ball", "balls", "black", "block", "bottle", "bouncing"], "c": ["can"]}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("botle", "bottle"),
        ("boucning", "bouncing"),
        ("buoncign", "bouncing"),  # two slips in eight letters
        ("bals", "ball"),  # "balls" is as near, and says the same
        ("ballz", "ball"),
        ("blck", None),  # two words as near as each other
        ("cann", None),  # too short a word to tell
        ("obttle", None),  # the first letter is right
        ("bell", None),
        ("bells", None),
    ],
)
def test_a_slip_is_read_as_the_one_word_that_it_can_be(word: str, meant: str | None) -> None:
    assert spelling.meant(word, KNOWN, real={"bell"}) == meant
