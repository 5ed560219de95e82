"""Searches without results: counted without a person, for a while, and never what may be a secret."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dam.accounts.models import Brand
from dam.search.saved import fruitless


def test_the_same_words_are_counted_together(brand: Brand) -> None:
    for words in ("Red  giraffe", "red giraffe", "zebra"):
        assert fruitless.note(words, brand=brand)
    assert [(each.words, each.count) for each in fruitless.of(brand)] == [("red giraffe", 2), ("zebra", 1)]


def test_they_are_forgotten_in_time(brand: Brand) -> None:
    fruitless.note("zebra", brand=brand, at=timezone.now() - timedelta(days=91))
    fruitless.note("giraffe", brand=brand)
    fruitless.forget_old(at=timezone.now())
    assert [each.words for each in fruitless.of(brand)] == ["giraffe"]


def test_they_are_not_kept_where_that_is_switched_off(brand: Brand, settings: Any) -> None:
    fruitless.note("zebra", brand=brand)
    settings.LOG_FRUITLESS_SEARCHES = False
    assert not fruitless.note("giraffe", brand=brand)
    fruitless.forget_old(at=timezone.now())
    assert not fruitless.of(brand).exists()


@pytest.mark.parametrize(
    "words",
    [
        "ada@example.com",
        "https://example.com/a",
        "4111 1111 1111 1111",
        "+49 (0)170-1234567",
        "my password is mellon",
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "hunter2!abc",
        "a3f9c2e81b",
        "x" * 81,
        "one two three four five six seven eight nine ten eleven",
        "   ",
    ],
)
def test_what_may_be_a_secret_or_is_long_is_not_kept(words: str) -> None:
    assert fruitless.normalised(words) == ""


@pytest.mark.parametrize(
    "words", ["summer 2026", "16:9", "rote Flasche", "赤いボトル", "state:draft cans", "q4"]
)
def test_words_of_a_search_are_kept(words: str) -> None:
    assert fruitless.normalised(words) == words.casefold()
