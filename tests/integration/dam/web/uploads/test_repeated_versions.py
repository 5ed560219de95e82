"""A known file becomes the next version of another clip, and no byte is sent."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import Approval, Asset, Version
from dam.core import storage
from dam.core.storage import Stored
from dam.ingest import importer, registration
from dam.ingest.registration import AlreadyKnown, MasterGone
from tests.factories import BrandFactory, VersionFactory, member


@pytest.fixture
def file(clip: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "twin.mp4"
    path.write_bytes(clip)
    return path


@pytest.fixture
def twin(file: Path, creator: Member) -> Version:
    return importer.take(file, brand=creator.brand, user=creator.user, filename="twin.mp4")


@pytest.fixture
def other(brand: Brand) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand, asset__title="Winter cut")
    return version


def send(client: Client, version: Version, **data: object) -> Any:
    return client.post(f"/b/{version.brand.slug}/versions/{version.pk}/repeat/", data)


def test_the_same_file_is_the_next_version_of_another_clip(
    browser: Client, twin: Version, other: Version
) -> None:
    stored = sorted(entry.key for entry in storage.entries(str(twin.brand_id)))
    answer = send(browser, twin, asset=other.asset_id)
    assert answer.url == f"/b/{twin.brand.slug}/assets/{other.asset_id}/"
    added = Asset.objects.get(pk=other.asset_id).latest
    assert added is not None
    assert (added.number, added.sha256, added.storage_key) == (2, twin.sha256, twin.storage_key)
    assert (added.approval, added.rights.uses, added.media_info) == (Approval.DRAFT, [], twin.media_info)
    assert added.steps.exists()
    assert sorted(entry.key for entry in storage.entries(str(twin.brand_id))) == stored
    assert Event.objects.latest("sequence").verb == "version.added"


def test_pressed_twice_it_is_added_once(browser: Client, twin: Version, other: Version) -> None:
    send(browser, twin, asset=other.asset_id)
    assert send(browser, twin, asset=other.asset_id).status_code == 422
    assert other.asset.versions.count() == 2


def test_an_earlier_version_becomes_the_newest_of_its_own_clip(
    twin: Version, creator: Member, browser: Client
) -> None:
    second = VersionFactory.create(asset=twin.asset, brand=twin.brand, number=2)
    Asset.objects.filter(pk=twin.asset_id).update(latest=second)
    page = browser.get(f"/b/{twin.brand.slug}/versions/{twin.pk}/repeat/").content.decode()
    assert f"newest version of “{twin.asset.title}” again" in page
    send(browser, twin, asset=twin.asset_id)
    assert Asset.objects.get(pk=twin.asset_id).latest == Version.objects.get(number=3)


def test_its_file_stays_as_long_as_one_clip_has_it(twin: Version, other: Version, creator: Member) -> None:
    registration.repeat(twin, asset=other.asset, user=creator.user)
    stored = Stored(key=twin.storage_key, sha256=twin.sha256, size=twin.size)
    twin.asset.delete()
    assert not stored_files.drop(stored, brand_id=other.brand_id)
    assert storage.exists(stored.key)


def test_a_file_that_is_gone_makes_no_version(twin: Version, other: Version, creator: Member) -> None:
    storage.delete(twin.storage_key)
    with pytest.raises(MasterGone):
        registration.repeat(twin, asset=other.asset, user=creator.user)
    assert other.asset.versions.count() == 1


def test_how_it_was_made_comes_along(twin: Version, other: Version, creator: Member) -> None:
    Version.objects.filter(pk=twin.pk).update(model="previz 1", seed=7, prompt="a kite", origin="generated")
    twin.refresh_from_db()
    added = registration.repeat(twin, asset=other.asset, user=creator.user)
    added.refresh_from_db()
    assert (added.model, added.seed, added.prompt, added.origin) == ("previz 1", 7, "a kite", "generated")


@pytest.mark.parametrize("fault", ["kind", "trash", "brand", "none", "word"])
def test_what_is_no_target_is_told(browser: Client, twin: Version, other: Version, fault: str) -> None:
    asset: object = other.asset_id
    if fault == "kind":
        Version.objects.filter(pk=other.pk).update(kind="sound")
    elif fault == "trash":
        Asset.objects.filter(pk=other.asset_id).update(trashed_at=timezone.now())
    elif fault == "brand":
        asset = VersionFactory.create(asset__brand=BrandFactory.create()).asset_id
    else:
        asset = "" if fault == "none" else "clip"
    assert send(browser, twin, asset=asset).status_code == 422
    assert Version.objects.filter(sha256=twin.sha256).count() == 1


def test_only_who_sees_the_file_and_may_add_versions_gets_there(
    client: Client, twin: Version, other: Version, brand: Brand
) -> None:
    for role in (Role.VIEWER, Role.LEGAL_REVIEWER):
        client.force_login(member(brand, role).user)
        assert send(client, twin, asset=other.asset_id).status_code == 403
    client.force_login(member(brand, Role.CREATOR).user)
    Asset.objects.filter(pk=twin.asset_id).update(trashed_at=timezone.now())
    assert send(client, twin, asset=other.asset_id).status_code == 404
    assert other.asset.versions.count() == 1


def test_clips_of_the_same_kind_are_found_by_their_title(
    browser: Client, twin: Version, other: Version
) -> None:
    VersionFactory.create(asset__brand=twin.brand, asset__title="Winter song", kind="sound")
    address = f"/b/{twin.brand.slug}/versions/{twin.pk}/repeat/"
    found = [clip.title for clip in browser.get(address, {"q": "winter"}).context["clips"]]
    assert found == ["Winter cut"]
    assert "No clip of this kind" in browser.get(address, {"q": "zebra"}).content.decode()


def test_sent_again_it_is_known_as_a_version_of_the_clip_it_is_meant_for(
    twin: Version, other: Version, file: Path, creator: Member, brand: Brand
) -> None:
    registration.repeat(twin, asset=other.asset, user=creator.user)
    with pytest.raises(AlreadyKnown, match="as version 2 of this clip"):
        importer.take(file, brand=brand, user=creator.user, filename="again.mp4", asset=other.asset)
