"""What those see who see released work alone, before an embargo ends and after a clearance has."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog.models import RenditionKind, Version
from dam.rights.models import RightsRecord
from dam.rights.visibility import visible_assets, visible_versions
from dam.search import fulltext
from tests.factories import ApprovedVersionFactory, RenditionFactory, member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def version() -> Version:
    made: Version = ApprovedVersionFactory.create(asset__title="Secret kite")
    RenditionFactory.create(version=made, kind=RenditionKind.POSTER)
    fulltext.refresh(made.asset)
    return made


def status(version: Version, role: Role) -> dict[str, int]:
    client = Client()
    client.force_login(member(version.brand, role).user)
    slug = version.brand.slug
    addresses = {
        "page": reverse("asset", args=[slug, version.asset_id]),
        "card": reverse("asset-card", args=[slug, version.asset_id]),
        "release": reverse("release-file", args=[slug, version.pk]),
    }
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    listed = client.get(reverse("library", args=[slug]), {"q": "kite"}).content.decode()
    return found | {"listed": int(f'id="card-{version.asset_id}"' in listed)}


def test_under_embargo_a_viewer_learns_nothing_and_those_who_work_here_see_it(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(embargo_until=timezone.now() + DAY)
    assert status(version, Role.VIEWER) == {"page": 404, "card": 404, "release": 404, "listed": 0}
    assert status(version, Role.CREATOR) == {"page": 200, "card": 200, "release": 403, "listed": 1}
    viewer = member(version.brand, Role.VIEWER)
    assert not visible_assets(viewer).exists()
    assert not visible_versions(viewer).exists()  # nor its poster, proxy or any other file


def test_when_the_embargo_ends_a_viewer_sees_it(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(embargo_until=timezone.now() - DAY)
    seen = status(version, Role.VIEWER)
    assert (seen["page"], seen["card"], seen["listed"]) == (200, 200, 1)


def test_after_its_clearance_a_viewer_sees_it_with_a_warning_and_gets_no_file(version: Version) -> None:
    RightsRecord.objects.filter(version=version).update(valid_until=timezone.now() - DAY)
    assert status(version, Role.VIEWER) == {"page": 200, "card": 200, "release": 403, "listed": 1}
    client = Client()
    client.force_login(member(version.brand, Role.VIEWER).user)
    page = client.get(reverse("asset", args=[version.brand.slug, version.asset_id])).content.decode()
    assert "Its clearance ended on" in page
