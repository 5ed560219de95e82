"""Sending by SMTP to a server that somebody named on a page: only to a mail server, and not for ever."""

import smtplib
import socket
from collections.abc import Sequence
from functools import partial
from ipaddress import ip_address
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from dam.core.deadlines import Deadline

# Where mail servers listen. What else runs in a company's network is no business of this page.
PORTS = (25, 465, 587, 2465, 2525, 2587)
DEADLINE = 45.0  # seconds for one connection, however slowly a server drips its answers


class NotAMailServer(OSError):
    """The name leads to where no mail server of a company is: the machine's own metadata, a whole network."""


class EmailBackend(smtp.EmailBackend):
    """`anywhere` for what the operator set in the environment: any port and address."""

    def __init__(self, *args: Any, anywhere: bool = False, **named: Any) -> None:
        super().__init__(*args, **named)
        self.anywhere = anywhere
        self.until: Deadline | None = None

    @property
    def connection_class(self) -> Any:
        return _watched(smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP, self)

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        with Deadline(DEADLINE) as self.until:
            try:
                return super().send_messages(messages) or 0
            except (OSError, smtplib.SMTPException):
                self.until.check()  # else it was the deadline that broke the connection off
                raise
            finally:
                self.until = None


def require_mail_server(host: str, port: int, *, until: Deadline) -> list[tuple[Any, ...]]:
    """The addresses of a name, as getaddrinfo has them. Raises NotAMailServer, socket.gaierror.

    Private networks are allowed, for there companies have their servers, and so is this machine itself.
    """
    if port not in PORTS:
        raise NotAMailServer(f"Port {port} isn't one of mail servers.")
    found = until.resolve(host, port)
    for *_kind, address in found:
        where = ip_address(str(address[0]).partition("%")[0])
        where = getattr(where, "ipv4_mapped", None) or where
        if where.is_link_local or where.is_multicast or where.is_unspecified or where.is_reserved:
            raise NotAMailServer(f"{host} is {where}.")
    return found


def _watched(kind: Any, backend: EmailBackend) -> Any:
    """The connection goes to the address that was looked at, and to none that the name becomes afterwards."""

    class Watched(kind):  # type: ignore[misc]
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            until = backend.until
            if until is None:  # a connection that nothing would ever end
                raise RuntimeError("Mails are sent by send_messages alone.")
            asked = until.resolve if backend.anywhere else partial(require_mail_server, until=until)
            used = until.connect(asked(host, port))
            used.settimeout(timeout)
            if kind is smtplib.SMTP_SSL:
                used = self.context.wrap_socket(used, server_hostname=self._host)
            return used

    return Watched
