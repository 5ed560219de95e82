"""Whole files over real connections that break and race, with files in a folder and in a bucket."""

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from dam.access import tokens
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.accounts.principals import Member
from dam.ingest.models import Upload
from dam.web import long_pieces
from tests import web_process
from tests.factories import BrandFactory, member
from tests.integration.dam.web.uploads.wire import HEAD, Client, digest, staged_digest
from tests.web_process import WebProcess

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
FILE = HEAD + random.Random(7).randbytes(21 * MEGABYTE + 12_345)


@pytest.fixture
def web(either_store: str, settings: Any, transactional_db: None) -> Iterator[WebProcess]:
    place = {name: getattr(settings, name) for name in ("STORAGE", "S3_ENDPOINT_URL", "S3_REGION")}
    with web_process.running(f"uploads-{either_store}", place, pages=False) as running:
        yield running


@pytest.fixture
def person(transactional_db: None) -> Member:
    return member(BrandFactory.create(slug="acme"))


@pytest.fixture
def client(web: WebProcess, person: Member) -> Client:
    _, secret = tokens.create(by=person, name="nightly", capabilities=[Capability.UPLOAD])
    return Client(web.address, secret)


def sender(size: int) -> Iterator[bytes]:
    """The file without its length told."""
    for start in range(0, size, MEGABYTE):
        yield FILE[start : start + MEGABYTE]


def test_a_whole_file_comes_in_one_request(client: Client) -> None:
    """With its length told, without, with the announcement, and where only POST passes."""
    url = client.begin(len(FILE))
    last = client.patch(url, 0, FILE)
    assert (last.status, last.headers["Upload-Offset"]) == (204, str(len(FILE)))
    untold = client.begin(len(FILE))
    assert client.patch(untold, 0, sender(len(FILE))).status == 204
    made = client.create(len(FILE), FILE)
    assert (made.status, made.headers["Upload-Offset"]) == (201, str(len(FILE)))
    assert made.headers["Location"].startswith(client.site)
    posted = client.begin(len(FILE))
    assert client.ask("POST", posted, FILE, Upload_Offset="0", X_HTTP_Method_Override="PATCH").status == 204
    for each in (url, untold, urlsplit(made.headers["Location"]).path, posted):
        assert staged_digest(each) == digest(FILE)


def test_a_connection_cut_anywhere_costs_nothing_that_came(client: Client) -> None:
    url, offset, chance = client.begin(len(FILE)), 0, random.Random(11)
    for cut in range(8):
        rest = FILE[offset:]
        after = chance.randrange(1, max(2, len(rest) // (8 - cut)))
        client.broken_patch(url, offset, rest, after=after)
        offset = client.settled_offset(url)
        assert offset <= len(FILE) - len(rest) + after
    assert offset > len(FILE) // 10
    assert client.patch(url, offset, FILE[offset:]).status == 204
    assert staged_digest(url) == digest(FILE)


def test_two_requests_at_once_lose_and_double_nothing(client: Client) -> None:
    url = client.begin(len(FILE))
    answers: list[int] = []

    def go_on(chance: random.Random) -> None:
        mine = Client(client.site, client.secret)
        while (offset := mine.offset(url)) < len(FILE):
            mine.patch(url, offset, FILE[offset : offset + chance.randrange(1, 12 * MEGABYTE)])
        answers.extend(mine.answers)

    threads = [threading.Thread(target=go_on, args=[random.Random(seed)]) for seed in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert {*answers} <= {200, 204, 409, 410, 423}
    assert {*answers} & {409, 423}  # they did meet
    assert staged_digest(url) == digest(FILE)


def test_a_killed_server_goes_on_from_what_it_had(client: Client, web: WebProcess) -> None:
    url = client.begin(len(FILE))
    sock = client.open_patch(url, 0, len(FILE))
    sock.sendall(FILE[: 17 * MEGABYTE])
    deadline = time.monotonic() + 30
    while Upload.objects.get().received < 16 * MEGABYTE and time.monotonic() < deadline:
        time.sleep(0.05)
    web.kill()
    sock.close()
    web.start()
    offset = client.offset(url)
    assert offset == 16 * MEGABYTE
    assert client.patch(url, offset, FILE[offset:]).status == 204
    assert staged_digest(url) == digest(FILE)


def test_whoever_may_no_longer_hears_so_in_the_middle_and_what_came_stays(
    client: Client, person: Member
) -> None:
    url = client.begin(len(FILE))
    sock = client.open_patch(url, 0, len(FILE))
    sock.sendall(FILE[: 9 * MEGABYTE])
    deadline = time.monotonic() + 30
    while not Upload.objects.get().received and time.monotonic() < deadline:
        time.sleep(0.05)
    tokens.revoke(ApiToken.objects.get(), by=person)
    time.sleep(long_pieces.LET_IN_SECONDS)
    sock.sendall(FILE[9 * MEGABYTE :])
    answer = _read(sock)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["code"] == "unauthorized"
    assert b"tus-resumable: 1.0.0" in answer.lower()
    assert Upload.objects.get().received == 8 * MEGABYTE


def test_more_than_the_file_is_refused_and_so_is_what_is_no_video(client: Client) -> None:
    url = client.begin(10 * MEGABYTE)
    assert client.patch(url, 0, FILE).status == 413
    assert client.offset(url) <= 10 * MEGABYTE
    text = client.begin(len(FILE))
    assert client.patch(text, 0, b"not a video\n" * (len(FILE) // 12)).status == 415
    assert client.ask("HEAD", text).status == 410
    assert client.create(len(FILE), b"not a video\n" * (len(FILE) // 12)).status == 415


def test_a_checksum_of_a_whole_file_is_too_much_to_hold(client: Client) -> None:
    url = client.begin(len(FILE))
    answer = client.ask("PATCH", url, FILE, Upload_Offset="0", Upload_Checksum="sha1 AAAA")
    assert answer.status == 413
    assert client.offset(url) == 0


def test_a_large_file_takes_no_memory_along(client: Client, web: WebProcess) -> None:
    assert web.process is not None
    process = psutil.Process(web.process.pid)
    client.patch(client.begin(len(FILE)), 0, FILE)  # what is loaded once
    before, most = process.memory_info().rss, 0
    done = threading.Event()

    def watch() -> None:
        nonlocal most
        while not done.wait(0.02):
            most = max(most, process.memory_info().rss)

    watching = threading.Thread(target=watch)
    watching.start()
    size = 256 * MEGABYTE
    blocks = (HEAD.ljust(MEGABYTE, b"\0") if not number else bytes(MEGABYTE) for number in range(256))
    assert client.patch(client.begin(size), 0, blocks).status == 204
    done.set()
    watching.join()
    assert most - before < 64 * MEGABYTE


def _read(sock: socket.socket) -> bytes:
    answer = b""
    with sock:
        while block := sock.recv(65536):
            answer += block
    return answer
