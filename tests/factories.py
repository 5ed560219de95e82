"""Rows for tests. A version from here has no file behind it; tests/media_factory.py makes files."""

import hashlib
from collections.abc import Iterable
from typing import Any

import factory
from factory.django import DjangoModelFactory

from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Membership, User
from dam.accounts.principals import Member, Token
from dam.catalog import versions
from dam.catalog.models import (
    Approval,
    Asset,
    Origin,
    Processing,
    ReleaseState,
    Rendition,
    RenditionKind,
    Version,
)
from dam.rights.models import RightsRecord

PASSWORD = "correct horse battery staple"


class BrandFactory(DjangoModelFactory[Brand]):
    class Meta:
        model = Brand

    slug = factory.Sequence(lambda n: f"brand-{n}")
    name = factory.Sequence(lambda n: f"Brand {n}")
    watermarks = False  # they change pictures: tests that are about them say so


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    proven_email = factory.SelfAttribute("email")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    brand = factory.SubFactory(BrandFactory)
    role = Role.CREATOR.value


def member(brand: Brand, role: Role = Role.CREATOR, **fields: Any) -> Member:
    """A new person with this role in the brand, as who asks; `member(…).user` signs in."""
    of_user = {f"user__{name}": value for name, value in fields.items()}
    row = MembershipFactory.create(brand=brand, role=role.value, **of_user)
    return Member(row.user, brand, role)


def principal(user: User, brand: Brand) -> Member:
    """The person as a member of the brand, with the role they have now."""
    found = principals.member(user, brand)
    assert found is not None, f"{user} is no member of {brand}"
    return found


def token_of(owner: Member, granted: Iterable[Capability]) -> Token:
    """A program that acts for the member, as who asks; no row stands behind it."""
    return Token(owner.user, owner.brand, owner.role, 1, "nightly", frozenset(granted))


class AssetFactory(DjangoModelFactory[Asset]):
    """An asset without a version; VersionFactory makes both."""

    class Meta:
        model = Asset

    brand = factory.SubFactory(BrandFactory)
    title = factory.Sequence(lambda n: f"Clip {n}")
    origin = Origin.UPLOADED
    created_by = factory.SubFactory(UserFactory)


class VersionFactory(DjangoModelFactory[Version]):
    """A processed draft of two seconds, the latest of its asset, with an empty rights record.

    `VersionFactory(asset__brand=…, asset__created_by=…)` sets the asset's fields.
    """

    class Meta:
        model = Version

    asset = factory.SubFactory(AssetFactory)
    brand = factory.SelfAttribute("asset.brand")
    created_by = factory.SelfAttribute("asset.created_by")
    origin = factory.SelfAttribute("asset.origin")
    sha256 = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    storage_key = factory.LazyAttribute(lambda v: f"{v.brand.pk}/{v.sha256[:2]}/{v.sha256}.mp4")
    size = 1000
    content_type = "video/mp4"
    filename = "clip.mp4"
    processing = Processing.READY
    width = 1280
    height = 720
    frame_count = 48
    rate_numerator = 24
    rate_denominator = 1
    duration_ms = 2000

    @classmethod
    def _create(cls, model_class: type[Version], *args: Any, **kwargs: Any) -> Version:
        version: Version = super()._create(model_class, *args, **kwargs)  # type: ignore[no-untyped-call]
        RightsRecord.objects.create(version=version)
        Asset.objects.filter(pk=version.asset_id).update(latest=version)
        version.asset.latest = version
        if version.approval == Approval.APPROVED:
            release(version)
        return version


def release(version: Version) -> None:
    """As if its release had been signed: those who see released work alone see this version."""
    Version.objects.filter(pk=version.pk).update(release=ReleaseState.READY)
    versions.set_released(version)
    version.release, version.asset.released = ReleaseState.READY, version


def next_version(version: Version, **fields: Any) -> Version:
    """A draft that has taken the version's place, without what registration does besides."""
    later: Version = VersionFactory.create(asset=version.asset, number=version.number + 1, **fields)
    return later


class ApprovedVersionFactory(VersionFactory):
    """Approved and released for the web and social media, worldwide, for ever."""

    approval = Approval.APPROVED

    @classmethod
    def _create(cls, model_class: type[Version], *args: Any, **kwargs: Any) -> Version:
        version = super()._create(model_class, *args, **kwargs)
        RightsRecord.objects.filter(version=version).update(uses=["web", "social"])
        return version


class RenditionFactory(DjangoModelFactory[Rendition]):
    class Meta:
        model = Rendition

    version = factory.SubFactory(VersionFactory)
    kind = RenditionKind.POSTER
    sha256 = factory.Sequence(lambda n: hashlib.sha256(f"rendition {n}".encode()).hexdigest())
    storage_key = factory.LazyAttribute(lambda r: f"{r.version.brand_id}/{r.sha256[:2]}/{r.sha256}.webp")
    size = 500
    content_type = "image/webp"
