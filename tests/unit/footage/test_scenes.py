"""What the classes of ImageNet are said to show."""

import pytest

from generation.footage import scenes


def test_a_line_speaks_of_a_class_or_of_several() -> None:
    found = scenes.scenes("0-2|a fish\n2|a shark\n999|paper\n")
    assert (found[0], found[2], found[3], found[999]) == (["a fish"], ["a fish", "a shark"], [], ["paper"])


@pytest.mark.parametrize("line", ["0", "a|b", "1000|x", "5-4|x", "3|", "-1|x", "x-2|y"])
def test_a_line_that_is_none_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="Line 1"):
        scenes.scenes(line)


def test_most_classes_have_scenes() -> None:
    assert sum(bool(words) for words in scenes.scenes()) > 800
