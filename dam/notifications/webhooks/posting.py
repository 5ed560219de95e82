"""Sending one message: a connection to the address that was checked, no redirects, little patience.

All of it has one deadline, so that a receiver that drips its answer holds no worker.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dam.core.deadlines import Deadline
from dam.core.language import noop
from dam.notifications.webhooks import addresses

SECONDS = 10.0
MOST_READ = 1024  # of the answer, which nobody looks at


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or why there is none."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(url: str, body: bytes, *, headers: Mapping[str, str], local: bool = False) -> Answer:
    """Send it. Whatever goes wrong on the way is the answer's error."""
    began = time.monotonic()
    status, error = None, ""
    try:
        with Deadline(SECONDS) as until:
            try:
                status = _post(url, body, headers, local, until)
            except (OSError, http.client.HTTPException):
                until.check()  # else it was the deadline that broke the connection off
                raise
    except addresses.AddressRefused as refusal:
        error = str(refusal)
    except (OSError, http.client.HTTPException, UnicodeError, ValueError) as problem:
        error = _words(problem)
    if status is not None and 300 <= status < 400:
        error = noop("The receiver answered with a redirect. Enter the final address.")
    return Answer(status, error[:200], round((time.monotonic() - began) * 1000))


def _post(url: str, body: bytes, headers: Mapping[str, str], local: bool, until: Deadline) -> int:
    host, port = addresses.check(url, local=local)
    found = addresses.resolve(host, port, local=local, until=until)
    connection = _Connection(host, port, found, urlsplit(url).scheme, until)
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, {**headers, "User-Agent": "Reelproof-Webhooks"})
        response = connection.getresponse()
        response.read(MOST_READ)
        until.check()
        return response.status
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """To addresses that were resolved before; certificates are checked against the name."""

    def __init__(
        self, host: str, port: int, found: Sequence[tuple[Any, ...]], scheme: str, until: Deadline
    ) -> None:
        super().__init__(host, port)
        self._found, self._scheme, self._until = found, scheme, until
        if scheme == "https":
            self.default_port = 443

    def connect(self) -> None:
        self.sock = self._until.connect(self._found)
        if self._scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _words(problem: Exception) -> str:
    """As they are kept: in English, which pages say in their reader's language."""
    match problem:
        case ssl.SSLCertVerificationError():
            said = noop("The receiver's certificate isn't valid: %(why)s.")
            return said % {"why": problem.verify_message.rstrip(".")}
        case TimeoutError():
            return noop("The receiver didn't answer within 10 seconds.")
        case ConnectionRefusedError():
            return noop("The receiver refused the connection.")
        case socket.gaierror():
            return noop("The receiver's host name wasn't found.")
        case _:
            return noop("The message couldn't be sent: %(why)s.") % {"why": type(problem).__name__}
