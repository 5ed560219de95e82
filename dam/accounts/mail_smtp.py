"""Sending by SMTP to a server that somebody named on a page: only to a mail server, and not for ever."""

import smtplib
import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

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
        self.sockets: list[socket.socket] = []  # of the connection, as it was and as TLS made it

    @property
    def connection_class(self) -> Any:
        return _watched(smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP, self)

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        ends = threading.Timer(DEADLINE, self._cut)
        ends.daemon = True
        ends.start()
        try:
            return super().send_messages(messages) or 0
        finally:
            ends.cancel()

    def _cut(self) -> None:
        connection: Any = self.connection or self._partial_connection  # type: ignore[attr-defined]
        for each in (*self.sockets, getattr(connection, "sock", None)):
            try:
                if each is not None:
                    each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def require_mail_server(host: str, port: int) -> list[tuple[Any, ...]]:
    """The addresses of a name, as getaddrinfo has them. Raises NotAMailServer, socket.gaierror.

    Private networks are allowed, for there companies have their servers, and so is this machine itself.
    """
    if port not in PORTS:
        raise NotAMailServer(f"Port {port} isn't one of mail servers.")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
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
            found = (
                socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                if backend.anywhere
                else require_mail_server(host, port)
            )
            used = _connect(found, timeout)
            backend.sockets.append(used)
            if kind is smtplib.SMTP_SSL:
                used = self.context.wrap_socket(used, server_hostname=self._host)
                backend.sockets.append(used)
            return used

    return Watched


def _connect(found: list[tuple[Any, ...]], timeout: float) -> socket.socket:
    problem: OSError = OSError("The name has no address.")
    for family, kind, protocol, _name, address in found[:3]:
        connection = socket.socket(family, kind, protocol)
        connection.settimeout(timeout)
        try:
            connection.connect(address)
            return connection
        except OSError as refused:
            connection.close()
            problem = refused
    raise problem
