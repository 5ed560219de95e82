"""A guest's name and address can be taken out for good; what they said stays, and the chain holds."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from dam.access import erasure
from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.audit import trail
from dam.audit.models import Event
from provenance.guests import erasing, remarks
from provenance.guests.models import GuestLink
from provenance.guests.rules import Advice
from tests.factories import UserFactory, member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db


def told(outside: Outside) -> str:
    """All that pages and tables say."""
    client = signed_in(member(outside.case.brand, Role.ADMIN))
    brand = outside.case.brand.slug
    pages = [
        client.get(reverse("activity", args=[brand])),
        client.get(reverse("review-guests", args=[brand, outside.review.pk])),
        client.get(reverse("review-guests-said", args=[brand, outside.review.pk])),
    ]
    rows = [*GuestLink.objects.values(), *Event.objects.values()]
    return "".join(page.content.decode() for page in pages) + str(rows)


def test_name_and_address_go_and_what_was_said_stays(outside: Outside) -> None:
    client = inside(outside.link)
    remarks.say(outside.link, body="The logo flickers")
    remarks.recommend(outside.link, kind=Advice.APPROVE)
    assert "ada@agency.example" in told(outside)
    erasing.erase(outside.link, by=member(outside.case.brand, Role.ADMIN))
    left = told(outside)
    assert "ada@agency.example" not in left
    assert "Ada" not in left
    assert "The logo flickers" in left
    assert trail.first_broken(outside.case.brand) is None
    assert client.get(reverse("guest-room", args=[outside.link.key])).status_code == 404


def test_only_who_manages_people_does_so(outside: Outside) -> None:
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(PermissionDenied):
            erasing.erase(outside.link, by=member(outside.case.brand, role))


def test_erasing_an_account_takes_the_links_of_its_address_along(outside: Outside) -> None:
    user = UserFactory.create(email="ada@agency.example")
    admin = member(outside.case.brand, Role.ADMIN, is_superuser=True)
    by = principals.member(admin.user, outside.case.brand)
    assert by is not None
    erasure.erase(user, by=by)
    link = GuestLink.objects.get()
    assert link.erased_at is not None
    assert "ada" not in link.email
