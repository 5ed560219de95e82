"""Pages are compressed, streams and files are not."""

import gzip
from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from dam.accounts.capabilities import Role
from dam.web.compression import CompressPagesMiddleware
from tests.integration.dam.web.conftest import SignIn


def ask(response: HttpResponse | StreamingHttpResponse) -> HttpResponse | StreamingHttpResponse:
    def answer(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        return response

    sent = CompressPagesMiddleware(answer)(RequestFactory().get("/", headers={"accept-encoding": "gzip"}))
    assert isinstance(sent, HttpResponse | StreamingHttpResponse)
    return sent


def test_a_page_is_sent_compressed_and_never_twice_of_the_same_length(sign_in: SignIn) -> None:
    client = sign_in(Role.CREATOR)
    answers = [client.get("/b/northwind/", headers={"accept-encoding": "gzip"}) for _ in range(12)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert b"<h1" in gzip.decompress(answers[0].content)
    assert len({len(answer.content) for answer in answers}) > 1


def test_an_event_stream_goes_as_it_comes() -> None:
    async def beats() -> AsyncIterator[bytes]:
        yield b"data: x\n\n" * 100

    stream = ask(StreamingHttpResponse(beats(), content_type="text/event-stream"))
    assert "Content-Encoding" not in stream.headers


def test_a_range_of_a_file_keeps_its_bytes() -> None:
    part = ask(HttpResponse(b"\0" * 1000, status=206, content_type="video/mp4"))
    assert "Content-Encoding" not in part.headers
    assert isinstance(part, HttpResponse)
    assert len(part.content) == 1000
