"""What tokens and guests see, over a library with a clip in every state and every choice of rights."""

from datetime import UTC, datetime
from itertools import chain, combinations

import pytest

from dam.accounts.capabilities import GUEST_MAY, Capability, Role
from dam.accounts.models import Brand, ShareLink
from dam.accounts.principals import Guest, Principal
from dam.catalog.models import Approval, Asset, Version
from dam.rights import visibility
from tests.factories import (
    ApprovedVersionFactory,
    AssetFactory,
    BrandFactory,
    VersionFactory,
    member,
    next_version,
    token_of,
)

pytestmark = pytest.mark.django_db
LATER = datetime(2030, 1, 1, tzinfo=UTC)
TRIED = (Capability.VIEW, Capability.VIEW_UNRELEASED, Capability.TRASH, Capability.DOWNLOAD_MASTER)
SUBSETS = [frozenset(each) for each in chain(*(combinations(TRIED, n) for n in range(len(TRIED) + 1)))]


def fill(brand: Brand) -> None:
    """A clip in every state that is not released; released ones as they are, followed by a draft, trashed."""
    for approval in set(Approval) - {Approval.APPROVED}:
        VersionFactory.create(asset__brand=brand, approval=approval)
    ApprovedVersionFactory.create(asset__brand=brand)
    next_version(ApprovedVersionFactory.create(asset__brand=brand))
    trashed = ApprovedVersionFactory.create(asset__brand=brand).asset
    Asset.objects.filter(pk=trashed.pk).update(trashed_at=LATER)
    AssetFactory.create(brand=brand)


@pytest.fixture
def brand() -> Brand:
    brand, other = BrandFactory.create(), BrandFactory.create()
    fill(brand)
    fill(other)
    return brand


def seen(principal: Principal) -> tuple[set[Asset], set[Version]]:
    return set(visibility.visible_assets(principal)), set(visibility.visible_versions(principal))


def released(brand: Brand) -> tuple[set[Asset], set[Version]]:
    """By hand: what everybody may see who may see anything."""
    assets = {
        asset
        for asset in Asset.objects.filter(brand=brand).select_related("released")
        if asset.released is not None and asset.trashed_at is None
    }
    return assets, {asset.released for asset in assets if asset.released}


def guest_of(brand: Brand, assets: set[Asset], capabilities: frozenset[Capability]) -> Guest:
    link = ShareLink.objects.create(
        brand=brand,
        guest="Agency",
        prefix=f"rps_{ShareLink.objects.count()}",
        created_by=member(brand, Role.ADMIN).user,
        expires_at=LATER,
    )
    link.assets.set(assets)
    return Guest(brand, link.pk, link.guest, capabilities)


@pytest.mark.parametrize("role", Role)
def test_a_token_sees_what_a_part_of_its_owners_rights_shows(brand: Brand, role: Role) -> None:
    owner = member(brand, role)
    for granted in SUBSETS:
        token = token_of(owner, granted)
        if not token.can(Capability.VIEW):
            assert seen(token) == (set(), set())
        elif token.can(Capability.VIEW_UNRELEASED):
            assert seen(token) == seen(owner)
        else:
            assert seen(token) == released(brand)
        assert visibility.trashed_assets(token).exists() is token.can(Capability.TRASH)


def test_no_token_sees_more_than_its_owner(brand: Brand) -> None:
    for owner in (member(brand, role) for role in Role):
        assets, versions = seen(owner)
        token = token_of(owner, Capability)
        assert seen(token)[0] <= assets
        assert seen(token)[1] <= versions


def test_a_guest_sees_what_is_released_of_what_the_link_opens(brand: Brand) -> None:
    everything = set(Asset.objects.filter(brand=brand))
    assets, versions = released(brand)
    assert len(assets) == 2
    some = {min(assets, key=lambda asset: asset.title)}
    for opened in (everything, assets, some, everything - assets, set()):
        guest = guest_of(brand, opened, GUEST_MAY)
        expected = assets & opened
        assert seen(guest) == (expected, {version for version in versions if version.asset in expected})
        assert not visibility.trashed_assets(guest).exists()


def test_a_link_never_opens_another_brands_clips_even_if_it_named_them(brand: Brand) -> None:
    guest = guest_of(brand, set(Asset.objects.exclude(brand=brand)), GUEST_MAY)
    assert seen(guest) == (set(), set())


def test_a_guest_without_the_right_to_look_sees_nothing(brand: Brand) -> None:
    opened = set(Asset.objects.filter(brand=brand))
    assert seen(guest_of(brand, opened, GUEST_MAY - {Capability.VIEW})) == (set(), set())


def test_guests_of_two_links_each_see_their_own(brand: Brand) -> None:
    one, other = sorted(released(brand)[0], key=lambda asset: asset.title)
    assert [seen(guest_of(brand, {opened}, GUEST_MAY))[0] for opened in (one, other)] == [{one}, {other}]


def test_what_is_withdrawn_is_gone_for_guests_at_once(brand: Brand) -> None:
    guest = guest_of(brand, released(brand)[0], GUEST_MAY)
    Asset.objects.filter(brand=brand).update(released=None)
    assert seen(guest) == (set(), set())
