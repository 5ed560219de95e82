"""Which addresses of a provider this server asks."""

import gzip
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
import requests

from dam.core import bounded_requests
from dam.sso import fetching


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "2002:a00:1::",
        "::ffff:127.0.0.1",
    ],
)
def test_no_address_of_a_private_network_is_asked(address: str) -> None:
    assert not fetching.reachable("id.example.com", address)


def test_a_private_host_is_asked_where_the_operator_says_so(settings: Any) -> None:
    settings.SIGN_IN_PRIVATE_HOSTS = ["id.corp.example"]
    assert fetching.reachable("id.corp.example", "10.1.2.3")


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.com/",
        "ftp://id.example.com/",
        "https://user@id.example.com/",
        "https:///x",
        "https://id.example.com:port/",
        "file:///etc/passwd",
        "https://id.example.com/#x",
    ],
)
def test_only_https_is_asked(url: str) -> None:
    with pytest.raises(fetching.NotAllowed):
        fetching.require(url)


def test_loopback_is_asked_only_where_the_product_runs_there(settings: Any) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    assert fetching.require("http://localhost:9/")
    settings.PUBLIC_URL = "https://reelproof.example.com"
    with pytest.raises(fetching.NotAllowed):
        fetching.require("http://localhost:9/")
    assert not fetching.reachable("localhost", "127.0.0.1")


def test_a_name_that_means_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, entry])

    def connected(*_: Any, **__: Any) -> None:
        pytest.fail("A connection was made.")

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(requests.ConnectionError), fetching.session() as session:
        session.get("https://id.example.com/")


class _Provider(BaseHTTPRequestHandler):
    """Answers each address as a provider must not."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        bomb = gzip.compress(bytes(30 * bounded_requests.LARGEST)) if self.path == "/bomb" else b""
        self.send_response(302 if self.path == "/redirect" else 200)
        if self.path == "/redirect":
            self.send_header("Location", "/elsewhere")
        if bomb:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(bomb or bytes(2 * bounded_requests.LARGEST if self.path == "/large" else 2))

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def provider(settings: Any) -> Iterator[str]:
    settings.PUBLIC_URL = "http://localhost:8000"
    _Provider.asked.clear()
    with HTTPServer(("127.0.0.1", 0), _Provider) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("what", ["redirect", "large", "bomb"])
def test_a_provider_neither_leads_elsewhere_nor_fills_the_memory(provider: str, what: str) -> None:
    with pytest.raises(fetching.NotAllowed), fetching.session() as session:
        session.get(f"{provider}/{what}")
    assert _Provider.asked == [f"/{what}"]
