"""What this server asks of a provider: by https, of public addresses, soon answered and small.

An address of a provider is typed into a form, and the document behind it names further ones. None may lead
into the network that this server stands in (SSRF): each name is resolved here, every address it has must be a
public one, and the connection is made to that address, so that a name can't mean another a moment later.
Private networks open for the hosts of SIGN_IN_PRIVATE_HOSTS alone, loopback (and plain http there) only where
the product itself runs on it.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.utils.translation import gettext as _

from dam.core import internet
from dam.core.bounded_requests import Bounded, TooLarge

SECONDS = 10.0  # for a whole request, from the look-up of the name to the last byte
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAllowed(requests.RequestException):
    """The address is none that this server asks. The message says why, without what it resolved to."""


def require(url: str) -> str:
    """The address, if it may be asked at all or be shown to a browser. Raises NotAllowed."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        raise NotAllowed(_("That isn't a valid address.")) from None
    if not host or parts.username is not None or parts.fragment:
        raise NotAllowed(_("That isn't a valid address."))
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK and _on_loopback()):
        return url
    raise NotAllowed(_("The address must begin with https://."))


def session() -> requests.Session:
    """Follows no redirect, heeds no proxy or netrc of the environment, keeps no cookie for the next."""
    made = _Session()
    made.trust_env = False
    made.verify = settings.SIGN_IN_CA_BUNDLE or True
    made.mount("https://", Bounded(seconds=SECONDS, allows=reachable))
    made.mount("http://", Bounded(seconds=SECONDS, allows=reachable))
    return made


def reachable(host: str, address: str) -> bool:
    """Whether a connection for the host may be made to this address.

    >>> reachable("id.example.com", "10.0.0.7"), reachable("id.example.com", "93.184.215.14")
    (False, True)
    """
    if host.lower() in settings.SIGN_IN_PRIVATE_HOSTS:
        return True
    if ipaddress.ip_address(address.partition("%")[0]).is_loopback:
        return host.lower() in LOOPBACK and _on_loopback()
    return internet.is_public(address)


def _on_loopback() -> bool:
    return (urlsplit(settings.PUBLIC_URL).hostname or "") in LOOPBACK


class _Session(requests.Session):
    def request(self, method: Any, url: Any, *args: Any, **named: Any) -> requests.Response:
        require(str(url))
        named.setdefault("timeout", SECONDS)
        named["allow_redirects"] = False
        try:
            response = super().request(method, url, *args, **named)
        except TooLarge as problem:
            raise NotAllowed(_("The answer is too large.")) from problem
        if response.is_redirect:
            raise NotAllowed(_("The address leads elsewhere. Enter the one it leads to."))
        return response
