"""Whose request it is, by address: for every limit and every log, and nowhere else is it read.

What a proxy adds to X-Forwarded-For stands last; what stands before it a client may have made up. So the
address is the one that many places from the end, as BEHIND_PROXY says, and the connection's own without a
proxy, also from loopback.
"""

from io import BytesIO
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

UNKNOWN = "unknown"  # as through a Unix socket
NETWORK = 64  # bits of IPv6 that one subscriber has: within them addresses are free to choose


def address(request: HttpRequest) -> str:
    """The client's address as text; UNKNOWN where there is none."""
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.BEHIND_PROXY
    forwarded = _plain(hops[-proxies]) if 0 < proxies <= len(hops) else None
    return forwarded or _plain(request.META.get("REMOTE_ADDR") or "") or UNKNOWN


def limited(request: HttpRequest) -> str:
    """What a limit counts by: the address, or its network."""
    known = address(request)
    parsed = ip_address(known) if known != UNKNOWN else None
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, NETWORK), strict=False))
    return known


def limited_of(scope: dict[str, Any]) -> str:
    """The same before there is a request, of an ASGI scope. What its query is, Django may refuse later."""
    return limited(ASGIRequest({**scope, "query_string": b""}, BytesIO()))


def _plain(text: str) -> str | None:
    """One address, without the port that some proxies add."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)
