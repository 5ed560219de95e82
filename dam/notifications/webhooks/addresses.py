"""Where webhooks may be sent: https, to public addresses. Asked when one is saved and for each message.

A name that leads to an address inside the network would let an administrator of a brand have this machine
ask there. So the name is resolved here, all that it leads to must be public, and the connection is made to
what was checked and not to what the name says a moment later.
"""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from dam.core import errors, internet
from dam.core.deadlines import Deadline
from dam.core.language import noop

LONGEST = 500


class AddressRefused(errors.Refused):
    """Nothing is sent to this address."""

    code = "webhook_address"
    title = noop("This address can't be used")


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
    if _is_address(parts.hostname):
        _require_public(parts.hostname, local=local)
    return parts.hostname, port


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def resolve(host: str, port: int, *, until: Deadline, local: bool = False) -> list[tuple[Any, ...]]:
    """What to connect to. Raises AddressRefused where any of it isn't public, OSError where there is none."""
    found = until.resolve(host, port)
    for *_kind, (address, *_port) in found:
        _require_public(address, local=local)
    return found


def _require_public(address: str, *, local: bool) -> None:
    if not internet.is_public(address) and not (local and ipaddress.ip_address(address).is_loopback):
        raise AddressRefused(
            _("This address leads into a private network. Webhooks are sent to public addresses only.")
        )
