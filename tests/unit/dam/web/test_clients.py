"""The client's address: of the connection, or what our own proxies say."""

from typing import Any

import pytest
from django.test import RequestFactory

from dam.web import clients


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "127.0.0.1"),
        (0, "198.51.100.7", "127.0.0.1"),  # made up, also from loopback
        (1, None, "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "10.0.0.1, 198.51.100.7", "198.51.100.7"),  # the first is made up
        (2, "10.0.0.1, 198.51.100.7, 192.0.2.1", "198.51.100.7"),
        (2, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_the_address_is_what_a_proxy_of_ours_added(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.BEHIND_PROXY = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert clients.address(RequestFactory().get("/", headers=headers)) == address


def test_a_limit_counts_a_subscribers_network_as_one() -> None:
    def limited(address: str) -> str:
        return clients.limited(RequestFactory().get("/", REMOTE_ADDR=address))

    assert limited("2001:db8::1") == limited("2001:db8::ffff") == "2001:db8::/64"
    assert limited("2001:db8:0:1::1") != limited("2001:db8::1")
    assert limited("198.51.100.7") == "198.51.100.7"
    assert limited("") == clients.UNKNOWN
