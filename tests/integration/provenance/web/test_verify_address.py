"""An address on the verify page: it is fetched from public places alone, checked, and not kept."""

import io
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dam.core import storage
from provenance.manifests import fetched_addresses, public_checks, signing, tasks
from provenance.manifests.fetched_addresses import NotFetched
from tests import claim_factory
from tests.media_factory import clip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(servers: None, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_DIR = tmp_path / "signing"
    cache.clear()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """A server of the internet, for these tests on this machine: what it answers by path."""
    answers: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path, 404)
            self.send_response(answer if isinstance(answer, int) else 302 if isinstance(answer, str) else 200)
            if isinstance(answer, str):
                self.send_header("Location", answer)
            self.end_headers()
            if isinstance(answer, bytes):
                self.wfile.write(answer)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    monkeypatch.setattr(fetched_addresses, "PORTS", {"http": port, "https": 443})
    monkeypatch.setattr(fetched_addresses, "may_be_asked", lambda _host, address: address == "127.0.0.1")
    answers["address"] = f"http://127.0.0.1:{port}"
    try:
        yield answers
    finally:
        server.shutdown()
        server.server_close()


def ask(address: str) -> Any:
    return Client().post(reverse("verify-address"), {"address": address})


def said_of(response: Any) -> str:
    assert response.status_code == 302
    submission_id = response.headers["Location"].strip("/").rpartition("/")[2]
    tasks.verify_address(submission_id)
    return Client().get(response.headers["Location"]).content.decode()


def fetched(address: str, *, most: int = 1000) -> bytes:
    into = io.BytesIO()
    fetched_addresses.fetch(address, into=into, most=most)
    return into.getvalue()


def test_what_is_there_is_judged_and_nothing_of_it_kept(elsewhere: dict[str, Any], tmp_path: Path) -> None:
    signed = tmp_path / "signed.mp4"
    signing.sign_generated(clip(tmp_path / "clip.mp4"), out=signed, facts=claim_factory.generated())
    elsewhere["/films/kite.mp4"] = signed.read_bytes()
    others = {file.key for file in storage.entries(public_checks.FOLDER)}
    page = said_of(ask(f"{elsewhere['address']}/films/kite.mp4"))
    assert "kite.mp4" in page
    assert "test certificate" in page
    assert {file.key for file in storage.entries(public_checks.FOLDER)} <= others


def test_what_isnt_given_out_is_said(elsewhere: dict[str, Any]) -> None:
    page = said_of(ask(f"{elsewhere['address']}/none.mp4"))
    assert "doesn&#x27;t give the file out" in page


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "Nothing could be fetched"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc", "Nothing could be fetched"),
        (
            b"HTTP/1.1 404 None\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "Nothing could be fetched",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\nabc" % (b"9" * 5000), "larger than the limit"),
    ],
    ids=["cut short", "broken chunks", "false gzip", "endless"],
)
def test_an_answer_that_breaks_off_is_said_and_nothing_of_it_judged(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, said: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(fetched_addresses, "PORTS", {"http": port, "https": 443})
        monkeypatch.setattr(fetched_addresses, "may_be_asked", lambda _host, _address: True)
        threading.Thread(target=answer_once, args=(server, answer), daemon=True).start()
        page = said_of(ask(f"http://127.0.0.1:{port}/a.mp4"))
    assert said in page


def answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _address = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(answer)


def test_without_room_on_the_disk_nothing_is_fetched(
    elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    elsewhere["/a.mp4"] = b"here"
    taken = ask(f"{elsewhere['address']}/a.mp4")
    settings.DISK_RESERVE_BYTES = 2**60
    refused = ask(f"{elsewhere['address']}/a.mp4")
    assert refused.status_code == 503
    assert "out of disk space" in refused.content.decode()
    monkeypatch.setattr(fetched_addresses, "fetch", lambda *_given, **_named: pytest.fail("fetched"))
    assert "out of disk space" in said_of(taken)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a.mp4",
        "http://[::1]/a.mp4",
        "http://localhost/a.mp4",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/a.mp4",
        "http://[fd00:ec2::254]/a.mp4",
        "http://[::ffff:10.0.0.1]/a.mp4",
        "http://[64:ff9b::a00:1]/a.mp4",
        "http://10.0.0.1/a.mp4",
        "http://192.168.1.1/a.mp4",
        "http://172.16.0.1/a.mp4",
        "http://100.64.0.1/a.mp4",
        "http://0.0.0.0/a.mp4",
        "http://2130706433/a.mp4",
        "http://0x7f000001/a.mp4",
    ],
)
def test_nothing_is_asked_in_a_private_network(address: str) -> None:
    with pytest.raises(NotFetched, match="isn't a public one"):
        fetched(address)


