"""What `requests` asks elsewhere, with an end: one deadline for the whole exchange, a bound for the answer.

The time-out of requests starts anew with every byte, and so does not end an answer that drips.
"""

import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.poolmanager import PoolManager

from dam.core.deadlines import Deadline

LARGEST = 1024 * 1024

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

    def __init__(self, *, seconds: float, allows: Allows = lambda _host, _address: True) -> None:
        self._seconds, self._allows = seconds, allows
        super().__init__()

    def init_poolmanager(self, *_args: Any, **_named: Any) -> None:
        self.poolmanager = PoolManager(num_pools=1, maxsize=1, retries=False)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(self, request: Any, *args: Any, **named: Any) -> requests.Response:
        with Deadline(self._seconds) as until:
            token = _now.set(_Exchange(until, self._allows))
            try:
                response = _read(super().send(request, *args, **{**named, "stream": True}))
                until.check()
            except (OSError, HTTPError) as problem:  # those of requests are OSErrors
                if until.has_passed:
                    raise requests.Timeout("The answer took too long.", request=request) from problem
                raise
            finally:
                _now.reset(token)
                self.poolmanager.clear()
        return response


def _read(response: requests.Response) -> requests.Response:
    body = response.raw.read(LARGEST + 1, decode_content=True)
    response.close()
    if len(body) > LARGEST:
        raise TooLarge("The answer is too large.")
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
