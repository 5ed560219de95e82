"""The point of a picture that crops keep."""

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.media.probe import Kind
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_sound_has_no_picture_to_crop(client: Client, method: str) -> None:
    version = VersionFactory.create(kind=Kind.SOUND, width=None, height=None, frame_count=None)
    client.force_login(member(version.brand, Role.CREATOR).user)
    address = reverse("asset-focus", args=[version.brand.slug, version.asset_id])
    assert getattr(client, method)(address, {"x": "10", "y": "10"}).status_code == 404


def test_a_clip_whose_size_is_not_known_yet_has_a_page_without_crops(client: Client) -> None:
    version = VersionFactory.create(media_info={})
    client.force_login(member(version.brand, Role.CREATOR).user)
    address = reverse("asset-focus", args=[version.brand.slug, version.asset_id])
    assert client.get(address).status_code == 200
