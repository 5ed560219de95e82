"""A client of tus that says every byte itself, so that it can break off anywhere."""

import http.client
import socket
import struct
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO
from urllib.parse import urlsplit

from dam.core import storage
from dam.ingest import uploads
from dam.ingest.models import Upload

PIECE = "application/offset+octet-stream"
HEAD = b"\x1a\x45\xdf\xa3webm"  # what a video may begin with; nobody looks further here
PATIENCE_SECONDS = 20.0


@dataclass
class Client:
    """`site` is the address of the web process, `secret` an API token's."""

    site: str
    secret: str
    slug: str = "acme"
    answers: list[int] = field(default_factory=list)

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(self.site).netloc, timeout=60)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told |= {"Authorization": f"Bearer {self.secret}", "Tus-Resumable": "1.0.0"}
        if body is not None:
            told.setdefault("Content-Type", PIECE)
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        self.answers.append(answer.status)
        return answer

    def create(self, size: int, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        return self.ask("POST", f"/b/{self.slug}/uploads/new/", body, Upload_Length=str(size), **headers)

    def begin(self, size: int) -> str:
        return urlsplit(self.create(size).headers["Location"]).path

    def patch(self, url: str, offset: int, body: bytes | Iterable[bytes]) -> http.client.HTTPResponse:
        return self.ask("PATCH", url, body, Upload_Offset=str(offset))

    def patch_file(self, url: str, offset: int, file: BinaryIO, *, length: int) -> http.client.HTTPResponse:
        """So many bytes of the file, from there on, sent as fast as the system can."""
        with self.open_patch(url, offset, length) as sock:
            sock.sendfile(file, offset, length)
            answer = http.client.HTTPResponse(sock)
            answer.begin()
            answer.read()
        return answer

    def offset(self, url: str) -> int:
        return int(self.ask("HEAD", url).headers["Upload-Offset"])

    def open_patch(self, url: str, offset: int, length: int) -> socket.socket:
        """A PATCH whose body the caller sends."""
        place = urlsplit(self.site)
        assert place.hostname is not None
        assert place.port is not None
        sock = socket.create_connection((place.hostname, place.port), timeout=60)
        lines = [
            f"PATCH {url} HTTP/1.1",
            f"Host: {place.netloc}",
            f"Authorization: Bearer {self.secret}",
            f"Content-Type: {PIECE}",
            f"Upload-Offset: {offset}",
            f"Content-Length: {length}",
            "Tus-Resumable: 1.0.0",
        ]
        sock.sendall("\r\n".join([*lines, "", ""]).encode())
        return sock

    def broken_patch(self, url: str, offset: int, rest: bytes, *, after: int) -> None:
        """The connection is gone after so many bytes of the rest, as when a cable is pulled."""
        sock = self.open_patch(url, offset, len(rest))
        sock.sendall(rest[:after])
        if after % 2:  # and as when a program closes it
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def settled_offset(self, url: str) -> int:
        """Where the upload stands once what the server still had to read is written."""
        deadline, offset = time.monotonic() + PATIENCE_SECONDS, -1
        while time.monotonic() < deadline:
            time.sleep(0.3)
            before, offset = offset, self.offset(url)
            if before == offset:
                return offset
        raise AssertionError("The upload does not come to rest.")


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def staged_digest(url: str | None) -> str:
    """What storage has of a complete upload."""
    assert url
    upload = Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])
    assert (upload.state, upload.received) == ("received", upload.size)
    key = uploads.key_of(upload)
    storage.complete(key, upload.parts, size=upload.size)
    whole = sha256()
    with storage.open_file(key) as staged:
        while block := staged.read(1024 * 1024):
            whole.update(block)
    return whole.hexdigest()
