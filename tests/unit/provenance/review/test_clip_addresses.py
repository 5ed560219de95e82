from uuid import UUID

import pytest

from provenance.review import clip_addresses
from provenance.review.clip_addresses import ClipAddress

SITE = "https://dam.example"
KEY = "0b6a1c9e-6a55-4d7c-8a77-2f1f3d1f8e01"
PAGE = f"{SITE}/b/northwind/assets/{KEY}/"


def named(text: str) -> list[tuple[str, int | None, int | None]]:
    """What is taken for an address, the version and the moment that it names."""
    return [(text[each.start : each.end], each.number, each.at_ms) for each in found(text)]


def found(text: str) -> list[ClipAddress]:
    return list(clip_addresses.find(text, site=SITE))


@pytest.mark.parametrize(
    ("address", "number", "at_ms"),
    [
        (PAGE, None, None),
        (PAGE.rstrip("/"), None, None),
        (f"{PAGE}?version=2", 2, None),
        (f"{PAGE}?t=4.5", None, 4500),
        (f"{PAGE}?tab=review&version=3&t=12.345#comment-7", 3, 12345),
        (f"{PAGE}?t=nan&version=x", None, None),
        (f"{PAGE}?t=999999", None, clip_addresses.LONGEST_DAY_MS),
        (PAGE.upper().replace("/B/", "/b/").replace("/ASSETS/", "/assets/"), None, None),
    ],
)
def test_an_address_says_which_version_and_moment_it_names(
    address: str, number: int | None, at_ms: int | None
) -> None:
    assert named(f"Use {address} instead") == [(address, number, at_ms)]
    assert found(address)[0].asset == UUID(KEY)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (f"See {PAGE}?t=4.", f"{PAGE}?t=4"),
        (f"({PAGE})", PAGE),
        (f"“{PAGE}”, please", PAGE),
        (f"{PAGE}, then", PAGE),
        (f"{PAGE}\n{PAGE}".split("\n")[0] + "\nnext", PAGE),
    ],
)
def test_a_sentence_goes_on_after_an_address(text: str, address: str) -> None:
    assert [each[0] for each in named(text)] == [address]


@pytest.mark.parametrize(
    "text",
    [
        f"https://evil.example/b/northwind/assets/{KEY}/",
        f"https://dam.example.evil.example/b/northwind/assets/{KEY}/",
        f"https://dam.example@evil.example/b/northwind/assets/{KEY}/",
        f"https://evil.example/?go={PAGE}",
        f"http://dam.example/b/northwind/assets/{KEY}/",
        f"https://dam.example:8443/b/northwind/assets/{KEY}/",
        f"javascript:{PAGE}",
        f"view-source:{PAGE}",
        f"/b/northwind/assets/{KEY}/",
        f"{PAGE}compare/",
        f"{PAGE}rights.json",
        f"{SITE}/b/northwind/assets/{KEY}0/",
        f"{SITE}/b/northwind/assets/none/",
        f"{SITE}/b/../assets/{KEY}/",
    ],
)
def test_other_addresses_are_words(text: str) -> None:
    assert named(text) == []


def test_what_is_copied_under_another_name_of_the_site_is_put_under_its_own() -> None:
    local = f"http://localhost:8000/b/northwind/assets/{KEY}/?t=2"
    text = f"{local} and http://localhost:8000/healthz and https://evil.example/b/x/assets/{KEY}/"
    moved = clip_addresses.moved(text, came_from="http://localhost:8000", site=SITE)
    assert moved == text.replace(local, f"{PAGE}?t=2")
    assert clip_addresses.moved(text, came_from=SITE, site=SITE) == text


def test_search_reads_the_words_around_addresses() -> None:
    assert clip_addresses.without(f"Use {PAGE}?t=2 here", site=SITE) == "Use  here"
    assert clip_addresses.without(PAGE, site=SITE) == ""
    assert clip_addresses.without(" As it was ", site=SITE) == " As it was "


def test_hostile_text_is_read_in_no_time() -> None:
    for text in ("https://" * 500, f"{SITE}/b/" * 400, f"{PAGE}?" + "&" * 3000, PAGE * 50):
        assert len(found(text)) <= 50
