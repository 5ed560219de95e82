"""The page of a legal hold, and where a hold is shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import holds
from dam.catalog.models import Asset, Version
from tests.factories import PASSWORD, ApprovedVersionFactory, VersionFactory, member
from tests.integration.dam.web.conftest import SignIn


def address(name: str, version: Version) -> str:
    return reverse(name, args=[version.brand.slug, version.asset_id])


def test_a_hold_is_placed_once_shown_and_lifted_by_whoever_shows_who_they_are(brand: Brand) -> None:
    version = VersionFactory.create(asset__brand=brand)
    legal, client = member(brand, Role.LEGAL_REVIEWER), Client()
    client.force_login(legal.user)
    page = address("asset-hold", version)
    for _click in range(2):
        answer = client.post(page, {"do": "place", "reason": "Case 7"})
        assert answer.headers["Location"] == address("asset", version)
    assert Event.objects.count() == 1
    shown = client.get(address("asset", version)).text
    assert "Under legal hold." in shown
    assert "Case 7" in shown
    assert "Case 7" in client.get(address("asset", version), {"tab": "activity"}).text

    asked = client.post(page, {"do": "lift", "reason": "Closed"})
    assert "/reauthenticate/" in asked.headers["Location"]
    assert Asset.objects.get().held_at is not None
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert "Case 7" in client.get(page).text
    client.post(page, {"do": "lift", "reason": "Closed"})
    assert Asset.objects.get().held_at is None


def test_without_a_reason_the_form_says_so(brand: Brand, sign_in: SignIn) -> None:
    version = VersionFactory.create(asset__brand=brand)
    answer = sign_in(Role.ADMIN).post(address("asset-hold", version), {"do": "place", "reason": " "})
    assert answer.status_code == 422
    assert not Event.objects.exists()


def test_the_card_tells_those_who_work_here_and_not_viewers(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    holds.place(version.asset, by=member(brand, Role.ADMIN), reason="Case 7")
    library = reverse("library", args=[brand.slug])
    assert "Under legal hold" in sign_in(Role.CREATOR).get(library).text
    viewer = sign_in(Role.VIEWER)
    for text in (viewer.get(library).text, viewer.get(address("asset", version)).text):
        assert version.asset.title in text
        assert "egal hold" not in text
        assert "Case 7" not in text


@pytest.mark.parametrize("role", [Role.LEGAL_REVIEWER, Role.ADMIN])
def test_another_brands_clip_is_not_there(brand: Brand, sign_in: SignIn, role: Role) -> None:
    other = VersionFactory.create()
    page = reverse("asset-hold", args=[brand.slug, other.asset_id])
    client = sign_in(role)
    assert client.get(page).status_code == 404
    assert client.post(page, {"do": "place", "reason": "Mine"}).status_code == 404


def test_what_lies_in_the_trash_can_be_held_too(brand: Brand, sign_in: SignIn) -> None:
    version = VersionFactory.create(asset__brand=brand)
    Asset.objects.update(trashed_at=version.created_at)
    client = sign_in(Role.ADMIN)
    client.post(address("asset-hold", version), {"do": "place", "reason": "Case 7"})
    assert "Under legal hold" in client.get(reverse("trash", args=[brand.slug])).text


def test_whoever_comes_too_late_keeps_what_they_typed_and_hears_that_it_is_not_in_the_log(
    brand: Brand, sign_in: SignIn
) -> None:
    version = VersionFactory.create(asset__brand=brand)
    holds.place(version.asset, by=member(brand, Role.LEGAL_REVIEWER), reason="Case 7")
    answer = sign_in(Role.ADMIN).post(address("asset-hold", version), {"do": "place", "reason": "Case 8"})
    assert answer.status_code == 422
    assert "Case 8</textarea>" in answer.text
    assert "Your reason wasn&#x27;t recorded" in answer.text
    assert Event.objects.count() == 1


def test_many_are_held_with_one_reason_and_those_that_were_keep_theirs(brand: Brand, sign_in: SignIn) -> None:
    versions = [VersionFactory.create(asset__brand=brand) for _ in range(3)]
    holds.place(versions[0].asset, by=member(brand, Role.ADMIN), reason="Case 6")
    stranger = VersionFactory.create()
    named = [str(version.asset_id) for version in (*versions, stranger)]
    client, page = sign_in(Role.LEGAL_REVIEWER), reverse("selection-hold", args=[brand.slug])
    question = client.post(page, {"asset": named, "back": f"/b/{brand.slug}/?state=draft"})
    assert "Place 3 clips under legal hold" in question.text
    assert "1 of them is under legal hold already" in question.text
    assert stranger.asset.title not in question.text
    assert client.post(page, {"asset": named, "do": "place", "reason": " "}).status_code == 422
    for _click in range(2):
        done = client.post(
            page, {"asset": named, "do": "place", "reason": "Case 7", "back": f"/b/{brand.slug}/?state=draft"}
        )
        assert done.headers["Location"] == f"/b/{brand.slug}/?state=draft"
    reasons = dict(Asset.objects.values_list("pk", "hold_reason"))
    assert [reasons[version.asset_id] for version in versions] == ["Case 6", "Case 7", "Case 7"]
    assert reasons[stranger.asset_id] == ""
    assert Event.objects.filter(brand=brand, verb="asset.held").count() == 3


def test_holding_many_takes_as_many_queries_as_holding_two(brand: Brand) -> None:
    admin = member(brand, Role.ADMIN)

    def queries(clips: int) -> int:
        chosen = [VersionFactory.create(asset__brand=brand).asset for _ in range(clips)]
        with CaptureQueriesContext(connection) as asked:
            assert len(holds.place_many(chosen, by=admin, reason="Case 7")) == clips
        return len(asked)

    queries(1)  # the name of whoever holds is sealed once
    assert queries(2) == queries(12)
