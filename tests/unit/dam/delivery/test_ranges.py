import pytest
from hypothesis import given
from hypothesis import strategies as st

from dam.delivery import ranges
from dam.delivery.ranges import NotSatisfiable, Span


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-", (0, 1000)),
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=990-5000", (990, 1000)),
        ("bytes=-100", (900, 1000)),
        ("bytes=-5000", (0, 1000)),
    ],
)
def test_a_range_is_cut_to_the_file(header: str, span: tuple[int, int]) -> None:
    assert ranges.parse(header, size=1000) == Span(*span, 1000)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=0-1,5-6",
        "lines=0-1",
        "bytes=a-b",
        "bytes=" + "9" * 30 + "-",
    ],
)
def test_what_is_no_single_range_is_ignored(header: str) -> None:
    assert ranges.parse(header, size=1000) is None


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_the_file_is_refused(header: str) -> None:
    with pytest.raises(NotSatisfiable):
        ranges.parse(header, size=1000)


def test_the_content_range_names_the_last_byte() -> None:
    assert Span(10, 20, 1000).header == "bytes 10-19/1000"


def test_if_range_wants_the_very_same_file() -> None:
    assert ranges.applies("", etag='"a"')
    assert ranges.applies('"a"', etag='"a"')
    assert not ranges.applies('"b"', etag='"a"')
    assert not ranges.applies("Sun, 06 Nov 1994 08:49:37 GMT", etag='"a"')


def test_if_none_match_reads_lists_and_weak_tags() -> None:
    assert ranges.matches('"x", W/"a"', etag='"a"')
    assert not ranges.matches("", etag='"a"')


@given(st.text("bytes=0123456789-,", max_size=30), st.integers(1, 10**6))
def test_any_header_gives_bytes_of_the_file_or_none(header: str, size: int) -> None:
    try:
        span = ranges.parse(header, size=size)
    except NotSatisfiable:
        return
    assert span is None or 0 <= span.start < span.stop <= size
