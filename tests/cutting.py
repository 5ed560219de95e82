"""A road to a server that breaks: each connection ends after some bytes, as when a train enters a tunnel."""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
                beyond.sendall(first)
                pour(client, beyond, limit=limit)
                if limit is None:
                    back.join()

        def pour(source: socket.socket, target: socket.socket, *, limit: int | None = None) -> None:
            came = 0
            with suppress(OSError):
                while (limit is None or came < limit) and (data := source.recv(BLOCK)):
                    came += len(data)
                    target.sendall(data)
                if limit is None:
                    target.shutdown(socket.SHUT_WR)

        threading.Thread(target=accept, daemon=True).start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
