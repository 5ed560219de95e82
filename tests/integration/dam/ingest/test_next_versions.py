"""A file that becomes the next version of an asset that is there."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.module_loading import import_string

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.audit import trail
from dam.audit.models import Event
from dam.catalog import assets
from dam.catalog.models import Approval, Asset, Origin, Version
from dam.core import storage
from dam.ingest import next_versions, registration, step_specs
from dam.ingest.next_versions import NoTarget
from dam.ingest.registration import AlreadyKnown
from dam.media import runner
from dam.rights.models import RightsRecord
from tests import media_factory
from tests.factories import ApprovedVersionFactory, BrandFactory, VersionFactory, member, principal

Add = Callable[..., Version]


@pytest.fixture
def first(brand: Brand, creator: User) -> Version:
    version: Version = VersionFactory.create(asset__brand=brand, asset__created_by=creator)
    return version


@pytest.fixture
def add(clip: Path, brand: Brand, creator: User, first: Version) -> Add:
    """`add()`: the clip as the next version of what is there, unless told otherwise."""

    def add(path: Path = clip, **changes: Any) -> Version:
        given: dict[str, Any] = {
            "brand": brand,
            "user": creator,
            "filename": "summer_second.mp4",
            "title": "a title that is not used",
            "origin": Origin.GENERATED,
            "media_info": runner.probe(path),
            "content_type": "video/mp4",
            "asset": first.asset,
        }
        return registration.accept(path, **(given | changes))

    return add


def test_a_next_version_begins_with_the_restriction_of_the_one_before(add: Add, first: Version) -> None:
    RightsRecord.objects.filter(version=first).update(restriction="No ads", licence="Stock 12", uses=["web"])
    rights = RightsRecord.objects.get(version=add())
    assert (rights.restriction, rights.licence, rights.uses) == ("No ads", "Stock 12", [])


def test_the_next_version_takes_the_place_of_the_latest(add: Add, first: Version) -> None:
    second = add()
    asset = Asset.objects.get()
    assert (second.asset, second.number, second.origin) == (asset, 2, Origin.GENERATED)
    assert (asset.latest, asset.title, asset.released) == (second, first.asset.title, None)
    assert second.steps.count() == len(step_specs.first_of(second))


def test_it_starts_as_a_draft_without_rights_while_the_released_one_keeps_its_own(
    add: Add, brand: Brand
) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand)
    second = add(asset=released.asset)
    released.refresh_from_db()
    assert (second.approval, second.rights.uses) == (Approval.DRAFT, [])
    assert (released.approval, released.rights.uses) == (Approval.APPROVED, ["web", "social"])
    assert Asset.objects.get(pk=released.asset_id).released == released


def test_the_trail_says_which_version_came(add: Add, creator: User, brand: Brand) -> None:
    second = add()
    event = Event.objects.get()
    assert (event.verb, event.actor, event.target) == ("version.added", creator, second.asset.title)
    assert (event.data["number"], event.data["sha256"]) == (2, second.sha256)
    assert trail.first_broken(brand) is None


def test_the_bytes_of_an_earlier_version_are_known(add: Add, first: Version) -> None:
    add()
    with pytest.raises(AlreadyKnown, match="as version 2 of this clip"):
        add()
    assert first.asset.versions.count() == 2


def test_the_bytes_of_another_clip_are_known_by_its_title(add: Add, brand: Brand) -> None:
    add()
    other = VersionFactory.create(asset__brand=brand)
    with pytest.raises(AlreadyKnown, match="as “Clip"):
        add(asset=other.asset)
    assert other.asset.versions.count() == 1


def test_a_clip_in_the_trash_takes_no_version_and_no_file_stays(
    add: Add, first: Version, brand: Brand, clip: Path
) -> None:
    assets.trash(first.asset, by=member(brand, Role.LIBRARIAN))
    with pytest.raises(NoTarget, match="trash"):
        add()
    assert Version.objects.count() == 1
    key = storage.key_for(brand_id=brand.pk, sha256=storage.sha256_of(clip), suffix=".mp4")
    assert not storage.exists(key)


def test_what_is_not_released_is_found_by_the_words_of_the_new_version_too(add: Add, first: Version) -> None:
    add(search_words="a red kite")
    assert Asset.objects.get().search_words == "a red kite"


def test_what_is_released_is_not_found_by_the_words_of_a_draft(add: Add, brand: Brand) -> None:
    released = ApprovedVersionFactory.create(asset__brand=brand, asset__search_words="blue")
    add(asset=released.asset, search_words="a red kite")
    assert Asset.objects.get(pk=released.asset_id).search_words == "blue"


def test_every_name_in_on_replace_exists() -> None:
    assert all(callable(import_string(name)) for name in registration.ON_REPLACE)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_become_versions_two_and_three(servers: None, add: Add, tmp_path: Path) -> None:
    paths = [media_factory.clip(tmp_path / f"{seed}.mp4", seed=seed) for seed in (31, 32)]
    start = threading.Barrier(2)
    numbers: list[int] = []

    def bring(path: Path) -> None:
        start.wait(10)
        try:
            numbers.append(add(path).number)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(numbers) == [2, 3]
    asset = Asset.objects.get()
    assert asset.latest is not None
    assert asset.latest.number == 3


def test_those_who_may_upload_and_edit_may_add_a_version(first: Version, brand: Brand, creator: User) -> None:
    assert next_versions.target(first.asset_id, principal=principal(creator, brand)) == first.asset


@pytest.mark.parametrize(("role", "code"), [(Role.BRAND_REVIEWER, "forbidden"), (Role.VIEWER, "no_asset")])
def test_others_may_not(first: Version, brand: Brand, role: Role, code: str) -> None:
    with pytest.raises(NoTarget) as refused:
        next_versions.target(first.asset_id, principal=member(brand, role))
    assert refused.value.code == code


def test_a_clip_of_another_brand_or_in_the_trash_is_not_there(
    first: Version, brand: Brand, creator: User
) -> None:
    elsewhere = BrandFactory.create()
    with pytest.raises(NoTarget, match="doesn't exist"):
        next_versions.target(first.asset_id, principal=member(elsewhere))
    Asset.objects.update(trashed_at=timezone.now())
    with pytest.raises(NoTarget, match="doesn't exist"):
        next_versions.target(first.asset_id, principal=principal(creator, brand))
