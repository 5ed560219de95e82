import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from dam.accounts import memberships
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Membership, User
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", Role)
def test_a_person_has_their_role_in_their_brand(role: Role) -> None:
    brand = BrandFactory.create()
    assert memberships.role_of(member(brand, role), brand) is role


def test_a_person_has_no_role_in_another_brand() -> None:
    assert memberships.role_of(member(BrandFactory.create(), Role.ADMIN), BrandFactory.create()) is None


def test_nobody_and_an_account_that_was_closed_have_no_role() -> None:
    brand = BrandFactory.create()
    assert memberships.role_of(AnonymousUser(), brand) is None
    assert memberships.role_of(member(brand, Role.ADMIN, is_active=False), brand) is None


def test_a_superuser_is_a_stranger_to_a_brand_without_a_membership() -> None:
    root = User.objects.create_superuser("root@example.com", "pw", name="Root")
    assert not memberships.can(root, Capability.VIEW, BrandFactory.create())


def test_require_says_which_brand_and_what_is_missing() -> None:
    brand = BrandFactory.create(name="Northwind")
    with pytest.raises(PermissionDenied, match=r"Northwind does not include: download master\."):
        memberships.require(member(brand, Role.VIEWER), Capability.DOWNLOAD_MASTER, brand)


def test_a_person_joins_a_brand_once() -> None:
    brand = BrandFactory.create()
    person = member(brand, Role.CREATOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, brand=brand, role=Role.ADMIN)


def test_two_people_cannot_share_an_address_in_another_case() -> None:
    UserFactory.create(email="kim@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory.create(email="KIM@example.com")
