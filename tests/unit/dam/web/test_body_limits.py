"""A request larger than its page takes is refused before it is written anywhere."""

import asyncio
from typing import Any

import pytest

from dam.web.asgi_middleware import Message, Receive, Scope, Send
from dam.web.body_limits import LimitBodies, most_bytes


async def reader(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reads the whole body, then answers."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})


def status(*pieces: int, path: str = "/b/x/assets/", length: int | None = None) -> int:
    return int(answer(*pieces, path=path, length=length)[0]["status"])


def answer(*pieces: int, path: str, length: int | None = None, accept: bytes = b"*/*") -> list[Message]:
    waiting = [{"type": "http.request", "body": bytes(size), "more_body": True} for size in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    messages: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        messages.append(message)

    headers = [(b"accept", accept)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(LimitBodies(reader)(scope, receive, send))
    return messages


@pytest.fixture(autouse=True)
def _small(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 0
    settings.VERIFY_MAX_BYTES = 1024 * 1024
    settings.SHEET_MAX_BYTES = 1024 * 1024


def test_a_body_within_the_limit_passes() -> None:
    assert status(1000, 1000) == 200


def test_a_declared_length_is_refused_at_once() -> None:
    assert status(length=most_bytes("/b/x/") + 1) == 413


def test_a_body_without_a_length_is_counted() -> None:
    assert status(700_000, 700_000) == 413


def test_the_verify_page_takes_more() -> None:
    assert status(700_000, 700_000, path="/verify/") == 200
    assert status(700_000, 700_000, 700_000, path="/verify/") == 413


def test_the_page_that_imports_a_sheet_takes_more() -> None:
    assert status(700_000, 700_000, path="/b/northwind/bulk/import/") == 200
    assert status(700_000, 700_000, 700_000, path="/b/northwind/bulk/import/") == 413
    assert status(700_000, 700_000, path="/b/northwind/bulk/import/more/") == 413


def test_a_person_reads_a_page_and_a_program_a_line() -> None:
    too_much = most_bytes("/b/x/") + 1
    page = answer(path="/b/x/", length=too_much, accept=b"text/html,application/xhtml+xml")
    line = answer(path="/b/x/", length=too_much)
    assert b"Go to the library" in page[1]["body"]
    assert line[1]["body"] == b"The request is larger than this page takes."


@pytest.mark.parametrize(
    "path",
    [
        "/b/x/versions/7/attachments/",
        "/b/x/versions/7/comments/add/",
        "/b/x/comments/7/edit/",
        "/guest/7/attachments/",
        "/guest/7/comment/",
    ],
)
def test_a_comment_can_be_as_large_as_its_files(path: str, settings: Any) -> None:
    settings.ATTACHMENT_MAX_BYTES = 5 * 1024 * 1024
    assert most_bytes(path) == most_bytes("/b/x/") + 5 * 1024 * 1024
