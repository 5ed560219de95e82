"""What `requests` asks elsewhere, with an end: one deadline for the whole exchange, a bound for the answer.

The time-out of requests starts anew with every byte, and so does not end an answer that drips.
"""

import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, BinaryIO

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.poolmanager import PoolManager

from dam.core import numbers
from dam.core.deadlines import Deadline

LARGEST = 1024 * 1024
BLOCK = 256 * 1024

Allows = Callable[[str, str], bool]
"""Whether a connection for this host may be made to this address."""


class TooLarge(requests.RequestException):
    """The answer is larger than anybody reads it."""


@dataclass(frozen=True)
class _Exchange:
    until: Deadline
    allows: Allows


_now: ContextVar[_Exchange] = ContextVar("exchange")


class Bounded(HTTPAdapter):
    """To be mounted in a session. Each request has a connection of its own, and its answer comes read."""

    def __init__(
        self,
        *,
        seconds: float,
        allows: Allows = lambda _host, _address: True,
        into: BinaryIO | None = None,
        most: int = LARGEST,
    ) -> None:
        """`most` bytes are read of an answer; those of one that was granted go `into` a file."""
        self._seconds, self._allows, self._into, self._most = seconds, allows, into, most
        super().__init__()

    def init_poolmanager(self, *_args: Any, **_named: Any) -> None:
        self.poolmanager = PoolManager(num_pools=1, maxsize=1, retries=False)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: Any, *args: Any, **named: Any) -> requests.Response:
        with Deadline(self._seconds) as until:
            token = _now.set(_Exchange(until, self._allows))
            try:
                response = super().send(request, *args, **{**named, "stream": True})
                if self._into is not None and response.status_code == requests.codes.ok:
                    response = _write(response, self._into, most=self._most)
                else:
                    response = _read(response, most=min(self._most, LARGEST))
                until.check()
            except (OSError, HTTPError) as problem:  # those of requests are OSErrors
                if until.has_passed:
                    raise requests.Timeout("The answer took too long.", request=request) from problem
                if isinstance(problem, HTTPError):  # as `requests` has it of what it reads itself
                    raise requests.ConnectionError("The answer broke off.", request=request) from problem
                raise
            finally:
                _now.reset(token)
                self.poolmanager.clear()
        return response


def _read(response: requests.Response, *, most: int) -> requests.Response:
    body = response.raw.read(most + 1, decode_content=True)
    response.close()
    if len(body) > most:
        raise TooLarge("The answer is too large.")
    return _kept(response, body)


def _write(response: requests.Response, into: BinaryIO, *, most: int) -> requests.Response:
    """As the bytes come, not decoded: the answer itself comes without them."""
    said, size = response.headers.get("Content-Length", ""), 0
    if (said.isdecimal() and len(said) > 18) or (numbers.read(said) or 0) > most:
        response.close()
        raise TooLarge("The answer is too large.")
    while part := response.raw.read(BLOCK, decode_content=False):
        size += len(part)
        if size > most:
            response.close()
            raise TooLarge("The answer is too large.")
        into.write(part)
    response.close()
    return _kept(response, b"")


def _kept(response: requests.Response, body: bytes) -> requests.Response:
    response._content = body  # as `requests` keeps what it has read
    response._content_consumed = True
    return response


def _connected(connection: HTTPConnection) -> socket.socket:
    """A socket to the first address of the host that may be asked, if all of them may."""
    now = _now.get()
    host, port = connection.host.strip("[]"), connection.port or connection.default_port
    try:
        found = now.until.resolve(host, port)
    except (OSError, UnicodeError) as problem:
        raise NewConnectionError(connection, "The host wasn't found.") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(now.allows(host, each) for each in addresses):
        raise NewConnectionError(connection, "The host is in a private network.")
    try:
        return now.until.connect(found)
    except OSError as refused:
        raise NewConnectionError(connection, "The host can't be reached.") from refused


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure
