"""A real server, with a real socket for each client: what waits for its client does not wait for ever."""

import asyncio
import resource
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from uvicorn.config import Config
from uvicorn.server import ServerState

from dam.web import connections
from dam.web.connections import Connection

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
SOON = 20.0  # far longer than it takes: a test that waits so long has failed


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Reads the body, and answers; with as many bytes as the query says."""
    while (await receive()).get("more_body"):
        pass
    size = int(scope["query_string"] or 2)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % size)]})
    await send({"type": "http.response.body", "body": bytes(size)})


class Server:
    def __init__(self, port: int, state: ServerState) -> None:
        self.port, self.state = port, state

    async def open(self, sent: bytes = b"") -> tuple[StreamReader, StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1024)
        writer.write(sent)
        return reader, writer


@asynccontextmanager
async def serving() -> AsyncIterator[Server]:
    config = Config(app, http=Connection, lifespan="off", ws="none", access_log=False, log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Connection(config=config, server_state=state, app_state={}), "127.0.0.1", 0
    )
    try:
        yield Server(server.sockets[0].getsockname()[1], state)
    finally:
        server.close()


def serve(visit: Callable[[Server], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(SOON), serving() as server:
            await visit(server)

    asyncio.run(run())


async def is_closed(reader: StreamReader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("sent", [b"", REQUEST[:20], b"\r\n"])
def test_what_sends_no_whole_header_is_closed(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.05)

    async def visit(server: Server) -> None:
        reader, _ = await server.open(sent)
        assert await is_closed(reader)

    serve(visit)


def test_a_second_request_may_not_linger_in_its_header_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.05)

    async def visit(server: Server) -> None:
        reader, writer = await server.open(REQUEST)
        await reader.readuntil(b"\r\n\r\n\0\0")
        writer.write(REQUEST[:20])
        assert await is_closed(reader)

    serve(visit)


def test_a_header_without_end_is_refused() -> None:
    async def visit(server: Server) -> None:
        reader, writer = await server.open(REQUEST[:-2] + b"X-Long: ")
        writer.write(b"x" * 4 * connections.HEADER_BYTES)
        assert (await reader.readline()).startswith(b"HTTP/1.1 431 ")

    serve(visit)


def test_an_answer_that_nobody_takes_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.05)

    async def visit(server: Server) -> None:
        await server.open(REQUEST.replace(b"/ ", b"/?50000000 "))  # and reads nothing of it
        while not server.state.total_requests and not server.state.tasks:
            await asyncio.sleep(0.01)
        while server.state.connections:
            await asyncio.sleep(0.01)

    serve(visit)


def test_idle_connections_give_way_to_whoever_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most", lambda: 4)

    async def visit(server: Server) -> None:
        idle = [await server.open() for _ in range(12)]
        reader, _ = await server.open(REQUEST)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        assert len(server.state.connections) <= 4
        assert await is_closed(idle[0][0])

    serve(visit)


def test_a_body_that_does_not_end_gives_way_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "most", lambda: 4)

    async def visit(server: Server) -> None:
        started = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx"
        _held = [await server.open(started) for _ in range(12)]
        reader, _ = await server.open(REQUEST)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")

    serve(visit)


def test_the_bound_leaves_descriptors_for_what_answers() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    connections.most.cache_clear()
    try:
        allowed = connections.most()
        assert 0 < allowed * connections.DESCRIPTORS_EACH <= resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        connections.most.cache_clear()
