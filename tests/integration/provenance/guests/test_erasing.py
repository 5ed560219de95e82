"""A guest's name and address can be taken out for good; what they said stays, and the chain holds."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from dam.access import erasure
from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.accounts.mail_models import OutgoingMail
from dam.audit import trail
from dam.audit.models import Event, SealedName
from dam.catalog.models import Asset, Version
from dam.ingest import deleting
from provenance.guests import erasing, remarks
from provenance.guests.models import GuestLink, GuestSession, MarkedCopy
from provenance.guests.rules import Advice
from provenance.review.models import Review
from tests.factories import UserFactory, member
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case

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


def names_left() -> list[str]:
    return list(SealedName.objects.exclude(name="").values_list("name", flat=True))


def test_a_clip_that_is_deleted_for_good_takes_the_names_of_its_guests_along(outside: Outside) -> None:
    inside(outside.link)
    assert any("ada@agency.example" in name for name in names_left())
    asset = outside.case.version.asset
    Review.objects.filter(pk=outside.review.pk).update(state="withdrawn")
    Version.objects.filter(asset=asset).update(approval="draft")
    Asset.objects.filter(pk=asset.pk).update(trashed_at=timezone.now())
    assert deleting.one(asset) == 1
    assert not any("ada" in name for name in names_left())
    assert trail.first_broken(outside.case.brand) is None


def test_so_does_a_row_that_is_deleted_without_django_as_a_brands_are(outside: Outside) -> None:
    inside(outside.link)
    outside.another()
    MarkedCopy.objects.filter(link=outside.link).delete()
    GuestSession.objects.filter(link=outside.link).delete()
    rows = GuestLink.objects.filter(pk=outside.link.pk)
    rows._raw_delete(rows.db)
    left = str(names_left())
    assert "ada@agency.example" not in left
    assert "ben@agency.example" in left


def test_forgetting_a_guest_of_one_brand_leaves_the_mail_of_others_and_of_an_account(
    outside: Outside,
) -> None:
    other = Case().brand
    rows = {
        (brand, name): OutgoingMail.objects.create(brand=brand, name=name, address="ada@agency.example")
        for brand, name in (
            (outside.case.brand, "guest_link"),
            (outside.case.brand, "invitation"),
            (other, "guest_link"),
            (None, "guest_code"),
            (None, "password_changed"),
        )
    }
    erasing.erase(outside.link, by=member(outside.case.brand, Role.ADMIN))
    left = set(OutgoingMail.objects.values_list("pk", flat=True))
    gone = {key for key, row in rows.items() if row.pk not in left}
    assert gone == {(outside.case.brand, "guest_link"), (None, "guest_code")}
