"""Where webhooks may be sent: https, to public addresses. Asked when one is saved and for each message.

A name that leads to an address inside the network would let an administrator of a brand have this machine
ask there. So the name is resolved here, all that it leads to must be public, and the connection is made to
what was checked and not to what the name says a moment later.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from dam.core import errors

LONGEST = 500
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(errors.Refused):
    """Nothing is sent to this address."""

    code = "webhook_address"
    title = "This address can't be used"


def check(url: str, *, local: bool = False) -> tuple[str, int]:
    """Host and port of an address that looks right, before anything is resolved. Raises AddressRefused.

    `local` allows http and this machine, for development and tests.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise AddressRefused(_("Enter a complete address, such as https://example.com/hook.")) from None
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise AddressRefused(_("The address must begin with https://."))
    if not parts.hostname or len(url) > LONGEST or not url.isascii() or any(each <= " " for each in url):
        raise AddressRefused(_("Enter a complete address, such as https://example.com/hook."))
    if parts.username or parts.password:
        raise AddressRefused(_("Leave user name and password out of the address: messages are signed."))
    return parts.hostname, port


def resolve(host: str, port: int, *, local: bool = False) -> str:
    """The address to connect to. Raises AddressRefused where it isn't public, OSError where there is none."""
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not is_public(address) and not (local and ipaddress.ip_address(address).is_loopback):
            raise AddressRefused(
                _("This address leads into a private network. Webhooks are sent to public addresses only.")
            )
    return found[0]


def is_public(address: str) -> bool:
    """Whether packets to it leave for the internet.

    >>> [is_public(each) for each in ("93.184.216.34", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None,))[0]
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