def test_a_redirection_into_a_private_network_is_not_followed(elsewhere: dict[str, Any]) -> None:
    elsewhere["/on"] = f"http://127.0.0.2:{elsewhere['address'].rpartition(':')[2]}/secret"
    with pytest.raises(NotFetched, match="isn't a public one"):
        fetched(f"{elsewhere['address']}/on")
    elsewhere["/file"] = "file:///etc/passwd"
    with pytest.raises(NotFetched, match="begins with https"):
        fetched(f"{elsewhere['address']}/file")


def test_redirections_are_followed_and_end(elsewhere: dict[str, Any]) -> None:
    elsewhere["/on"], elsewhere["/there"], elsewhere["/round"] = "/there", b"here", "/round"
    assert fetched(f"{elsewhere['address']}/on") == b"here"
    with pytest.raises(NotFetched, match="too many"):
        fetched(f"{elsewhere['address']}/round")


def test_what_is_too_large_is_left_there(elsewhere: dict[str, Any]) -> None:
    elsewhere["/large"] = bytes(1001)
    with pytest.raises(NotFetched, match="larger than the limit"):
        fetched(f"{elsewhere['address']}/large")


def test_what_drips_ends(elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetched_addresses, "SECONDS", -1.0)
    elsewhere["/a"] = b"here"
    with pytest.raises(NotFetched, match="in time"):
        fetched(f"{elsewhere['address']}/a")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://example.com/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https://me:secret@example.com/a",
        "https://example.com:22/a",
        "https://example.com:99999/a",
        "https://example.com/" + "a" * 2000,
        "https://example.com/a\u202eb",
    ],
)
def test_what_is_no_address_of_a_file_is_refused_at_once(address: str) -> None:
    response = ask(address)
    assert response.status_code == 422
    assert "verify" in response.content.decode()


def test_addresses_count_against_the_hour(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 1
    assert ask("https://example.com/a.mp4").status_code == 302
    assert ask("https://example.com/a.mp4").status_code == 429


def test_an_installation_can_go_without(settings: Any) -> None:
    assert "Address of a file" in Client().get(reverse("verify")).content.decode()
    settings.VERIFY_ADDRESSES = False
    assert "Address of a file" not in Client().get(reverse("verify")).content.decode()
    assert ask("https://example.com/a.mp4").status_code == 404


def by_reference(address: Any) -> Any:
    return Client().post(
        reverse("soft-binding-by-reference"), {"referenceUrl": address}, content_type="application/json"
    )


def test_programs_ask_by_reference(elsewhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(_task: str, *, submission_id: str) -> None:
        tasks.verify_address(submission_id)

    monkeypatch.setattr(public_checks, "send", at_once)
    elsewhere["/plain.txt"] = b"no film"
    found = by_reference(f"{elsewhere['address']}/plain.txt")
    assert (found.status_code, found.json()) == (200, {"matches": []})
    gone = by_reference(f"{elsewhere['address']}/gone.mp4")
    assert (gone.status_code, gone.json()["code"]) == (422, "not_fetched")
    assert by_reference("ftp://example.com/a").status_code == 400
    assert by_reference(7).status_code == 400


def test_programs_are_refused_where_an_installation_goes_without(settings: Any) -> None:
    settings.VERIFY_ADDRESSES = False
    assert by_reference("https://example.com/a.mp4").status_code == 404
