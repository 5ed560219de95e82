"""The public page of a release, and the QR code that leads there."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog.models import Version
from dam.core.storage import Stored
from dam.rights.models import InheritedTerms
from provenance.downloads import known_files
from provenance.models import Release
from provenance.releases import public_links
from provenance.releases.states import ReleaseStatus
from tests import release_factory
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db
SHA256 = "0123456789abcdef" * 4
CODE = public_links.code_of(SHA256)


@pytest.fixture(autouse=True)
def _fresh(servers: None) -> None:
    cache.clear()


def released(**fields: object) -> Release:
    version = VersionFactory.create(asset__brand__name="Northwind Drinks", asset__title="Secret summer")
    return release_factory.ready(version, stored=Stored(key="x.mp4", sha256=SHA256, size=1000), **fields)


def page(code: str = CODE) -> Any:
    return Client().get(reverse("release-status", args=[code]))


def test_anybody_with_the_link_sees_how_the_release_stands_and_no_more() -> None:
    release = released()
    response = page()
    html = response.content.decode()
    assert "Cleared for use" in html
    assert "Northwind Drinks" in html
    assert "approved that release for" in html
    assert "Secret summer" not in html
    assert str(release.version.created_by) not in html
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_it_names_no_use_and_no_place_that_a_source_has_lost_since() -> None:
    release = released(uses=["paid", "social"], territories=["EU", "US"])
    InheritedTerms.objects.update_or_create(
        version=release.version,
        defaults={"stopped": False, "uses": ["social", "internal"], "territories": ["US"]},
    )
    html = page().content.decode()
    assert re.findall("approved that release for ([^<]*)", html) == ["social media in United States."]
    assert "paid" not in html
    InheritedTerms.objects.filter(version=release.version).update(uses=["internal"])
    html = page().content.decode()
    assert "Not cleared outside Northwind Drinks" in html
    assert "Cleared for use" not in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": ReleaseStatus.WITHDRAWN, "ended_at": timezone.now()}, "Withdrawn: do not use"),
        ({"state": ReleaseStatus.SUPERSEDED, "ended_at": timezone.now()}, "Replaced by a newer release"),
        ({"valid_until": timezone.now() - timedelta(days=1)}, "Clearance has ended: do not use"),
    ],
)
def test_a_release_that_may_not_be_used_says_why(fields: dict[str, Any], words: str) -> None:
    released(**fields)
    html = page().content.decode()
    assert words in html
    assert "Cleared for use" not in html


@pytest.mark.parametrize("ready_first", [True, False])
def test_of_two_releases_of_the_same_bytes_every_page_speaks_of_the_one_in_use(ready_first: bool) -> None:
    states: list[dict[str, Any]] = [{}, {"state": ReleaseStatus.WITHDRAWN, "ended_at": timezone.now()}]
    made = [released(**fields) for fields in (states if ready_first else reversed(states))]
    ready = made[0 if ready_first else 1]
    found = public_links.by_code(CODE)
    assert found == ready
    assert known_files.release_of(SHA256, "") == ready.pk
    by_bytes = known_files.by_bytes(SHA256)
    assert by_bytes is not None
    assert by_bytes.cleared
    looked_up = Client().post(reverse("verify-known"), {"sha256": SHA256}).content.decode()
    for html in (page().content.decode(), looked_up):
        assert "approved that release for" in html
        assert "Withdrawn" not in html


def test_the_release_is_read_once() -> None:
    released()
    with CaptureQueriesContext(connection) as queries:
        assert page().status_code == 200
    assert len([each for each in queries if 'FROM "provenance_release"' in each["sql"]]) == 1


@pytest.mark.parametrize("code", ["aaaaaaaaaaaaaaaa", "x", "0123456789012345", CODE.upper(), f"{CODE}a"])
def test_a_code_that_leads_nowhere_is_not_found(code: str) -> None:
    released()
    assert page(code).status_code == 404


def test_it_counts_against_the_hour_of_the_verify_page(settings: Any) -> None:
    settings.VERIFY_PER_HOUR = 1
    released()
    assert [page().status_code for _ in range(2)] == [200, 429]


def signed_in(version: Version) -> Client:
    client = Client()
    client.force_login(member(version.brand, Role.VIEWER).user)
    return client


def test_members_take_the_code_as_drawing_and_as_picture() -> None:
    version = released().version
    client = signed_in(version)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        address = reverse("release-qr", args=[version.brand.slug, version.pk, kind])
        shown, taken = client.get(address), client.get(f"{address}?download")
        assert shown.content.startswith(start)
        assert "Content-Disposition" not in shown.headers
        assert f'filename="Secret summer QR.{kind}"' in taken.headers["Content-Disposition"]


def test_there_is_no_code_without_a_release() -> None:
    version = VersionFactory.create()
    client = Client()
    client.force_login(member(version.brand, Role.ADMIN).user)
    address = reverse("release-qr", args=[version.brand.slug, version.pk, "svg"])
    assert client.get(address).status_code == 404


def test_the_panel_shows_the_link_of_the_release() -> None:
    version = released().version
    panel = signed_in(version).get(
        reverse("asset-credentials", args=[version.brand.slug, version.asset_id]),
        headers={"HX-Request": "true"},
    )
    assert f"/r/{CODE}/" in panel.content.decode()
