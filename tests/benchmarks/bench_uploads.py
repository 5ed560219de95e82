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
from dam.ingest import uploads
from dam.ingest.models import Upload
from tests import web_process
from tests.benchmarks.conftest import in_turns
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.wire import HEAD, Client
from tests.web_process import WebProcess

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTES = 2048
ROUNDS = 2
MEGABYTE = 1024 * 1024
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


def test_uploading(web: WebProcess, film: Path, tmp_path: Path) -> None:
    _, secret = tokens.create(
        by=member(BrandFactory.create(slug="acme")), name="bench", capabilities=[Capability.UPLOAD]
    )
    client, size = Client(web.address, secret), film.stat().st_size

    def plain() -> None:
        subprocess.run(["cp", film, tmp_path / "copy"], check=True)
        subprocess.run(["sha256sum", tmp_path / "copy"], check=True, stdout=subprocess.DEVNULL)

    def upload(piece: int) -> None:
        url = client.begin(size)
        with film.open("rb") as file:
            for offset in range(0, size, piece):
                length = min(piece, size - offset)
                assert client.patch_file(url, offset, file, length=length).status == 204
        uploads.discard(Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2]))  # the disk fills up

    upload(8 * MEGABYTE)  # what is loaded once
    with watched(web) as memory:
        works = {
            f"cp and sha256sum of a file of {MEGABYTES} MB": plain,
            "its upload in one request": lambda: upload(size),
            "its upload in requests of 8 MB": lambda: upload(8 * MEGABYTE),
        }
        in_turns(works, runs=ROUNDS, units=MEGABYTES, unit="MB")
    added = max(memory) - memory[0]
    print(f"  the server's memory grew by {added / MEGABYTE:.0f} MB")
    assert added < MOST_ADDED
