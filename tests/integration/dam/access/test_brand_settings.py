"""Settings of a brand: told with before and after, checked, and not overwritten unseen."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dam.access import brand_settings
from dam.accounts import mail_domains
from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset
from dam.web import audit_changes
from tests.factories import BrandFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(name="Northwind"), Role.ADMIN)


def save(admin: Member, **values: Any) -> None:
    brand_settings.save(
        admin.brand, by=admin, revision=values.pop("revision", admin.brand.revision), **values
    )


def test_a_change_is_told_with_before_and_after(admin: Member) -> None:
    save(admin, name="Southwind", trash_days=30, default_rights={"uses": ["web"], "days": 90})
    assert Brand.objects.get().name == "Southwind"
    assert audit_changes.of(Event.objects.get()) == (
        "Rights that approvals begin with: + Uses: web, + Days from the approval: 90",
        "Name: “Northwind” → “Southwind”",
        "Days in the trash: kept for good → “30”",
    )


def test_a_change_of_nothing_leaves_no_event(admin: Member) -> None:
    save(admin, name="Northwind")
    assert not Event.objects.exists()


def test_of_two_who_save_at_once_the_second_is_told_what_the_first_changed(admin: Member) -> None:
    save(admin, name="Southwind", revision=0)
    with pytest.raises(brand_settings.BrandChanged) as changed:
        save(admin, accent_hue=20, revision=0)
    (event,) = changed.value.events
    assert event.data["name"] == ["Northwind", "Southwind"]
    assert Brand.objects.get().accent_hue != 20


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"accent_hue": 360},
        {"time_zone": "Mars/Olympus"},
        {"language": "tlh"},
        {"prompt_disclosure": "all"},
        {"unfinished_upload_days": 0},
        {"trash_days": 0},
        {"reminder_days": "soon"},
        {"reminder_days": "0"},
        {"reminder_days": "366"},
        {"reminder_days": "1 2 3 4 5 6"},
    ],
)
def test_what_a_brand_cant_have_is_refused(admin: Member, values: dict[str, Any]) -> None:
    with pytest.raises(brand_settings.SettingRefused):
        save(admin, **values)


def test_nobody_else_saves_anything(admin: Member) -> None:
    with pytest.raises(PermissionDenied):
        brand_settings.save(admin.brand, by=member(admin.brand, Role.LIBRARIAN), revision=0, name="Mine")
    with pytest.raises(PermissionDenied):
        brand_settings.save(BrandFactory.create(), by=admin, revision=0, name="Mine")


def test_domains_are_read_and_hold_for_addresses(admin: Member) -> None:
    assert mail_domains.allows(admin.brand, "kim@anywhere.example")
    save(admin, allowed_domains=brand_settings.domains("Example.com, @bücher.example"))
    assert admin.brand.allowed_domains == ["example.com", "xn--bcher-kva.example"]
    assert mail_domains.allows(admin.brand, "kim@EXAMPLE.com")
    assert mail_domains.allows(admin.brand, "kim@bücher.example")
    assert not mail_domains.allows(admin.brand, "kim@example.com.evil.example")
    for text in ("example", "exa mple", "-a.example", "a..example", "*.example"):
        with pytest.raises(brand_settings.SettingRefused):
            brand_settings.domains(text)


def test_the_page_asks_before_a_shorter_time_deletes_anything(admin: Member) -> None:
    asset = VersionFactory.create(asset__brand=admin.brand).asset
    Asset.objects.filter(pk=asset.pk).update(trashed_at="2026-01-01T00:00Z")
    client, address = Client(), reverse("brand", args=[admin.brand.slug])
    client.force_login(admin.user)
    form = {
        "revision": 0,
        "name": "Northwind",
        "accent_hue": 20,
        "prompt_disclosure": "hash",
        "unfinished_upload_days": 1,
        "trash_days": 30,
        "reminder_days": "7 30",
        "territories": "EU, Switzerland",
        "uses": ["web"],
    }
    asked = client.post(address, form)
    assert (asked.status_code, "1 clip in the trash" in asked.text) == (422, True)
    assert Brand.objects.get().trash_days is None
    more = {"released_details": "on", "reviewer_disclosure": "name", "data_mining": "no_training"}
    more |= {"release_prompts": "trade_secret"}
    client.post(address, {**form, **more, "sure": "yes"})
    brand = Brand.objects.get()
    assert (brand.released_details, brand.reviewer_disclosure) == (True, "name")
    assert (brand.data_mining, brand.release_prompts) == ("no_training", "trade_secret")
    assert (brand.trash_days, brand.default_rights) == (30, {"uses": ["web"], "territories": ["EU", "CH"]})
    late = client.post(address, {**form, "name": "Late", "sure": "yes"})
    assert "Days in the trash: kept for good → “30”" in late.text
    assert "Details in released files: “No” → “Yes”" in late.text
    assert "Data mining and training: “No data mining and no training” → “Data mining, but" in late.text
    assert "Reviewers in Content Credentials: “Only their role” → “Their role and name”" in late.text
    review = reverse("review-settings", args=[admin.brand.slug])
    client.post(review, {"revision": 1, "stages": "legal"})
    assert Brand.objects.get().review_stages == ["legal"]


def test_the_front_door_opens_where_one_was_last(admin: Member) -> None:
    first, client = BrandFactory.create(name="Aardvark"), Client()
    first.memberships.create(user=admin.user, role="viewer")
    client.force_login(admin.user)
    assert client.get(reverse("home")).headers["Location"] == reverse("library", args=[first.slug])
    client.get(reverse("library", args=[admin.brand.slug]))
    assert client.get(reverse("home")).headers["Location"] == reverse("library", args=[admin.brand.slug])


def test_a_producers_code_is_written_as_codes_are() -> None:
    admin = member(BrandFactory.create(), Role.ADMIN)
    with pytest.raises(brand_settings.SettingRefused, match="letters, digits"):
        brand_settings.save(admin.brand, by=admin, revision=0, aigc_producer="Ünited GmbH")
    brand_settings.save(admin.brand, by=admin, revision=0, aigc_producer="001191110108MA01KP2T5U00001")
    assert Brand.objects.get(pk=admin.brand.pk).aigc_producer == "001191110108MA01KP2T5U00001"
