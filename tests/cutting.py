"""A road to a server that breaks: each connection ends after some bytes, as when a train enters a tunnel."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BLOCK = 64 * 1024
# What bytes of a file come with; a browser asks first whether they may, and goes on in that connection.
BODIES = (b"PATCH", b"PUT", b"OPTIONS")


@dataclass
class Road:
    """`cuts` connections in a row end early, each after up to `most` bytes towards the server."""

    url: str
    cuts: int
    most: int
    rate: float | None = None
    """Bytes a second that each connection carries towards the server; all there are without."""
    put: list[str] = field(default_factory=list)
    """Where bytes were put, as the requests said it."""


@contextmanager
def road(to: str, *, cuts: int, most: int, chance: random.Random) -> Iterator[Road]:
    place = urlsplit(to)
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Road(f"http://127.0.0.1:{server.getsockname()[1]}", cuts, most)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = server.accept()
                    threading.Thread(target=carry, args=[client], daemon=True).start()

        def carry(client: socket.socket) -> None:
            with client, socket.create_connection((place.hostname, place.port)) as beyond, suppress(OSError):
                back = threading.Thread(target=pour, args=[beyond, client], daemon=True)
                back.start()
                first = client.recv(BLOCK)
                limit = None
                if first.startswith(BODIES) and found.cuts:
                    found.cuts -= 1
                    limit = chance.randrange(1, found.most)
                note(first)
                beyond.sendall(first)
                pour(client, beyond, limit=limit, is_on_its_way=True)
                if limit is None:
                    back.join()

        def note(data: bytes) -> None:
            if data.startswith(b"PUT "):
                found.put.append(data.split(b" ", 2)[1].decode())

        def pour(
            source: socket.socket,
            target: socket.socket,
            *,
            limit: int | None = None,
            is_on_its_way: bool = False,
        ) -> None:
            came = 0
            with suppress(OSError):
                while (limit is None or came < limit) and (data := source.recv(BLOCK)):
                    came += len(data)
                    if is_on_its_way:
                        note(data)
                    if is_on_its_way and found.rate:
                        time.sleep(len(data) / found.rate)
                    target.sendall(data)
                if limit is None:
                    target.shutdown(socket.SHUT_WR)

        threading.Thread(target=accept, daemon=True).start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
