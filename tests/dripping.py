"""A server that never stops answering, a byte at a time: each byte starts the time-out of a socket anew."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PAUSE = 0.02
BEGINNINGS = {
    "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
    "endless": b"HTTP/1.1 200 OK\r\n\r\n",  # without a length a cut answer looks complete
    "greeting": b"220 ",
}


@dataclass
class Dripping:
    port: int
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running(kind: str) -> Iterator[Dripping]:
    """`let_go` is set once a client has ended a connection."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Dripping(listening.getsockname()[1])

        def drip() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.sendall(BEGINNINGS[kind])
                        while not stop.wait(PAUSE):
                            connection.sendall(b"x")
                    server.let_go.set()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield server
        stop.set()
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)
