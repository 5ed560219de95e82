import pytest
from django.db import IntegrityError, transaction

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db


def test_a_person_joins_a_brand_once() -> None:
    brand = BrandFactory.create()
    person = member(brand, Role.CREATOR).user
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, brand=brand, role=Role.ADMIN)


def test_two_people_cannot_share_an_address_in_another_case() -> None:
    UserFactory.create(email="kim@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory.create(email="KIM@example.com")
