"""A window of Chromium, and a server of nothing but the scripts and their tests."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.conftest import BASE_DIR

HERE = Path(__file__).resolve().parent
# What a browser asks for below each of these addresses lies in that folder.
FOLDERS = {"static": BASE_DIR / "dam/static", "tests": HERE}


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
