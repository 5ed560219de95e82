"""What strangers send is refused before a byte of it is read; what members send is read."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from dam import asgi
from dam.accounts.principals import Member
from dam.web import bodies
from dam.web.admission import SMALL_BYTES, AdmitBodies
from dam.web.asgi_middleware import Message
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = SMALL_BYTES + 1
PIECE = b"application/offset+octet-stream"


@pytest.fixture(autouse=True)
def _empty(servers: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ada() -> Member:
    return member(BrandFactory.create(slug="acme"))


class Sent:
    """A request with a large body: how the application answered, and what it had read by then."""

    def __init__(
        self, method: str, path: str, *headers: tuple[bytes, bytes], app: Any = None, query: bytes = b""
    ) -> None:
        self.status, self.body, self.read_before_answer = 0, b"", 0
        length = (b"content-length", str(LARGE).encode())
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": [(b"host", b"localhost"), length, *headers],
            "client": ("192.0.2.1", 5000),
            "server": ("localhost", 80),
            "scheme": "http",
        }
        asyncio.run(asyncio.wait_for((app or asgi.application)(scope, self._receive, self._send), 60))

    async def _receive(self) -> Message:
        if not self.status:
            self.read_before_answer += 1
        return {"type": "http.request", "body": bytes(LARGE), "more_body": False}

    async def _send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


def session(person: Member) -> tuple[bytes, bytes]:
    client = Client()
    client.force_login(person.user)
    return b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()


@pytest.mark.parametrize("path", ["/accounts/login/", "/b/acme/uploads/new/", "/nowhere/", "/"])
def test_a_stranger_s_large_body_is_not_read(ada: Member, path: str) -> None:
    for headers in ([], [(b"cookie", b"sessionid=madeup")], [(b"authorization", b"Bearer madeup")]):
        sent = Sent("POST", path, *headers)
        assert sent.read_before_answer == 0
        assert 300 <= sent.status < 500


def test_a_form_too_large_to_be_kept_says_so_and_offers_nothing_to_send(ada: Member) -> None:
    sent = Sent("POST", "/b/acme/selection/tags/", (b"origin", b"http://localhost"))
    assert (sent.status, b"so it isn't kept here" in sent.body) == (401, True)
    assert b"Send again" not in sent.body


def test_a_query_that_is_no_text_is_answered_all_the_same() -> None:
    assert Sent("POST", "/", query=b"\xff").status == 400
    assert Sent("POST", "/verify/", query=b"\xff").status == 400


async def reader(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_member_s_large_body_is_read(ada: Member) -> None:
    sent = Sent("PATCH", "/b/acme/uploads/1/", session(ada), app=AdmitBodies(reader))
    assert (sent.status, sent.read_before_answer) == (204, 1)


def test_a_stranger_s_file_is_read_on_the_verify_page() -> None:
    sent = Sent("POST", "/verify/", app=AdmitBodies(reader))
    assert (sent.status, sent.read_before_answer) == (204, 1)


def test_a_file_beyond_the_hour_s_number_is_refused_before_it_is_read(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 0
    sent = Sent("POST", "/verify/")
    assert (sent.status, sent.read_before_answer) == (429, 0)
    assert b"hourly limit" in sent.body


def test_a_file_beyond_the_strangers_room_is_refused_before_it_is_read(settings: Any) -> None:
    settings.VERIFY_SPOOL_BYTES = LARGE - 1
    sent = Sent("POST", "/verify/")
    assert (sent.status, sent.read_before_answer) == (507, 0)


def test_strangers_wait_for_strangers_and_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "STRANGERS", 0)
    sent = Sent("POST", "/verify/")
    assert (sent.status, sent.read_before_answer) == (429, 0)
    assert b"too many files right now" in sent.body


def test_a_member_is_told_of_a_full_disk_before_the_piece_is_read(
    ada: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    sent = Sent("PATCH", "/b/acme/uploads/1/", session(ada), (b"content-type", PIECE))
    assert (sent.status, sent.read_before_answer) == (507, 0)
    assert b'"code": "disk_full"' in sent.body


def test_what_arrives_is_spooled_where_room_is_watched(settings: Any) -> None:
    assert tempfile.gettempdir() == str(settings.SCRATCH_DIR)
