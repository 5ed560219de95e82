"""A long body reaches Django as requests that are short, and its client gets one answer."""

import asyncio
from typing import Any

import pytest

from dam.web.asgi_middleware import Message, Receive, Scope, Send
from dam.web.long_pieces import PIECE, SplitLongBodies

TYPE = (b"content-type", b"application/offset+octet-stream")
NEW, ONE = "/b/acme/uploads/new/", "/b/acme/uploads/1/"


@pytest.fixture(autouse=True)
def _short_pieces(settings: Any) -> None:
    settings.UPLOAD_CHUNK_BYTES = 4


class Uploads:
    """An application that takes pieces until `most` bytes have come; what it was asked, and with what."""

    def __init__(self, most: int = 10**9) -> None:
        self.most, self.asked, self.headers = most, [], []  # type: ignore[var-annotated]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message["body"]
            more = message.get("more_body", False)
        body = scope[PIECE].read() if PIECE in scope else body
        headers = dict(scope["headers"])
        offset = int(headers.get(b"upload-offset", b"0"))
        self.asked.append((scope["method"], scope["path"], offset, body))
        self.headers.append(headers)
        status, told = 204, [(b"Upload-Offset", b"%d" % (offset + len(body)))]
        if scope["method"] == "POST":
            status, told = 201, [*told, (b"Location", ONE.encode())]
        if offset + len(body) > self.most:
            status, told = 401, []
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": b"words"})


class Sent:
    """What a client hears that sends these messages."""

    def __init__(
        self,
        app: Uploads,
        *bodies: bytes,
        method: str = "PATCH",
        path: str = ONE,
        headers: Any = (),
        ends: bool = True,
        **ways: Any,
    ) -> None:
        self.waiting: list[Message] = [
            {"type": "http.request", "body": body, "more_body": True} for body in bodies
        ]
        self.waiting.append({"type": "http.request" if ends else "http.disconnect", "body": b""})
        self.status, self.headers, self.body = 0, {}, b""  # type: ignore[var-annotated]
        scope = {"type": "http", "method": method, "path": path, "headers": [TYPE, *headers]}

        async def receive() -> Message:
            return self.waiting.pop(0)

        async def send(message: Message) -> None:
            self.status = message.get("status", self.status)
            self.headers |= dict(message.get("headers", ()))
            self.body += message.get("body", b"")

        asyncio.run(asyncio.wait_for(SplitLongBodies(app, **ways)(scope, receive, send), 10))


def length(number: int) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % number


CHUNKED = (b"transfer-encoding", b"chunked")


@pytest.mark.parametrize("told", [length(10), CHUNKED])
@pytest.mark.parametrize(
    "bodies", [(b"0123456789",), (b"012", b"345", b"6789"), tuple(b"%d" % n for n in range(10))]
)
def test_each_piece_is_a_request_that_begins_where_the_one_before_ended(
    told: tuple[bytes, bytes], bodies: tuple[bytes, ...]
) -> None:
    app = Uploads()
    sent = Sent(app, *bodies, headers=[told, (b"upload-offset", b"7"), (b"cookie", b"a=b")])
    assert app.asked == [("PATCH", ONE, 7, b"0123"), ("PATCH", ONE, 11, b"4567"), ("PATCH", ONE, 15, b"89")]
    assert {headers[b"cookie"] for headers in app.headers} == {b"a=b"}
    assert (sent.status, sent.headers[b"upload-offset"]) == (204, b"17")
    if told != CHUNKED:
        assert [headers[b"content-length"] for headers in app.headers] == [b"4", b"4", b"2"]


def test_a_body_that_ends_with_a_piece_makes_no_empty_one() -> None:
    app = Uploads()
    Sent(app, b"01234567", headers=[CHUNKED])
    assert [body for *_, body in app.asked] == [b"0123", b"4567"]


def test_what_came_with_an_announcement_goes_to_what_was_announced() -> None:
    app = Uploads()
    sent = Sent(app, b"0123456789", method="POST", path=NEW, headers=[length(10), (b"upload-length", b"20")])
    assert app.asked == [("POST", NEW, 0, b"0123"), ("PATCH", ONE, 4, b"4567"), ("PATCH", ONE, 8, b"89")]
    assert [b"upload-length" in headers for headers in app.headers] == [True, False, False]
    assert (sent.status, sent.headers[b"upload-offset"], sent.body) == (201, b"10", b"")
    assert sent.headers[b"location"] == ONE.encode()


