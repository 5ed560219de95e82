"""What a bulk change makes of one clip's words, and how it is taken back."""

import pytest

from dam.bulk.changes import Change, Describe, applied, read, undone
from dam.catalog.rewriting import Words


def words(title: str = "Pour", description: str = "", *tags: str) -> Words:
    return Words(title, description, frozenset(tags))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(add_tags=("lime",)), words("Pour", "Cold.", "beach", "lime")),
        (Change(remove_tags=("beach", "other")), words("Pour", "Cold.")),
        (Change(title="Summer: {title}"), words("Summer: Pour", "Cold.", "beach")),
        (Change(title="{title} {x}"), words("Pour {x}", "Cold.", "beach")),
        (Change(find="our", replace="ort"), words("Port", "Cold.", "beach")),
        (Change(find="our", title="{title}!"), words("P!", "Cold.", "beach")),
        (Change(describe=Describe.REPLACE, description="Hot."), words("Pour", "Hot.", "beach")),
        (Change(describe=Describe.APPEND, description="Hot."), words("Pour", "Cold.\n\nHot.", "beach")),
        (Change(describe=Describe.CLEAR), words("Pour", "", "beach")),
        (Change(trash=True), words("Pour", "Cold.", "beach")),
    ],
)
def test_a_change_of_words(change: Change, expected: Words) -> None:
    assert applied(change, words("Pour", "Cold.", "beach")) == expected


def test_a_change_is_read_as_it_was_kept() -> None:
    change = Change(add_tags=("a",), describe=Describe.CLEAR, hold="Case 7", trash=True)
    assert read(change.kept()) == change
    assert read({}).is_empty


def test_what_was_changed_goes_back() -> None:
    before, after = words("Pour", "Cold.", "beach"), words("Port", "Hot.", "lime")
    assert undone(before, after, after) == (before, ())


def test_what_somebody_changed_since_stays() -> None:
    before, after = words("Pour", "Cold.", "beach"), words("Port", "Hot.", "lime")
    now = words("Mine", "Hot.", "lime", "new")
    assert undone(before, after, now) == (words("Mine", "Cold.", "beach", "new"), ("title",))


def test_what_somebody_put_back_already_is_no_conflict() -> None:
    before, after = words("Pour"), words("Port")
    assert undone(before, after, before) == (before, ())
