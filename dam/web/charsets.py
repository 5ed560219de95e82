"""What requests are written in: UTF-8, whatever their header says."""

import re

from dam.web.asgi_middleware import App, Receive, Scope, Send

_CHARSET = re.compile(rb";\s*charset=(?!\"?utf-8\"?\s*(?:;|$))(?:\"[^\"]*\"?|[^;]*)", re.IGNORECASE)


class OnlyUtf8:
    """ASGI middleware: a Content-Type names no other charset.

    Django looks up the name among Python's codecs while it makes the request, where nothing can answer for
    it: one such as "hex", which decodes no text, is an error before any view.
    """

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = [
                (name, _CHARSET.sub(b"", value) if name == b"content-type" else value)
                for name, value in scope["headers"]
            ]
            scope = {**scope, "headers": headers}
        await self.app(scope, receive, send)
