"""Files whose parts the browser sends straight to a bucket, and what it does where it can't."""

import http.server
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.core import storage
from dam.core.storage import PART_BYTES
from dam.ingest import importer
from dam.ingest.models import Upload
from tests import cutting, media_factory, web_process
from tests import s3_server as server
from tests.browser.conftest import Journey
from tests.cutting import Road
from tests.factories import BrandFactory
from tests.web_process import WebProcess

MEGABYTE = 1024 * 1024


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    """Without the worker of other journeys, which knows no bucket: the tests do its work."""
    return BrandFactory.create(slug="northwind", name="Northwind Drinks")


@pytest.fixture
def road(s3_server: str) -> Iterator[Road]:
    """The way that browsers have to the bucket: connections on it break."""
    with cutting.road(s3_server, cuts=4, most=PART_BYTES, chance=random.Random(3)) as road:
        yield road


@pytest.fixture
def bucket_address(road: Road) -> str:
    return road.url


@pytest.fixture
def web(
    settings: Any, s3_server: str, tmp_path: Path, bucket_address: str, transactional_db: None
) -> Iterator[WebProcess]:
    place = {
        "STORAGE": f"s3://{server.BUCKET}/{tmp_path.name}",
        "S3_ENDPOINT_URL": s3_server,
        "S3_REGION": "us-east-1",
        "S3_PUBLIC_URL": bucket_address,
    }
    for name, value in place.items():
        setattr(settings, name, value)
    with web_process.running("web-bucket", place) as running:
        yield running


@pytest.fixture
def site(web: WebProcess) -> str:
    return web.address


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Of six parts, for what MP4 lets nobody look at."""
    path = media_factory.clip(tmp_path / "Long bottle.mp4", frames=24, width=320, height=176)
    with path.open("ab") as file:
        padding = 5 * PART_BYTES
        file.write(padding.to_bytes(4, "big") + b"free" + random.Random(1).randbytes(padding - 8))
    return path


def parts_of(road: Road) -> list[int]:
    """The parts that were put into the bucket, in the order in which they were begun.

    By the road: the browser tells of some requests late, and of others not at all.
    """
    return [int(parse_qs(urlsplit(each).query)["partNumber"][0]) for each in road.put]


def note_pieces(page: Page) -> list[str]:
    """What goes out to us with bytes of a file."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PATCH" else None)
    return sent


def is_received() -> bool:
    return Upload.objects.filter(state="received").exists()


def until(page: Page, condition: Callable[[], bool], *, seconds: float = 120) -> None:
    """Meanwhile the page's requests are noted, which they are only while somebody waits for it."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    page.wait_for_timeout(500)  # what is noted comes a little later


def take(page: Page, film: Path) -> None:
    """A worker's work; the page tells of it, and the file is the one that was sent."""
    upload = Upload.objects.get()  # never begun twice
    assert upload.sha256 == sha256(film.read_bytes()).hexdigest()
    importer.take_upload(upload.pk)
    expect(page.locator(".dock-item[data-state=taken]")).to_be_visible(timeout=180_000)
    upload.refresh_from_db()
    assert upload.version is not None
    with storage.open_file(upload.version.storage_key) as stored:
        assert sha256(stored.read()).hexdigest() == upload.sha256
    assert list(storage.entries("staging")) == []


def test_parts_reach_the_bucket_over_connections_that_break(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    film: Path,
    road: Road,
) -> None:
    page = visit().sign_in(people[Role.CREATOR]).page
    pieces = note_pieces(page)
    page.set_input_files("[data-upload-input]", film)
    until(page, is_received)
    assert not pieces
    assert {*parts_of(road)} == {*range(1, 7)}
    assert road.cuts == 0  # they did break
    take(page, film)


def test_a_closed_tab_and_a_killed_server_cost_no_part_that_lay_there(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    film: Path,
    web: WebProcess,
    road: Road,
) -> None:
    road.cuts = 0
    journey = visit().sign_in(people[Role.CREATOR])
    first = journey.page.context.new_page()
    first.goto(f"{journey.site}/b/northwind/")
    road.rate = MEGABYTE
    first.set_input_files("[data-upload-input]", film)
    until(first, lambda: len(road.put) > 1)
    web.kill()
    first.close(run_before_unload=False)
    web.start()

    page = journey.page.context.new_page()
    page.goto(f"{journey.site}/b/northwind/")
    left = page.locator(".dock-item[data-state=unfinished]")
    expect(left).to_contain_text("Choose the file again to continue")
    had = Upload.objects.get().received // PART_BYTES
    assert had >= 1
    pieces = note_pieces(page)
    road.rate = None
    road.put.clear()
    page.set_input_files("[data-upload-input]", film)
    until(page, is_received)
    assert not pieces
    assert not {*parts_of(road)} & {*range(1, had + 1)}
    take(page, film)


def test_a_pause_keeps_the_parts_that_lie_there(
    visit: Callable[[], Journey],
    people: dict[Role, User],
    film: Path,
    road: Road,
) -> None:
    road.cuts = 0
    road.rate = MEGABYTE
    page = visit().sign_in(people[Role.CREATOR]).page
    page.set_input_files("[data-upload-input]", film)
    # More than the first part of five: that one lies there. While the file is compared the bar moves as well.
    bar = ".dock-item[data-state=sending] [data-bar]"
    until(page, lambda: page.evaluate(f"document.querySelector('{bar}')?.value ?? 0") > 0.21)
    page.get_by_role("button", name="Pause Long bottle.mp4").click()
    # Whole parts are kept, and what was on its way isn't counted.
    paused = page.locator(".dock-item[data-state=paused]")
    expect(paused).to_contain_text(re.compile(r"Paused · (8|16|24|32)\.0 MB of"))
    road.rate = None
    page.get_by_role("button", name="Resume Long bottle.mp4").click()
    until(page, is_received)
    assert parts_of(road).count(1) == 1
    take(page, film)


class NoRule(http.server.BaseHTTPRequestHandler):
    """A bucket without a CORS rule."""

    def do_OPTIONS(self) -> None:
        self.send_response(403)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


class TestWhereTheBucketIsOutOfReach:
    @pytest.fixture(params=["no rule", "nobody there"])
    def bucket_address(self, request: pytest.FixtureRequest) -> Iterator[str]:
        listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), NoRule)
        address = f"http://127.0.0.1:{listening.server_port}"
        if request.param == "no rule":
            threading.Thread(target=partial(listening.serve_forever, 0.1), daemon=True).start()
            yield address
            listening.shutdown()
            listening.server_close()
        else:
            listening.server_close()
            yield address

    def test_files_come_through_the_server_and_nothing_is_said(
        self,
        visit: Callable[[], Journey],
        people: dict[Role, User],
        film: Path,
    ) -> None:
        journey = visit().sign_in(people[Role.CREATOR])
        page = journey.page
        pieces = note_pieces(page)
        page.set_input_files("[data-upload-input]", film)
        until(page, is_received)
        assert len(pieces) == 1
        take(page, film)
        journey.problems[:] = [each for each in journey.problems if "CORS policy" not in each]
