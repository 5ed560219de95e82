"""Whether a file is here already, asked before it is sent."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dam.access import tokens
from dam.accounts import roles
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, CustomRole, Membership
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Version
from tests.factories import BrandFactory, UserFactory, VersionFactory, member, next_version

DIGEST = "ab" * 32


def ask(client: Client, digest: str = DIGEST, slug: str = "acme", **headers: str) -> Any:
    return client.get(f"/b/{slug}/uploads/known/", {"sha256": digest}, headers=headers)


def known(client: Client) -> Any:
    return ask(client).json()["known"]


def there(brand: Brand, **more: Any) -> Version:
    return VersionFactory.create(asset__brand=brand, asset__title="Spring", sha256=DIGEST, **more)


def test_what_is_new_is_known_nowhere(browser: Client) -> None:
    assert known(browser) is None


@pytest.mark.parametrize("digest", ["", "ab", "g" * 64, "ab" * 33])
def test_what_is_no_digest_is_refused(browser: Client, digest: str) -> None:
    assert ask(browser, digest).status_code == 400


def test_what_the_library_has_is_named(browser: Client, brand: Brand) -> None:
    version = there(brand)
    found = ask(browser, DIGEST.upper()).json()["known"]
    assert (found["place"], found["title"], found["version"]) == ("library", "Spring", 1)
    assert found["url"] == f"/b/acme/assets/{version.asset_id}/"


def test_what_lies_in_the_trash_leads_there_for_who_sees_it_there(browser: Client, creator: Member) -> None:
    there(creator.brand, asset__created_by=creator.user, asset__trashed_at=timezone.now())
    assert (known(browser)["place"], known(browser)["url"]) == ("trash", "/b/acme/trash/")


def test_of_what_somebody_else_put_into_the_trash_is_told_only_that_it_is_here(
    browser: Client, brand: Brand
) -> None:
    there(brand, asset__trashed_at=timezone.now())
    assert known(browser) == {"place": "hidden"}


def test_another_brand_is_named_to_its_members_alone(browser: Client, creator: Member) -> None:
    other = BrandFactory.create(slug="other", name="Other")
    there(other)
    assert known(browser) is None
    Membership.objects.create(user=creator.user, brand=other, role=Role.CREATOR)
    found = known(browser)
    assert (found["place"], found["brand"], found["title"]) == ("brand", "Other", "Spring")
    Brand.objects.filter(pk=other.pk).update(requires_second_factor=True)
    assert known(browser) is None
    Brand.objects.filter(pk=other.pk).update(requires_second_factor=False, closed_at=timezone.now())
    assert known(browser) is None


def test_who_sees_only_releases_in_another_brand_learns_of_no_draft(browser: Client, creator: Member) -> None:
    other = BrandFactory.create(slug="other")
    there(other)
    Membership.objects.create(user=creator.user, brand=other, role=Role.VIEWER)
    assert known(browser) is None


def test_a_token_learns_of_its_own_brand_alone(client: Client, creator: Member) -> None:
    other = BrandFactory.create(slug="other")
    there(other)
    Membership.objects.create(user=creator.user, brand=other, role=Role.CREATOR)
    _, secret = tokens.create(by=creator, name="nightly", capabilities=[Capability.UPLOAD])
    assert ask(client, Authorization=f"Bearer {secret}").json() == {"known": None}


def test_strangers_and_viewers_ask_nothing(client: Client, brand: Brand) -> None:
    assert ask(client).status_code in (302, 401)
    client.force_login(member(brand, Role.VIEWER).user)
    assert ask(client).status_code == 403


def test_who_sees_released_work_alone_learns_of_no_other_version(client: Client, brand: Brand) -> None:
    uploading = CustomRole.objects.create(brand=brand, name="Agency", capabilities=["view", "upload"])
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=brand, **roles.columns(uploading.value))
    client.force_login(person)
    released = VersionFactory.create(asset__brand=brand)
    Asset.objects.filter(pk=released.asset_id).update(released=released)
    next_version(released, sha256=DIGEST)
    assert known(client) == {"place": "hidden"}
    Version.objects.filter(pk=released.pk).update(sha256="cd" * 32)
    assert ask(client, "cd" * 32).json()["known"]["place"] == "library"


def test_what_can_be_done_with_it_is_told(browser: Client, brand: Brand) -> None:
    version = there(brand)
    Asset.objects.filter(pk=version.asset_id).update(latest=version)
    found = known(browser)
    assert found["latest"]
    assert found["may"] == {
        "version": f"/b/acme/versions/{version.pk}/repeat/",
        "collect": "/b/acme/collections/add/",
    }


def test_from_the_trash_it_can_be_restored(browser: Client, creator: Member) -> None:
    version = there(creator.brand, asset__created_by=creator.user, asset__trashed_at=timezone.now())
    assert known(browser)["may"] == {"restore": f"/b/acme/assets/{version.asset_id}/restore/"}


def test_who_may_not_add_versions_is_not_offered_it(client: Client, brand: Brand) -> None:
    sending = CustomRole.objects.create(
        brand=brand, name="Courier", capabilities=["view", "view_unreleased", "upload"]
    )
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=brand, **roles.columns(sending.value))
    client.force_login(person)
    there(brand)
    assert known(client)["may"] == {}


def test_of_several_clips_that_have_it_the_one_it_is_meant_for_is_named(
    browser: Client, brand: Brand
) -> None:
    first, _ = there(brand), there(brand)
    answer = browser.get("/b/acme/uploads/known/", {"sha256": DIGEST, "asset": str(first.asset_id)})
    assert answer.json()["known"]["asset"] == str(first.asset_id)
    Asset.objects.filter(pk=first.asset_id).update(trashed_at=timezone.now())
    assert known(browser)["place"] == "library"
