"""Unit tests of the scripts in dam/static/dam/js: each `test("…")` of a *.test.js file, run in Chromium."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import BASE_DIR

HERE = Path(__file__).resolve().parent
SCRIPTS = BASE_DIR / "dam/static/dam/js"
# What a browser asks for below each of these addresses lies in that folder.
FOLDERS = {"static": BASE_DIR / "dam/static", "tests": HERE}
NAMED = re.compile(r'^test\("((?:[^"\\]|\\.)+)"', re.MULTILINE)
# They bind modules that have tests of their own.
UNTESTED = {"main.js", "passkeys.js"}  # the second by the journey with an authenticator


def named() -> Iterator[tuple[str, str]]:
    """Each file and the names of its tests, read from the text: nothing runs while tests are collected."""
    for path in sorted(HERE.rglob("*.test.js")):
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            yield path.relative_to(HERE).as_posix(), name


class Files(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        top, _, rest = path.partition("?")[0].strip("/").partition("/")
        return str(FOLDERS.get(top, HERE / "nowhere") / rest)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(HERE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


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
