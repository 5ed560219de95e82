"""A piece whose connection breaks ends there, and Django is told nothing of it."""

import asyncio
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponse

from dam.web.asgi_middleware import Message
from dam.web.broken_pieces import KeepBrokenPieces

PIECE = (b"content-type", b"application/offset+octet-stream")
CAME: list[Message] = [
    {"type": "http.request", "body": b"what ", "more_body": True},
    {"type": "http.request", "body": b"came", "more_body": True},
    {"type": "http.disconnect"},
    {"type": "http.disconnect"},
]


class Handler(ASGIHandler):
    """Django's own reading of a request, with one view that takes its time."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    async def get_response_async(self, request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        self.read.append(request.body)
        return HttpResponse(status=204)


def read(method: str, *headers: tuple[bytes, bytes]) -> list[bytes]:
    waiting = list(CAME)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        pass

    handler = Handler()
    scope: Any = {"type": "http", "method": method, "path": "/b/x/uploads/1/", "headers": headers}
    asyncio.run(KeepBrokenPieces(handler)(scope, receive, send))
    return handler.read


def test_what_came_of_a_piece_is_kept() -> None:
    assert read("PATCH", PIECE) == [b"what came"]


@pytest.mark.parametrize(("method", "headers"), [("POST", [PIECE]), ("PATCH", [])])
def test_half_of_any_other_request_is_dropped(method: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert read(method, *headers) == []
