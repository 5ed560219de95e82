"""Reading a CSV file of clips: what each row wants, and what is refused with which words."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from dam.bulk import sheets
from dam.bulk.sheets import SheetRefused
from dam.catalog.rewriting import Words

KEY, OTHER = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def read(text: str) -> sheets.Sheet:
    return sheets.read(text.encode())


@given(st.text())
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    assert sheets.typed(sheets.written(text)) == text


def test_columns_that_are_missing_change_nothing_and_empty_cells_empty() -> None:
    row = read(f"id,tags,description\n{KEY},,\n").rows[0]
    assert row.applied(Words("A", "Cold.", frozenset({"x"}))) == Words("A", "", frozenset())


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_spreadsheets_save_is_read(mark: str, encoding: str) -> None:
    text = mark.join(("ID", " Title ")) + f'\r\n{KEY}{mark}"Straße{mark} ""2"""\r\n\r\n'
    assert sheets.read(text.encode(encoding)).rows[0].title == f'Straße{mark} "2"'


@pytest.mark.parametrize("mark", [";", ",", "|"])
def test_the_line_in_which_excel_says_its_mark_is_no_row(mark: str) -> None:
    found = read(f"sep={mark}\r\nid{mark}title\r\n{KEY}{mark}Night drive\r\nx{mark}y\r\n")
    assert [(row.line, row.title) for row in found.rows] == [(3, "Night drive")]
    assert found.refused[0][0] == 4


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-30 14:22", datetime(2026, 11, 30, 14, 22, 59, 999999, tzinfo=UTC)),
        ("2026-11-30T14:22:05", datetime(2026, 11, 30, 14, 22, 5, 999999, tzinfo=UTC)),
        ("2026-11-30 14:22:05.123456", datetime(2026, 11, 30, 14, 22, 5, 123456, tzinfo=UTC)),
        ("2026-11-30T14:22:05+00:00", datetime(2026, 11, 30, 14, 22, 5, tzinfo=UTC)),
    ],
)
def test_a_time_that_a_spreadsheet_rewrote_is_read_as_it_was_exported(text: str, moment: datetime) -> None:
    assert read(f"id,title,updated_at\n{KEY},A,{text}\n").rows[0].seen_at == moment


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31 23:59",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59.5-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_beyond_the_calendar_is_refused_in_words(text: str) -> None:
    assert [each[:2] for each in read(f"id,title,updated_at\n{KEY},A,{text}\n").refused] == [
        (2, "updated_at")
    ]


def test_a_day_alone_is_no_moment() -> None:
    assert read(f"id,title,updated_at\n{KEY},A,2026-11-30\n").refused


def test_formulas_that_were_defused_are_themselves_again() -> None:
    assert read(f"id,title\n{KEY},'=1+1\n").rows[0].title == "=1+1"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,A", "The id isn't"),
        (KEY, "shorter"),
        (f"{KEY},A\n{KEY},B", "twice"),
    ],
)
def test_a_row_that_is_wrong_is_refused_alone(row: str, words: str) -> None:
    found = read(f"id,title\n{row}\n{OTHER},Fine\n")
    assert found.rows[-1].title == "Fine"
    ((line, _column, reason),) = found.refused
    assert line == 1 + len(row.splitlines())
    assert words in reason


def test_a_tag_that_is_too_long_and_a_time_that_is_none_are_refused() -> None:
    found = read(f"id,tags,updated_at\n{KEY},{'x' * 61},\n{OTHER},x,yesterday\n")
    assert [each[:2] for each in found.refused] == [(2, "tags"), (3, "updated_at")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "column \u201cid\u201d"),
        (b"title\nA\n", "column \u201cid\u201d"),
        (b"id,state\n", "“title”, “description”, “tags”, one of rights or one of a field"),
        (b"id,title,title\n", "twice"),
        (b"id,title\n\xff\xfe\xfa", "UTF-8"),
        (b"id,title\n\0", "CSV file that can be read"),
        (b"id,title\nx," + b"y" * 200_000, "CSV file that can be read"),
        (b"x" * (settings.SHEET_MAX_BYTES + 1), "20 MB"),
        (b"id,title\n" + b"x,y\n" * (sheets.MOST_ROWS + 1), "at most"),
    ],
)
def test_a_file_that_is_no_table_of_clips_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        sheets.read(content)
    assert words in refused.value.message


def test_columns_that_are_not_imported_are_named() -> None:
    assert read(f"id,title,state,mine\n{KEY},A,draft,1\n").ignored == ("state", "mine")
