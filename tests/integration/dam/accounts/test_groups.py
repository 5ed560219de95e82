"""Groups: who is in one now."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dam.accounts import groups
from dam.accounts.models import Group, Membership
from tests.factories import BrandFactory, member

pytestmark = pytest.mark.django_db


def test_a_group_has_those_who_are_in_the_brand_now() -> None:
    brand = BrandFactory.create()
    here, gone, closed, stranger = member(brand), member(brand), member(brand), member(BrandFactory.create())
    group = Group.objects.create(brand=brand, name="Legal")
    group.members.set([here.user, gone.user, closed.user, stranger.user])
    Membership.objects.filter(user=gone.user).update(deactivated_at=timezone.now())
    closed.user.is_active = False
    closed.user.save(update_fields=["is_active"])
    assert list(groups.members_of(group)) == [here.user]


def test_two_groups_of_a_brand_have_two_names_whatever_their_case() -> None:
    brand = BrandFactory.create()
    Group.objects.create(brand=brand, name="Legal")
    Group.objects.create(brand=BrandFactory.create(), name="Legal")
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create(brand=brand, name="LEGAL")
