"""How large a request may be. Django's ASGI handler writes a body to disk before any view can refuse it."""

import re
from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.conf import settings

from dam.web import asgi_middleware, errors
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send

# Where anybody may send a file to be verified: the page, and for programs.
VERIFY = frozenset({"/verify/", "/c2pa/matches/byContent"})
# A file for a comment, and without script the comment with its files.
ATTACHMENTS = re.compile(
    r"/b/[^/]+/(versions/[^/]+/(attachments|comments/add)|comments/\d+/edit)/"
    r"|/guest/[^/]+/(attachments|comment)/"
)
# An approval with the documents behind its answers.
APPROVALS = re.compile(r"/b/[^/]+/reviews/[^/]+/decide/")
# A clip for a brief to be filled in from.
BRIEF_CLIPS = re.compile(r"/b/[^/]+/generate/clips/")
SHEETS = re.compile(r"/b/[^/]+/bulk/import/")
# What a form with a file of the largest size needs around it.
ENVELOPE_BYTES = 1024 * 1024
TOO_LARGE = b"The request is larger than this page takes."


class _TooLarge(Exception):
    pass


class LimitBodies:
    """ASGI middleware: 413 for a body beyond the path's limit, told by its header or by counting."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = most_bytes(scope["path"])
        if declared(scope) > most:
            await _refuse(scope, send)
            return
        left = most

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise _TooLarge
            return message

        try:
            await self.app(scope, counted, send)
        except _TooLarge:  # while the body was read, so nothing has been answered yet
            await _refuse(scope, send)


def most_bytes(path: str) -> int:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if path in VERIFY or BRIEF_CLIPS.fullmatch(path):
        most = settings.VERIFY_MAX_BYTES
    elif SHEETS.fullmatch(path):
        most = settings.SHEET_MAX_BYTES
    elif APPROVALS.fullmatch(path):
        most = settings.APPROVAL_MAX_BYTES
    elif ATTACHMENTS.fullmatch(path):
        most = settings.ATTACHMENT_MAX_BYTES
    return int(most) + ENVELOPE_BYTES


def declared(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def expected(scope: Scope) -> int:
    """How large the body may turn out to be: as declared, or what the path takes at most."""
    return declared(scope) or most_bytes(scope["path"])


async def _refuse(scope: Scope, send: Send) -> None:
    text, content_type = TOO_LARGE, b"text/plain; charset=utf-8"
    if b"text/html" in dict(scope["headers"]).get(b"accept", b""):
        page = await sync_to_async(errors.alone, thread_sensitive=False)("413.html")
        text, content_type = page.encode(), b"text/html; charset=utf-8"
    await asgi_middleware.answer(
        send,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        text,
        asgi_middleware.CLOSE,
        content_type=content_type,
    )
