"""Deleting for good by hand: how much goes is said first, and what must stay does."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.audit.models import Event
from dam.catalog import holds
from dam.catalog.models import Approval, Asset, Version
from dam.core import tasks
from dam.ingest import deleting
from provenance.review import comments
from tests.factories import (
    ApprovedVersionFactory,
    RenditionFactory,
    VersionFactory,
    member,
    next_version,
)
from tests.integration.dam.web.conftest import SignIn

PAGE = "/b/northwind/trash/delete/"


def trashed(brand: Brand, **fields: Any) -> Version:
    factory = ApprovedVersionFactory if fields.get("approval") == Approval.APPROVED else VersionFactory
    version: Version = factory.create(asset__brand=brand, **fields)
    Asset.objects.filter(pk=version.asset_id).update(trashed_at=timezone.now() - timedelta(hours=1))
    return version


def left() -> set[Any]:
    return set(Asset.objects.values_list("pk", flat=True))


def test_what_goes_is_counted_before_it_goes(brand: Brand, sign_in: SignIn) -> None:
    version = trashed(brand, size=1000)
    comments.add(version, by=member(brand, Role.CREATOR), body="Too dark")
    RenditionFactory.create(version=version, size=500)
    next_version(version, size=2000)
    held, released = trashed(brand), trashed(brand, approval=Approval.APPROVED)
    holds.place(held.asset, by=member(brand, Role.ADMIN), reason="Case 7")
    other = VersionFactory.create()
    Asset.objects.filter(pk=other.asset_id).update(trashed_at=timezone.now())
    client = sign_in(Role.LIBRARIAN)
    question = client.post(PAGE)
    goes = question.context["goes"]
    assert goes == deleting.Goes(clips=1, versions=2, comments=1, files=3, bytes=3500, held=1, counted_on=1)
    assert len(left()) == 4
    answer = client.post(PAGE, {"sure": "1", "before": question.context["before"]})
    assert answer.headers["Location"] == reverse("trash", args=["northwind"])
    assert left() == {held.asset_id, released.asset_id, other.asset_id}
    event = Event.objects.get(verb="asset.deleted")
    assert event.target == version.asset.title


def test_where_more_would_go_than_was_said_it_asks_again(brand: Brand, sign_in: SignIn) -> None:
    client, first = sign_in(Role.ADMIN), trashed(brand)
    before = client.post(PAGE).context["before"]
    second = trashed(brand)
    assert client.post(PAGE, {"sure": "1", "before": before}).status_code == 200
    assert left() == {first.asset_id, second.asset_id}


def test_one_is_deleted_alone_and_a_second_click_deletes_nothing_more(brand: Brand, sign_in: SignIn) -> None:
    client, one, other = sign_in(Role.ADMIN), trashed(brand), trashed(brand)
    form = {"asset": str(one.asset_id), "sure": "1"}
    assert client.post(PAGE, form).status_code == 302
    assert client.post(PAGE, form).status_code == 200
    assert left() == {other.asset_id}
    assert Event.objects.filter(verb="asset.deleted").count() == 1


@pytest.mark.parametrize("key", ["nonsense", "00000000-0000-4000-8000-000000000007"])
def test_an_unknown_clip_is_not_all_of_them(brand: Brand, sign_in: SignIn, key: str) -> None:
    trashed(brand)
    assert sign_in(Role.ADMIN).post(PAGE, {"asset": key, "sure": "1"}).status_code == 200
    assert len(left()) == 1


def test_too_many_named_clips_are_refused_and_never_all_of_them(brand: Brand, sign_in: SignIn) -> None:
    trashed(brand)
    keys = [f"00000000-0000-4000-8000-{number:012}" for number in range(deleting.AT_ONCE + 1)]
    assert sign_in(Role.ADMIN).post(PAGE, {"asset": keys, "sure": "1"}).status_code == 400
    assert len(left()) == 1


def test_a_clip_of_another_brand_or_outside_the_trash_stays(brand: Brand, sign_in: SignIn) -> None:
    outside, other = VersionFactory.create(asset__brand=brand), trashed(VersionFactory.create().brand)
    for version in (outside, other):
        sign_in(Role.ADMIN).post(PAGE, {"asset": str(version.asset_id), "sure": "1"})
    assert left() >= {outside.asset_id, other.asset_id}


def test_many_go_by_a_worker_as_long_as_whoever_asked_may(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "AT_ONCE", 1)
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks, "enqueue", lambda name, **ids: sent.append({"task": name, **ids}))
    made = [trashed(brand) for _ in range(3)]
    holds.place(made[2].asset, by=member(brand, Role.ADMIN), reason="Case 7")
    person, client = member(brand, Role.LIBRARIAN), Client()
    client.force_login(person.user)
    before = client.post(PAGE).context["before"]
    client.post(PAGE, {"sure": "2", "before": before})
    (ids,) = (each for each in sent if each["task"] == deleting.TASK)
    at = datetime.fromisoformat(ids["before"])
    brand.memberships.filter(user=person.user).update(role=Role.CREATOR)
    assert deleting.some(ids["brand_id"], ids["user_id"], at) == 0
    brand.memberships.filter(user=person.user).update(role=Role.LIBRARIAN)
    assert [deleting.some(ids["brand_id"], ids["user_id"], at) for _ in range(3)] == [1, 1, 0]
    assert left() == {made[2].asset_id}


def test_of_very_many_nothing_is_added_up_and_a_worker_deletes_them(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "MOST_COUNTED", 2)
    monkeypatch.setattr(deleting, "AT_ONCE", 1)
    later: list[Any] = []
    monkeypatch.setattr(deleting, "all_later", lambda **asked: later.append(asked["before"]))
    for _ in range(4):
        trashed(brand)
    client = sign_in(Role.LIBRARIAN)
    question = client.post(PAGE)
    assert question.context["goes"] == deleting.Goes(clips=3)
    assert "Delete more than 2 clips for good?" in question.content.decode()
    assert client.post(PAGE, {"sure": "3", "before": question.context["before"]}).status_code == 302
    assert len(later) == 1
    assert len(left()) == 4


def test_the_answer_to_the_question_adds_nothing_up_again(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    trashed(brand)
    client = sign_in(Role.LIBRARIAN)
    question = client.post(PAGE)
    monkeypatch.setattr(deleting, "what_goes", None)
    client.post(PAGE, {"sure": "1", "before": question.context["before"]})
    assert not left()


def test_few_that_go_are_added_up_however_many_stay(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "MOST_COUNTED", 1)
    admin = member(brand, Role.ADMIN)
    trashed(brand, size=700)
    for _ in range(4):
        holds.place(trashed(brand).asset, by=admin, reason="Case 7")
    goes = sign_in(Role.LIBRARIAN).post(PAGE).context["goes"]
    assert (goes.clips, goes.versions, goes.bytes, goes.held) == (1, 1, 700, 4)
