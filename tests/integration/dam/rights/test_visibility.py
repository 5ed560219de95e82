"""Who may see it: every role, both sides of a brand's border."""

from datetime import UTC, datetime

import pytest

from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Membership
from dam.catalog import assets
from dam.catalog.models import Approval, Asset
from dam.rights import visibility
from tests.factories import (
    ApprovedVersionFactory,
    AssetFactory,
    BrandFactory,
    VersionFactory,
    member,
    next_version,
    principal,
    token_of,
)

pytestmark = pytest.mark.django_db
WORKING = [role for role in Role if role is not Role.VIEWER]


@pytest.mark.parametrize("role", WORKING)
def test_people_who_work_here_see_drafts(role: Role) -> None:
    version = VersionFactory.create()
    assert visibility.visible_assets(member(version.brand, role)).get() == version.asset


@pytest.mark.parametrize("approval", [approval for approval in Approval if approval != Approval.APPROVED])
def test_a_viewer_sees_nothing_that_is_not_released(approval: Approval) -> None:
    version = VersionFactory.create(approval=approval)
    viewer = member(version.brand, Role.VIEWER)
    assert not visibility.visible_assets(viewer).exists()
    assert not visibility.visible_versions(viewer).exists()


def test_a_viewer_sees_what_is_released() -> None:
    version = ApprovedVersionFactory.create()
    assert visibility.visible_assets(member(version.brand, Role.VIEWER)).get() == version.asset


@pytest.mark.parametrize("role", Role)
def test_nobody_sees_another_brand(role: Role) -> None:
    ApprovedVersionFactory.create()
    Asset.objects.filter(pk=ApprovedVersionFactory.create().asset_id).update(
        trashed_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    stranger = member(BrandFactory.create(), role)
    assert not visibility.visible_assets(stranger).exists()
    assert not visibility.visible_versions(stranger).exists()
    assert not visibility.trashed_assets(stranger).exists()


def test_a_role_counts_in_its_own_brand_only() -> None:
    """An administrator of one brand who is a viewer in the other sees no drafts there."""
    draft = VersionFactory.create()
    person = member(draft.brand, Role.VIEWER).user
    own = VersionFactory.create()
    Membership.objects.create(user=person, brand=own.brand, role=Role.ADMIN)
    assert not visibility.visible_assets(principal(person, draft.brand)).exists()
    assert visibility.visible_assets(principal(person, own.brand)).get() == own.asset


def test_other_members_do_not_multiply_what_one_sees() -> None:
    version = VersionFactory.create()
    people = [member(version.brand, role) for role in WORKING]
    assert visibility.visible_assets(people[0]).count() == 1
    assert visibility.visible_versions(people[0]).count() == 1


def test_the_trash_is_in_no_list() -> None:
    version = ApprovedVersionFactory.create()
    Asset.objects.update(trashed_at=datetime(2026, 1, 1, tzinfo=UTC))
    admin = member(version.brand, Role.ADMIN)
    assert not visibility.visible_assets(admin).exists()
    assert not visibility.visible_versions(admin).exists()


@pytest.mark.parametrize(("role", "sees"), [(role, role in (Role.LIBRARIAN, Role.ADMIN)) for role in Role])
def test_keepers_see_the_trash(role: Role, sees: bool) -> None:
    version = VersionFactory.create()
    Asset.objects.update(trashed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert visibility.trashed_assets(member(version.brand, role)).exists() is sees


def test_a_creator_sees_in_the_trash_what_they_made() -> None:
    creator = member(VersionFactory.create().brand, Role.CREATOR)
    own = VersionFactory.create(asset__brand=creator.brand, asset__created_by=creator.user)
    Asset.objects.update(trashed_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert list(visibility.trashed_assets(creator)) == [own.asset]
    assert list(visibility.trashed_versions(creator)) == [own]


def test_an_asset_without_a_version_is_not_there_yet() -> None:
    asset = AssetFactory.create()
    assert not visibility.visible_assets(member(asset.brand, Role.ADMIN)).exists()


def test_of_an_approved_asset_a_viewer_gets_no_draft_version() -> None:
    old = VersionFactory.create(number=1)
    current = ApprovedVersionFactory.create(asset=old.asset, number=2)
    viewer, creator = member(old.brand, Role.VIEWER), member(old.brand, Role.CREATOR)
    assert visibility.visible_versions(viewer).get() == current
    assert visibility.visible_versions(creator).count() == 2


@pytest.mark.parametrize(
    ("granted", "field"), [(Capability.VIEW, "released"), (Capability.VIEW_UNRELEASED, "latest")]
)
def test_a_token_is_shown_the_version_that_it_may_see(granted: Capability, field: str) -> None:
    first = ApprovedVersionFactory.create()
    next_version(first)
    token = token_of(member(first.brand, Role.LIBRARIAN), {Capability.VIEW, granted})
    assert visibility.shown(token) == field
    assert visibility.visible_versions(token).count() == (1 if field == "released" else 2)


def test_the_trash_and_the_way_back_are_for_all_versions_together() -> None:
    first = ApprovedVersionFactory.create()
    next_version(first)
    viewer, admin = member(first.brand, Role.VIEWER), member(first.brand, Role.ADMIN)
    assets.trash(first.asset, by=admin)
    assert not visibility.visible_versions(viewer).exists()
    assert not visibility.visible_versions(admin).exists()
    assets.restore(first.asset, by=admin)
    assert visibility.visible_versions(viewer).get() == first
    assert visibility.visible_versions(admin).count() == 2
