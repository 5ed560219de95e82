"""Unit tests of the scripts in dam/static/dam/js: each `test("…")` of a *.test.js file, run in Chromium."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.conftest import BASE_DIR

HERE = Path(__file__).resolve().parent
SCRIPTS = BASE_DIR / "dam/static/dam/js"
NAMED = re.compile(r'^test\("((?:[^"\\]|\\.)+)"', re.MULTILINE)
# They bind modules that have tests of their own.
UNTESTED = {"main.js", "passkeys.js"}  # the second by the journey with an authenticator


def named() -> Iterator[tuple[str, str]]:
    """Each file and the names of its tests, read from the text: nothing runs while tests are collected."""
    for path in sorted(HERE.rglob("*.test.js")):
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(HERE).as_posix(), name


@pytest.mark.parametrize(
    ("file", "name"), [pytest.param(*each, id=f"{each[0]}: {each[1]}") for each in named()]
)
def test_script(file: str, name: str, window: Page, address: str) -> None:
    window.goto(f"{address}/tests/harness.html")  # a new page: no module of another test is loaded
    failed = window.evaluate(
        """async ([file, name]) => {
            await import(file);
            return (await import("/tests/harness.js")).run(name);
        }""",
        [f"/tests/{file}", name],
    )
    if failed:
        pytest.fail(f"{file}: {name}\n{failed}", pytrace=False)


def test_every_script_has_tests() -> None:
    scripts = {path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.js")} - UNTESTED
    tested = {file.replace(".test.js", ".js") for file, _ in named()}
    assert scripts <= tested


def test_no_test_is_written_so_that_it_is_not_found() -> None:
    for path in HERE.rglob("*.test.js"):
        text = path.read_text(encoding="utf-8")
        assert len(NAMED.findall(text)) == len(re.findall(r"^test\(", text, re.MULTILINE)), path
