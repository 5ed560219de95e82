"""What strangers have us fetch: by http or https, from public places alone, soon and not too much of it.

Who names an address may mean the network that this server stands in (SSRF), a name that leads there, or one
that leads there a moment later. So each name is resolved here, all of its addresses must be public ones, and
the connection is made to one of these; a redirection is an address like any other.
"""

import time
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urljoin, urlsplit

import requests

from dam.core import internet
from dam.core.bounded_requests import Bounded, TooLarge
from dam.core.language import noop
from dam.ingest import filenames

SECONDS = 20.0  # for all of it, from the first look-up of a name to the last byte
MOST_REDIRECTIONS = 3
LONGEST = 2000  # characters
PORTS = {"http": 80, "https": 443}

INVALID = noop("That isn't an address of a file: it begins with https:// or http://.")
NOT_OPEN = noop("Addresses with a name and password, or with a port of their own, aren't fetched.")
NOT_THERE = noop("Nothing answers at this address, or it isn't a public one.")
REFUSED = noop("The server at this address doesn't give the file out.")
TOO_LARGE = noop("The file at this address is larger than the limit.")
TOO_SLOW = noop("The file didn't arrive in time.")
IN_CIRCLES = noop("The address leads on to too many others.")


class NotFetched(Exception):
    """Nothing was fetched, for this reason: a sentence for people, in English."""


def require(address: str) -> str:
    """The address, if it may be fetched as far as its words say. Raises NotFetched."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotFetched(INVALID) from None
    if parts.scheme not in PORTS or not parts.hostname or len(address) > LONGEST or not address.isprintable():
        raise NotFetched(INVALID)
    if parts.username is not None or port not in (None, PORTS[parts.scheme]):
        raise NotFetched(NOT_OPEN)
    return address


def name_of(address: str) -> str:
    """What the file is called, for the page that tells of it."""
    return filenames.clean(PurePosixPath(unquote(urlsplit(address).path)).name or "file")


def fetch(address: str, *, into: BinaryIO, most: int) -> None:
    """Write what is there into a file, `most` bytes of it. Raises NotFetched."""
    ends = time.monotonic() + SECONDS
    for _leap in range(MOST_REDIRECTIONS + 1):
        answer = _ask(require(address), into=into, most=most, seconds=ends - time.monotonic())
        if not answer.is_redirect:
            if answer.status_code != requests.codes.ok:
                raise NotFetched(REFUSED)
            return
        address = urljoin(address, answer.headers["Location"])
    raise NotFetched(IN_CIRCLES)


def may_be_asked(_host: str, address: str) -> bool:
    return internet.is_public(address)


def _ask(address: str, *, into: BinaryIO, most: int, seconds: float) -> requests.Response:
    if seconds <= 0:
        raise NotFetched(TOO_SLOW)
    with requests.Session() as session:
        session.trust_env = False  # no proxy, no password of a .netrc
        for scheme in PORTS:
            adapter = Bounded(seconds=seconds, allows=may_be_asked, into=into, most=most)
            session.mount(f"{scheme}://", adapter)
        try:
            return session.get(
                address,
                headers={"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Reelproof verify"},
                timeout=seconds,
                allow_redirects=False,
            )
        except TooLarge:
            raise NotFetched(TOO_LARGE) from None
        except requests.Timeout:
            raise NotFetched(TOO_SLOW) from None
        except (requests.RequestException, OSError, ValueError):
            # Not why: whoever asks would learn what is in the network behind.
            raise NotFetched(NOT_THERE) from None
