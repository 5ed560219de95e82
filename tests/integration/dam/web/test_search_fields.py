"""A field that stands in the table is parsed, filtered, counted, shown as a chip and kept in addresses."""

from typing import Any

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.search import fields
from dam.search.search_field import Kind, SearchField
from tests.factories import VersionFactory
from tests.integration.dam.web.conftest import SignIn

HOME = "/b/northwind/"
FORMAT = SearchField(
    name="format",
    title="Format",
    column="{shown}__content_type",
    choices=(("video/mp4", "MP4"), ("video/webm", "WebM")),
    synonyms={"mp4": "video/mp4", "webm": "video/webm"},
    kind=Kind.CHOICE,
    icon="film",
    chip="as {}",
)


@pytest.fixture
def formats(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake field, and a clip in each of its two values."""
    monkeypatch.setitem(fields.FIELDS, FORMAT.name, FORMAT)
    VersionFactory.create(asset__brand=brand, asset__title="One", content_type="video/mp4")
    VersionFactory.create(asset__brand=brand, asset__title="Two", content_type="video/webm")


def titles(page: Any) -> list[str]:
    return [card.asset.title for card in page.context["listing"].cards]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"q": "format:mp4"}, ["One"]),
        ({"q": "-format:mp4"}, ["Two"]),
        ({"q": "format:mp4 format:webm"}, ["Two", "One"]),
        ({"format": "video/mp4"}, ["One"]),
    ],
)
def test_a_new_field_filters(
    formats: None, sign_in: SignIn, address: dict[str, str], expected: list[str]
) -> None:
    assert titles(sign_in(Role.CREATOR).get(HOME, address)) == expected


def test_a_new_field_is_a_chip_with_its_picture(formats: None, sign_in: SignIn) -> None:
    page = sign_in(Role.CREATOR).get(HOME, {"q": "format:mp4"})
    (chip,) = page.context["understood"].chips
    assert (chip.field, chip.text, chip.icon) == ("format", "as MP4", "film")
    assert "as MP4" in page.content.decode()


def test_a_new_field_is_counted_and_its_links_lead_on(formats: None, sign_in: SignIn) -> None:
    page = sign_in(Role.CREATOR).get(HOME, {"format": "video/mp4"})
    facet = next(each for each in page.context["facets"] if each.name == "format")
    assert [(value.label, value.count, value.chosen) for value in facet.values] == [
        ("MP4", 1, True),
        ("WebM", 1, False),
    ]
    assert 'href="?format=video%2Fmp4&amp;format=video%2Fwebm"' in page.content.decode()


def test_a_value_that_a_new_field_does_not_have_is_reported(formats: None, sign_in: SignIn) -> None:
    page = sign_in(Role.CREATOR).get(HOME, {"q": "format:avi"})
    assert "Use one of: video/mp4, video/webm." in page.content.decode()


@pytest.mark.parametrize("name", ["q", "tag", "by", "state", "duration", "created"])
@pytest.mark.parametrize("value", ["\0", "a\0b"])
def test_a_nul_in_an_address_is_passed_over(sign_in: SignIn, name: str, value: str) -> None:
    assert sign_in(Role.CREATOR).get(HOME, {name: value}).status_code == 200


@pytest.mark.parametrize(
    "typed", ["tag:\0", 'tag:"a\0b"', "-tag:a\0b", "by:a\0b", "state:\0", 'red "a\0b"', "-a\0b"]
)
def test_a_nul_in_the_box_is_passed_over(sign_in: SignIn, typed: str) -> None:
    assert sign_in(Role.CREATOR).get(HOME, {"q": typed}).status_code == 200
