"""What this server asks of a provider: by https, of public addresses, soon answered and small.

An address of a provider is typed into a form, and the document behind it names further ones. None may lead
into the network that this server stands in (SSRF): each name is resolved here, every address it has must be a
public one, and the connection is made to that address, so that a name can't mean another a moment later.
Private networks open for the hosts of SIGN_IN_PRIVATE_HOSTS alone, loopback (and plain http there) only where
the product itself runs on it.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.poolmanager import PoolManager

SECONDS = 10
LARGEST = 1024 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAllowed(requests.RequestException):
    """The address is none that this server asks. The message says why, without what it resolved to."""


def require(url: str) -> str:
    """The address, if it may be asked at all or be shown to a browser. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _port = parts.port
    except ValueError:
        raise NotAllowed("That isn't a valid address.") from None
    if not host or parts.username is not None or parts.fragment:
        raise NotAllowed("That isn't a valid address.")
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK and _on_loopback()):
        return url
    raise NotAllowed("The address must begin with https://.")


def session() -> requests.Session:
    """Follows no redirect, heeds no proxy or netrc of the environment, keeps no cookie for the next."""
    made = _Session()
    made.trust_env = False
    made.verify = settings.SIGN_IN_CA_BUNDLE or True
    made.mount("https://", _Guarded())
    made.mount("http://", _Guarded())
    return made


def reachable(host: str, address: str) -> bool:
    """Whether a connection for the host may be made to this address.

    >>> reachable("id.example.com", "10.0.0.7"), reachable("id.example.com", "93.184.215.14")
    (False, True)
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    meant = [parsed, mapped] if mapped else [parsed]
    if host.lower() in settings.SIGN_IN_PRIVATE_HOSTS:
        return True
    if all(each.is_loopback for each in meant):
        return host.lower() in LOOPBACK and _on_loopback()
    return all(each.is_global and not each.is_multicast for each in meant)


def _on_loopback() -> bool:
    return (urlsplit(settings.PUBLIC_URL).hostname or "") in LOOPBACK


class _Session(requests.Session):
    def request(self, method: Any, url: Any, *args: Any, **named: Any) -> requests.Response:
        require(str(url))
        named.setdefault("timeout", SECONDS)
        named["allow_redirects"] = False
        named["stream"] = True
        response = super().request(method, url, *args, **named)
        with response:
            if response.is_redirect:
                raise NotAllowed("The address leads elsewhere. Enter the one it leads to.")
            body = response.raw.read(LARGEST + 1, decode_content=True)
            if len(body) > LARGEST:
                raise NotAllowed("The answer is too large.")
            response._content = body  # read once, as `requests` does
            response._content_consumed = True
        return response


def _connected(connection: HTTPConnection) -> socket.socket:
    """A socket to the first address of the host that may be asked, if all of them may."""
    host, port = connection.host, connection.port or connection.default_port
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise NewConnectionError(connection, "The host wasn't found.") from problem
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(reachable(host.strip("[]"), each) for each in addresses):
        raise NewConnectionError(connection, "The host is in a private network.")
    last: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError as refused:
            last = refused
    raise NewConnectionError(connection, "The host can't be reached.") from last


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


class _Guarded(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        named["retries"] = False
        self.poolmanager = PoolManager(
            num_pools=args[0] if args else 1, maxsize=args[1] if len(args) > 1 else 1
        )
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
