"""What stands in several frames after one another is one line, from its first to its last."""

from dam.search import reading
from dam.search.reading import Page, Written


def page(start_ms: int, *texts: str, confidence: float = 0.9) -> Page:
    return Page(start_ms, start_ms + 500, tuple(Written(text, confidence) for text in texts))


def lines(*pages: Page) -> list[tuple[int, int, str]]:
    return [(line.start_ms, line.end_ms, line.text) for line in reading.merged(pages)]


def test_a_line_that_stays_is_one() -> None:
    shown = [
        page(0),
        page(500, "SUMMER SALE"),
        page(1000, "SUMMER SALE", "from 9.99"),
        page(1500, "from 9.99"),
    ]
    assert lines(*shown) == [(500, 1500, "SUMMER SALE"), (1000, 2000, "from 9.99")]


def test_a_misreading_is_the_same_line_and_the_surest_reading_is_kept() -> None:
    shown = [page(0, "5UMMER SALE", confidence=0.82), page(500, "SUMMER SALE", confidence=0.99)]
    assert lines(*shown) == [(0, 1000, "SUMMER SALE")]


def test_what_comes_again_later_is_another_line() -> None:
    assert len(lines(page(0, "EXIT"), page(500), page(1000, "EXIT"))) == 2


def test_what_is_unsure_or_no_word_is_left_out() -> None:
    assert reading.is_sure(Written("Berlin", 0.9))
    assert not reading.is_sure(Written("Berlin", 0.6))
    assert not reading.is_sure(Written("- I", 0.99))
