"""Where a list goes on, as addresses say it; and that no list counts its pages."""

import ast
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from dam.web import row_pages
from dam.web.row_pages import By

HOME = Path(__file__).parents[4]
ORDER = (By("a", datetime, empty="last"), By("b", str), By("pk", int))
BOTH = (By("a", bool), By("pk", UUID))
# Of captions of one language, which lie in one row: (file, parameter).
PAGES_OF_ONE_ROW = {("dam/web/captions.py", "page")}


def test_a_place_is_read_as_it_was_written() -> None:
    at = datetime(2027, 3, 4, 5, 6, 7, 890_123, tzinfo=UTC)
    text = row_pages.written((at, "Ä ~ “x”", 17))
    assert row_pages.read_place(text, ORDER) == (at, "Ä ~ “x”", 17)
    assert row_pages.read_place(row_pages.written((None, "", -1)), ORDER) == (None, "", -1)
    key = UUID(int=5)
    assert row_pages.read_place(row_pages.written((True, key)), BOTH) == (True, key)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "17",
        "[",
        "[]",
        '["2027-01-01T00:00:00Z"]',
        '["2027-01-01T00:00:00","b",1]',
        '["9999-12-31T23:59:59-12:00","b",1]',
        "[null,null,1]",
        '[null,"a\\u0000b",1]',
        '[null,"\\ud800",1]',
        '[null,"b",true]',
        '[null,"b",1.5]',
        '[null,"b",1e400]',
        '[null,"b",99999999999999999999]',
        '[null,"b",1,2]',
        '{"a":1}',
        "[" * 1_900,
        '[null,"' + "b" * 3_000 + '",1]',
    ],
)
def test_anything_else_is_no_place(text: str) -> None:
    assert row_pages.read_place(text, ORDER) is None


@given(st.text())
def test_no_address_breaks_it(text: str) -> None:
    row_pages.read_place(text, ORDER)
    row_pages.read_place(text, BOTH)


def test_an_address_keeps_what_else_the_page_was_asked() -> None:
    request = RequestFactory().get("/", {"q": "ä b", "after": "old"})
    assert QueryDict(row_pages.address(request, "after", "[1]")[1:]).dict() == {"q": "ä b", "after": "[1]"}
    assert row_pages.address(request, "after", "") == "?q=%C3%A4+b"


def test_no_list_of_rows_counts_its_pages() -> None:
    """With an offset, what comes and goes shifts the pages behind it, and the last ones are slow."""
    found = set()
    for path in sorted(HOME.glob("*/**/*.py")):
        name = str(path.relative_to(HOME))
        if name.split("/")[0] not in ("dam", "generation", "provenance"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "django.core.paginator":
                found.add((name, "Paginator"))
            if isinstance(node, ast.Import) and any(
                each.name == "django.core.paginator" for each in node.names
            ):
                found.add((name, "Paginator"))
            asked = _asked(node)
            if asked in {"page", "offset", "skip"}:
                found.add((name, asked))
    assert found == PAGES_OF_ONE_ROW


def _asked(node: ast.AST) -> str | None:
    """The parameter that `….GET.get("…")` or `….GET["…"]` reads."""
    where, key = None, None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        where, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        where, key = node.value, node.slice
    named = isinstance(where, ast.Attribute) and where.attr == "GET"
    return str(key.value) if named and isinstance(key, ast.Constant) else None