def test_what_is_refused_in_the_middle_is_told_and_the_rest_is_not_asked_about() -> None:
    app = Uploads(most=8)
    sent = Sent(app, b"0123456789abcdef", headers=[length(16)])
    assert [body for *_, body in app.asked] == [b"0123", b"4567", b"89ab"]
    assert (sent.status, sent.body, sent.headers[b"connection"]) == (401, b"words", b"close")


def test_what_was_announced_stays_when_a_later_piece_is_refused() -> None:
    sent = Sent(Uploads(most=8), b"0123456789abcdef", method="POST", path=NEW, headers=[length(16)])
    assert (sent.status, sent.headers[b"upload-offset"]) == (201, b"8")


def test_what_breaks_off_is_a_piece_that_breaks_off() -> None:
    app = Uploads()
    Sent(app, b"012345", headers=[length(16)], ends=False)
    assert [body for *_, body in app.asked] == [b"0123", b"45"]


def test_a_long_body_with_a_checksum_is_refused_and_read_by_nobody() -> None:
    app = Uploads()
    sent = Sent(app, b"0123456789", headers=[length(10), (b"upload-checksum", b"sha1 AAAA")])
    assert (sent.status, app.asked) == (413, [])


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("PATCH", ONE, [length(4)]),
        ("PATCH", "/b/acme/selection/", [length(10)]),
        ("GET", ONE, [length(10)]),
        ("PATCH", ONE, [length(10), (b"content-type", b"video/mp4")]),
    ],
)
def test_everything_else_passes_whole(method: str, path: str, headers: Any) -> None:
    app = Uploads()
    sent = Sent(app, b"0123", b"456789", method=method, path=path, headers=headers)
    assert [body for *_, body in app.asked] == [b"0123456789"]
    assert sent.body == b"words"


class Straight:
    """Stores pieces until `most` have come; `seconds` go by with each."""

    def __init__(self, most: int = 100, *, seconds: float = 0.0) -> None:
        self.most, self.seconds, self.now = most, seconds, 0.0
        self.stored: list[tuple[str, int, bytes]] = []

    async def __call__(self, path: str, offset: int, data: bytes) -> bool:
        if len(self.stored) == self.most:
            return False
        self.now += self.seconds
        self.stored.append((path, offset, data))
        return True

    def clock(self) -> float:
        return self.now


BODY = b"0123456789abcdefghij"


def test_what_comes_in_the_middle_is_stored_without_asking_and_the_last_piece_is_answered() -> None:
    app, straight = Uploads(), Straight()
    sent = Sent(app, BODY, headers=[length(20)], store=straight)
    assert [(offset, body) for _, _, offset, body in app.asked] == [(0, b"0123"), (16, b"ghij")]
    assert straight.stored == [(ONE, 4, b"4567"), (ONE, 8, b"89ab"), (ONE, 12, b"cdef")]
    assert (sent.status, sent.headers[b"upload-offset"]) == (204, b"20")


def test_a_sender_is_asked_about_again_after_a_while() -> None:
    app, straight = Uploads(), Straight(seconds=0.6)
    Sent(app, BODY, headers=[length(20)], store=straight, clock=straight.clock)
    assert [offset for _, _, offset, _ in app.asked] == [0, 12, 16]


def test_what_is_not_stored_straight_away_is_asked_about() -> None:
    app = Uploads(most=12)
    sent = Sent(app, BODY, method="POST", path=NEW, headers=[length(20)], store=Straight(1))
    assert [offset for _, _, offset, _ in app.asked] == [0, 8, 12]
    assert (sent.status, sent.headers[b"upload-offset"]) == (201, b"12")


def test_where_it_stands_counts_what_was_stored_without_asking() -> None:
    app, straight = Uploads(most=4), Straight(2)
    sent = Sent(app, BODY, method="POST", path=NEW, headers=[length(20)], store=straight)
    assert (sent.status, sent.headers[b"upload-offset"]) == (201, b"12")
    assert {path for path, _, _ in straight.stored} == {ONE}


def test_of_a_body_that_tells_no_length_each_piece_is_asked_about() -> None:
    app, straight = Uploads(), Straight()
    Sent(app, BODY, headers=[CHUNKED], store=straight)
    assert (len(app.asked), straight.stored) == (5, [])
