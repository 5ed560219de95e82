"""A model hub on this machine: answers as Hugging Face does, and breaks off where a test wants it to."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 1000  # from so many bytes on, a file has a SHA-256


@dataclass
class Hub:
    """What lies in its repositories, and what was asked of it."""

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)  # by repository
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)  # path, and the range that was asked for
    with_token: list[str] = field(default_factory=list)  # paths that were asked with one
    breaks_after: list[int] = field(default_factory=list)  # bytes of the next answers for large files
    lies: bool = False  # gives other bytes than it promises
    status: int = 200

    def listing(self, repository: str) -> dict[str, Any]:
        siblings = []
        for name, content in self.files[repository].items():
            blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
            each: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": blob}
            if len(content) >= LARGE:
                each["lfs"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            siblings.append(each)
        return {"sha": COMMIT, "cardData": self.cards.get(repository, {}), "siblings": siblings}


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, hub)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: BaseHTTPRequestHandler, hub: Hub) -> None:
    path, wanted = request.path.partition("?")[0], request.headers.get("Range", "")
    hub.asked.append((path, wanted))
    if request.headers.get("Authorization"):
        hub.with_token.append(path)
    if hub.status != 200:
        return _say(request, hub.status, b"")
    for repository, files in hub.files.items():
        if path in (f"/api/models/{repository}/revision/{name}" for name in ("main", COMMIT)):
            return _say(request, 200, json.dumps(hub.listing(repository)).encode())
        for name, content in files.items():
            if path == f"/{repository}/resolve/{COMMIT}/{name}":
                request.send_response(302)  # a hub keeps its files elsewhere
                request.send_header("Location", f"/elsewhere/{repository}/{name}")
                request.end_headers()
                return None
            if path == f"/elsewhere/{repository}/{name}":
                return _give(request, hub, content, wanted)
    return _say(request, 404, b"")


def _give(request: BaseHTTPRequestHandler, hub: Hub, content: bytes, wanted: str) -> None:
    start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
    body = content[start:]
    if hub.lies and len(content) >= LARGE:
        body = b"x" * len(body)
    most = hub.breaks_after.pop(0) if hub.breaks_after and len(content) >= LARGE else len(body)
    request.send_response(206 if start else 200)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body[:most])


def _say(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
