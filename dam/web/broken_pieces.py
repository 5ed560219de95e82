"""What came of a piece of an upload is kept, also when its connection breaks before the rest."""

import asyncio

from dam.web.asgi_middleware import App, Message, Receive, Scope, Send

PIECE_TYPE = b"application/offset+octet-stream"


class KeepBrokenPieces:
    """ASGI middleware: a piece that breaks off is one that ends there.

    Django drops a request whose client leaves while it is read. The answer to this one reaches nobody, but
    the next HEAD says how far the upload has come.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_piece(scope):
            await self.app(scope, receive, send)
            return
        whole = broken = False

        async def kept() -> Message:
            nonlocal whole, broken
            if broken:  # that the client has left is no news, and nothing to stop for
                await asyncio.Event().wait()
            message = await receive()
            if message["type"] == "http.disconnect" and not whole:
                broken = True
                return {"type": "http.request", "body": b"", "more_body": False}
            whole = not message.get("more_body", False)
            return message

        await self.app(scope, kept, send)


def _is_piece(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    method = scope["method"]
    if method == "POST":
        method = headers.get(b"x-http-method-override", b"").decode("latin-1").upper()
    return method == "PATCH" and headers.get(b"content-type") == PIECE_TYPE
