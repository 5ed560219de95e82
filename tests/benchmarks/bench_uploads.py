"""What an upload costs against copying the file and hashing it, and how much memory it takes along."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from dam.access import tokens
from dam.accounts.capabilities import Capability
from tests import web_process
from tests.benchmarks.conftest import Measure
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.wire import HEAD, Client
from tests.web_process import WebProcess

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTES = 512
MEGABYTE = 1024 * 1024
PLAIN = f"cp and sha256sum of a file of {MEGABYTES} MB"
MOST_ADDED = 64 * MEGABYTE


@contextmanager
def watched(web: WebProcess) -> Iterator[list[int]]:
    """The memory that the process has, in bytes, some times a second."""
    assert web.process is not None
    process = psutil.Process(web.process.pid)
    seen, done = [process.memory_info().rss], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            seen.append(process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        done.set()
        watching.join()


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.webm"
    with path.open("wb") as file:
        file.write(HEAD.ljust(MEGABYTE, b"\0"))
        for _ in range(MEGABYTES - 1):
            file.write(bytes(MEGABYTE))
    return path


@pytest.fixture
def web(settings: Any, tmp_path: Path, transactional_db: None) -> Iterator[WebProcess]:
    settings.STORAGE = str(tmp_path / "storage")
    with web_process.running("bench-uploads", {"STORAGE": settings.STORAGE}, pages=False) as running:
        yield running


def test_uploading(measure: Measure, web: WebProcess, film: Path, tmp_path: Path) -> None:
    _, secret = tokens.create(
        by=member(BrandFactory.create(slug="acme")), name="bench", capabilities=[Capability.UPLOAD]
    )
    client = Client(web.address, secret)

    def plain() -> None:
        subprocess.run(["cp", film, tmp_path / "copy"], check=True)
        subprocess.run(["sha256sum", tmp_path / "copy"], check=True, stdout=subprocess.DEVNULL)

    def upload(piece: int) -> None:
        size = film.stat().st_size
        url = client.begin(size)
        with film.open("rb") as file:
            for offset in range(0, size, piece):
                length = min(piece, size - offset)
                assert client.patch_file(url, offset, file, length=length).status == 204

    def measured(name: str, piece: int) -> None:
        measure(name, lambda: upload(piece), runs=3, units=MEGABYTES, unit="MB", against=PLAIN)

    measure(PLAIN, plain, runs=3, units=MEGABYTES, unit="MB")
    upload(8 * MEGABYTE)  # what is loaded once
    with watched(web) as memory:
        measured("its upload in one request", film.stat().st_size)
        measured("its upload in pieces of 8 MB", 8 * MEGABYTE)
    added = max(memory) - memory[0]
    print(f"  the server's memory grew by {added / MEGABYTE:.0f} MB")
    assert added < MOST_ADDED
