"""Whose large bodies are read at all. Django writes a body to disk before any view can refuse it.

A small one is read from anybody. A large one is read from members, and from strangers on the verify page
within its limits. Any other request goes on without its body, and is answered as the page answers strangers.
"""

import asyncio
from contextlib import ExitStack
from http import HTTPStatus
from io import BytesIO
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from dam.accounts import principals
from dam.core import database, errors
from dam.web import asgi_middleware, body_limits, clients, pace, problem_details, signed_out
from dam.web.asgi_middleware import App, Message, Receive, Scope, Send
from dam.web.bodies import Bodies, TooManyBodies
from dam.web.body_limits import VERIFY

SMALL_BYTES = 64 * 1024
STRANGERS_SLOWEST = 32 * 1024  # bytes a second
# What is asked before a file for the verify page is read: it counts it, or raises Refused.
VERIFY_GATE = "provenance.web.verify.before_reading"
# In the scope: what was refused before reading, for the page to say; and that the file is counted.
REFUSED, COUNTED = "reelproof.refused", "reelproof.counted"


class AdmitBodies:
    """ASGI middleware."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.bodies = Bodies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_large(scope):
            await self.app(scope, receive, send)
            return
        sender = await sync_to_async(_sender, thread_sensitive=False)(scope)
        on_verify = scope["path"] in VERIFY
        if sender is None and not on_verify:
            await self._without_body(scope, receive, send)
            return
        with ExitStack() as places:
            try:
                place = self.bodies.place(
                    sender=sender or clients.limited_of(scope),
                    stranger=sender is None,
                    size=body_limits.expected(scope),
                )
                places.enter_context(place)
                if on_verify:
                    await sync_to_async(_ask_gate, thread_sensitive=False)(scope)
                    scope = {**scope, COUNTED: True}
            except errors.Refused as refused:
                if on_verify:
                    await self._without_body({**scope, "method": "GET", REFUSED: refused}, receive, send)
                else:
                    await self._without_body(scope, receive, send, app=_refusing(refused))
                return
            if sender is None:
                receive = pace.paced(receive, slowest=STRANGERS_SLOWEST)
            await self.app(scope, receive, send)

    async def _without_body(
        self, scope: Scope, receive: Receive, send: Send, *, app: App | None = None
    ) -> None:
        """Answer as if nothing had been sent, and close the connection."""
        waits = b"expect" in dict(scope["headers"])  # a client that sends nothing before it is told to
        dropped = (b"content-length", b"transfer-encoding", b"expect")
        headers = [each for each in scope["headers"] if each[0] not in dropped]
        scope = {**scope, "headers": headers, signed_out.UNREAD: True}
        read = False

        async def nothing() -> Message:
            nonlocal read
            if read:
                await asyncio.Event().wait()
            read = True
            return {"type": "http.request", "body": b"", "more_body": False}

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", ()), (b"connection", b"close")]
                await send({**message, "headers": headers})
            elif message.get("more_body") or waits:
                await send(message)
            else:
                await send({**message, "more_body": True})
                await asgi_middleware.throw_away(receive)
                await send({"type": "http.response.body", "body": b""})

        await (app or self.app)(scope, nothing, closing)


def _refusing(refused: errors.Refused) -> App:
    busy = isinstance(refused, TooManyBodies)
    status = HTTPStatus.SERVICE_UNAVAILABLE if busy else problem_details.status_of(refused)
    answer = problem_details.problem(status, refused.code, refused.message, title=refused.title)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asgi_middleware.answer(
            send,
            HTTPStatus(status),
            answer.content,
            (b"retry-after", b"5"),
            content_type=b"application/problem+json",
        )

    return app


def _is_large(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    return b"transfer-encoding" in headers or body_limits.declared(scope) > SMALL_BYTES


def _request(scope: Scope) -> HttpRequest:
    return ASGIRequest({**scope, "query_string": b""}, BytesIO())  # what its query is, Django may refuse


def _sender(scope: Scope) -> str | None:
    """Who sends, as limits count people: the owner of the token or of the session; None for strangers."""
    try:
        return _known(_request(scope))
    except database.AWAY:  # the page says so
        return None
    finally:
        database.release()


def _known(request: Any) -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        token = principals.of_token(secret.strip(), at=timezone.now())
        return f"user {token.user.pk}" if token else None
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request.session = SessionStore(key)
    user = auth.get_user(request)
    return f"user {user.pk}" if user.is_authenticated else None


def _ask_gate(scope: Scope) -> None:
    try:
        import_string(VERIFY_GATE)(_request(scope), size=body_limits.expected(scope))
    finally:
        database.release()
