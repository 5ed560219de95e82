"""The versions of an asset on its page: which one is shown to whom, and the way to another."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog.models import Origin, RenditionKind, Version
from tests.factories import ApprovedVersionFactory, RenditionFactory, next_version
from tests.integration.dam.web.conftest import SignIn


@pytest.fixture
def first(brand: Brand) -> Version:
    """The released version, with its pictures."""
    version: Version = ApprovedVersionFactory.create(asset__brand=brand, asset__title="Summer can")
    for kind in (RenditionKind.POSTER, RenditionKind.PROXY):
        RenditionFactory.create(version=version, kind=kind)
    return version


@pytest.fixture
def second(first: Version) -> Version:
    """A draft that took the place of the first."""
    version = next_version(first, origin=Origin.GENERATED)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    return version


def page_of(of: Version, **query: Any) -> str:
    return reverse("asset", args=["northwind", of.asset_id], query=query)


def test_those_who_work_here_see_the_newest(second: Version, sign_in: SignIn) -> None:
    page = sign_in(Role.CREATOR).get(page_of(second))
    assert page.context["version"] == second
    assert "Version 1 is the current release." in page.content.decode()


def test_a_viewer_sees_the_released_one_and_no_word_of_the_draft(
    first: Version, second: Version, sign_in: SignIn
) -> None:
    page = sign_in(Role.VIEWER).get(page_of(first))
    assert page.context["version"] == first
    text = page.content.decode()
    assert str(second.pk) not in text
    assert "replaced" not in text
    assert "tab=versions" not in text


def test_an_earlier_version_is_opened_by_its_number_and_marked(
    first: Version, second: Version, sign_in: SignIn
) -> None:
    page = sign_in(Role.CREATOR).get(page_of(first, version=1))
    text = page.content.decode()
    assert f"/files/{first.pk}/proxy" in text
    assert "Version 2 has replaced this one." in text
    assert "?tab=files&version=1" in text.replace("&amp;", "&")


@pytest.mark.parametrize("number", ["2", "3", "x", "-1", "99999999999"])
def test_to_a_viewer_every_other_number_is_not_there(second: Version, sign_in: SignIn, number: str) -> None:
    assert sign_in(Role.VIEWER).get(page_of(second, version=number)).status_code == 404


@pytest.mark.parametrize("number", ["0", "3", "x"])
def test_a_number_that_was_never_given_is_not_there(second: Version, sign_in: SignIn, number: str) -> None:
    assert sign_in(Role.CREATOR).get(page_of(second, version=number)).status_code == 404


def test_the_history_lists_every_version_with_its_ways(
    first: Version, second: Version, sign_in: SignIn
) -> None:
    text = " ".join(sign_in(Role.CREATOR).get(page_of(second, tab="versions")).content.decode().split())
    assert text.index("> Version 2 </a>") < text.index("> Version 1 </a>")
    for version in (first, second):
        assert f"/files/{version.pk}/master" in text
    assert f'data-asset="{first.asset_id}"' in text
    assert f"/generate/?asset={first.asset_id}" in text
    assert "Released" in text


def test_a_reviewer_reads_the_history_without_the_ways_to_a_new_version(
    second: Version, sign_in: SignIn
) -> None:
    text = " ".join(
        sign_in(Role.BRAND_REVIEWER).get(page_of(second, tab="versions")).content.decode().split()
    )
    assert "> Version 1 </a>" in text
    assert "Upload a new version" not in text
    assert "/master" not in text


def test_the_history_takes_no_query_for_each_version(
    first: Version, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(Role.CREATOR)
    latest = next_version(first)
    client.get(page_of(first))  # notes that they were here
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(page_of(first, tab="versions"))
    for _ in range(4):
        latest = next_version(latest)
    with django_assert_num_queries(len(few)):
        client.get(page_of(first, tab="versions"))


def test_the_files_of_a_draft_are_not_there_for_a_viewer(
    first: Version, second: Version, sign_in: SignIn
) -> None:
    client = sign_in(Role.VIEWER)
    for kind in ("proxy", "poster", "master"):
        assert client.get(reverse("file", args=["northwind", second.pk, kind])).status_code == 404
    assert client.get(reverse("release-file", args=["northwind", second.pk])).status_code == 404


def test_cards_and_the_palette_show_each_their_version(
    first: Version, second: Version, sign_in: SignIn
) -> None:
    card = reverse("asset-card", args=["northwind", first.asset_id])
    palette = reverse("palette", args=["northwind"], query={"q": "summer"})
    viewer, creator = sign_in(Role.VIEWER), sign_in(Role.CREATOR)
    assert str(first.pk) in viewer.get(card).content.decode()
    assert str(second.pk) in creator.get(card).content.decode()
    assert "An earlier version is released" in creator.get(card).content.decode()
    assert "An earlier version is released" not in viewer.get(card).content.decode()
    assert "Approved" in viewer.get(palette).content.decode()
    assert "Draft" in creator.get(palette).content.decode()
