"""Who is asking: people as members, and who acts for a command."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Membership, User
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_a_person_has_their_role_in_their_brand(role: Role) -> None:
    brand = BrandFactory.create()
    person = member(brand, role).user
    expected = principals.Member(person, brand, role)
    assert principals.member(person, brand) == principals.signed_in(person, slug=brand.slug) == expected


def test_a_person_is_a_stranger_to_another_brand() -> None:
    other = BrandFactory.create()
    person = member(BrandFactory.create(), Role.ADMIN).user
    assert principals.member(person, other) is None
    assert principals.signed_in(person, slug=other.slug) is None
    assert principals.signed_in(person, slug="no-such-brand") is None


def test_nobody_and_an_account_that_was_closed_are_strangers() -> None:
    brand = BrandFactory.create()
    for user in (AnonymousUser(), member(brand, Role.ADMIN, is_active=False).user):
        assert principals.member(user, brand) is None
        assert principals.signed_in(user, slug=brand.slug) is None


def test_a_superuser_is_a_stranger_to_a_brand_without_a_membership() -> None:
    root = User.objects.create_superuser("root@example.com", "pw", name="Root")
    assert principals.member(root, BrandFactory.create()) is None


def test_a_member_may_what_the_role_says_and_the_refusal_names_role_and_brand() -> None:
    viewer = member(BrandFactory.create(name="Northwind"), Role.VIEWER)
    assert viewer.can(Capability.VIEW)
    viewer.require(Capability.VIEW)
    with pytest.raises(
        PermissionDenied, match=r"Northwind \(viewer\) doesn't allow you to download masters\."
    ):
        viewer.require(Capability.DOWNLOAD_MASTER)


def test_the_first_member_who_may_acts_for_a_command() -> None:
    brand = BrandFactory.create()
    member(brand, Role.VIEWER)
    member(brand, Role.CREATOR, is_active=False)
    creator = member(brand, Role.CREATOR).user
    member(brand, Role.ADMIN)
    assert principals.acting(brand, Capability.UPLOAD).user == creator


def test_the_person_named_acts_if_they_may() -> None:
    brand = BrandFactory.create()
    member(brand, Role.ADMIN)
    creator, viewer = (member(brand, role).user for role in (Role.CREATOR, Role.VIEWER))
    assert principals.acting(brand, Capability.UPLOAD, email=creator.email.upper()).user == creator
    with pytest.raises(principals.Nobody, match="with the role viewer"):
        principals.acting(brand, Capability.UPLOAD, email=viewer.email)
    with pytest.raises(principals.Nobody, match="isn't a member"):
        principals.acting(brand, Capability.UPLOAD, email=UserFactory.create().email)


def test_a_brand_without_anybody_who_may_says_so() -> None:
    brand = BrandFactory.create()
    viewer = member(brand, Role.VIEWER)
    with pytest.raises(principals.Nobody, match="No one in"):
        principals.acting(brand, Capability.UPLOAD)
    Membership.objects.filter(user=viewer.user).delete()
    with pytest.raises(principals.Nobody, match="No one in"):
        principals.acting(brand, Capability.VIEW)


def test_a_deactivated_member_is_a_stranger_and_so_is_their_token() -> None:
    brand = BrandFactory.create()
    person = member(brand).user
    Membership.objects.filter(user=person).update(deactivated_at=timezone.now())
    assert principals.member(person, brand) is None
    assert principals.signed_in(person, slug=brand.slug) is None
    assert not brand.memberships.exists()
    assert Membership.everyone.filter(user=person).exists()
