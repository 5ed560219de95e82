"""A real mail server for tests (aiosmtpd): it keeps what it takes, and refuses what it is told to."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "reelproof", "open sesame"


class Kept:
    """What came, newest last; `refuse` maps RCPT or MAIL addresses to the answer they get."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.port = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.refuse.get(address, "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, EmailMessage, policy=policy.default))
        return "250 Taken"


def _knows(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextmanager
def running(*, tls: ssl.SSLContext | None = None, asks: bool = False, port: int = 0) -> Iterator[Kept]:
    """At 127.0.0.1 and `port` (0: a free one); with `asks` it wants USER and PASSWORD."""
    kept = Kept()
    with socket.create_server(("127.0.0.1", port)) as free:
        kept.port = free.getsockname()[1]
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=kept.port,
        ssl_context=tls,
        authenticator=_knows if asks else None,
        auth_required=asks,
        auth_require_tls=False,
    )
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
