"""Administration → Storage and jobs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Capability, OwnRole, Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog.models import Asset, Processing, Version
from dam.core import queues
from dam.ingest.models import Step, StepState
from dam.ingest.steps import whose
from dam.operations import backups, expiring, troubles
from dam.operations.models import BackupKind
from dam.rights.models import RightsRecord
from dam.web.administration import running
from tests.factories import ApprovedVersionFactory, VersionFactory, member, next_version
from tests.integration.dam.web.conftest import SignIn

PAGE = "/b/northwind/administration/running/"


@pytest.fixture
def everything(brand: Brand) -> Client:
    """A browser of somebody who runs the installation."""
    client = Client()
    client.force_login(member(brand, Role.ADMIN, is_superuser=True).user)
    return client


def a_step(brand: Brand, state: StepState, **fields: Any) -> Step:
    version = VersionFactory.create(asset__brand=brand, size=1234)
    at = timezone.now()
    fields = {"name": "poster", "position": 0, "finished_at": at, "started_at": at, **fields}
    return Step.objects.create(state=state, **fields, **whose(version))


def test_an_administrator_sees_what_failed_and_what_is_stored_and_no_other_brand(
    brand: Brand, sign_in: SignIn
) -> None:
    a_step(brand, StepState.FAILED, reason="The file is empty.")
    other = a_step(VersionFactory.create().brand, StepState.FAILED)
    client = sign_in(Role.ADMIN)
    page = client.get(PAGE)
    assert [(kind.name, kind.count) for kind in page.context["kinds"]] == [("poster", 1)]
    assert [kept.bytes for kept in page.context["kept"]] == [1234]
    assert "Queues" not in page.content.decode()
    text = client.get(PAGE + "failed/", {"step": "poster"}).content.decode()
    assert "The file is empty." in text
    assert other.version.asset.title not in text


def test_failed_steps_are_listed_page_by_page_while_others_are_retried(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "PAGE", 2)
    at = timezone.now()
    made = [a_step(brand, StepState.FAILED, finished_at=at) for _ in range(3)]
    made.append(a_step(brand, StepState.FAILED, finished_at=at - timedelta(hours=1)))
    client = sign_in(Role.ADMIN)
    first = client.get(PAGE + "failed/")
    assert [step.pk for step in first.context["steps"]] == [made[2].pk, made[1].pk]
    made[2].delete()  # as a retry takes it out of the list: nothing is skipped
    second = client.get(PAGE + "failed/", {"after": first.context["next"]})
    assert [step.pk for step in second.context["steps"]] == [made[0].pk, made[3].pk]
    assert second.context["next"] == ""
    assert len(client.get(PAGE + "failed/", {"after": "nonsense~x"}).context["steps"]) == 2


def test_who_runs_the_installation_sees_queues_backups_and_certificates(
    everything: Client, servers: None
) -> None:
    backups.note(BackupKind.BACKUP, folder="/backups", made_at=timezone.now() - timedelta(days=9))
    page = everything.get(PAGE)
    text = page.content.decode()
    assert "transcode" in text
    assert "Signing certificate of Reelproof generator (development)" in text
    assert page.context["backup_is_old"]
    assert page.context["check"] is None


def test_with_the_broker_away_the_page_says_so(everything: Client, settings: Any) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    try:
        text = everything.get(PAGE).content.decode()
    finally:
        queues._breaker.worked()
    assert "The task queue isn't answering" in text


def test_a_step_whose_worker_is_gone_is_called_stuck(brand: Brand, sign_in: SignIn) -> None:
    gone = timezone.now() - timedelta(hours=1)
    a_step(brand, StepState.RUNNING, held_until=gone)
    a_step(brand, StepState.RUNNING, held_until=timezone.now() + timedelta(minutes=5))
    assert sign_in(Role.ADMIN).get(PAGE).content.decode().count("Stuck") == 1


def test_all_of_one_kind_run_again_and_one_event_says_so(brand: Brand, sign_in: SignIn) -> None:
    first, second = (a_step(brand, StepState.FAILED) for _ in range(2))
    kept = a_step(brand, StepState.FAILED, name="proxy", position=2)
    sign_in(Role.ADMIN).post(reverse("administration-retry-failed", args=[brand.slug, "poster"]))
    assert Event.objects.get(brand=brand).data == {"step": "poster", "count": 2}
    assert troubles.retry_failed(brand.pk, "poster", before=timezone.now()) == 2
    states = Step.objects.in_bulk([first.pk, second.pk, kept.pk])
    assert [states[step.pk].state for step in (first, second, kept)] == ["waiting", "waiting", "failed"]
    first.version.refresh_from_db()
    assert first.version.processing == Processing.WAITING


def test_rights_that_end_soon_are_listed(brand: Brand, sign_in: SignIn) -> None:
    version = ApprovedVersionFactory.create(asset__brand=brand)
    RightsRecord.objects.filter(version=version).update(valid_until=timezone.now() + timedelta(days=5))
    assert version.asset.title in sign_in(Role.ADMIN).get(PAGE).content.decode()


def test_of_rights_that_end_an_administrator_sees_what_they_see_elsewhere(brand: Brand) -> None:
    soon = timezone.now() + timedelta(days=5)
    first = ApprovedVersionFactory.create(asset__brand=brand)
    newer = next_version(first)
    Version.objects.filter(pk=newer.pk).update(approval="approved")
    for version in (first, newer):
        RightsRecord.objects.update_or_create(version=version, defaults={"valid_until": soon})
    Asset.objects.filter(pk=first.asset_id).update(released=None)
    sees = member(brand, Role.ADMIN)
    assert [end.version for end in expiring.rights_ending(sees, timezone.now())] == [newer]
    runs_alone = OwnRole(1, "Office", frozenset({Capability.VIEW, Capability.MANAGE_BRAND}))
    assert expiring.rights_ending(Member(sees.user, brand, runs_alone), timezone.now()) == []


def test_models_are_shown_to_who_runs_the_installation(everything: Client) -> None:
    text = everything.get("/b/northwind/administration/models/").content.decode()
    assert "PP-OCRv6" in text
    assert "Commercial use" in text


def test_what_waits_is_listed_with_why_and_other_brands_by_name_alone(
    brand: Brand, sign_in: SignIn, everything: Client
) -> None:
    mine = a_step(brand, StepState.WAITING, name="embed")
    a_step_of(mine.version, "frames")
    other = a_step(VersionFactory.create().brand, StepState.WAITING, name="proxy")
    page = sign_in(Role.ADMIN).get(PAGE)
    assert mine in page.context["waiting"]
    assert other not in page.context["waiting"]
    text = page.content.decode()
    assert "Waits for another step: Shots." in text
    assert mine.version.asset.title in text
    whole = everything.get(PAGE)
    assert other in whole.context["waiting"]
    assert other.version.asset.title not in whole.content.decode()


def test_where_more_wait_than_are_listed_the_page_says_so(
    brand: Brand, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(3):
        a_step(brand, StepState.WAITING)
    client = sign_in(Role.ADMIN)
    assert "These are the first" not in client.get(PAGE).content.decode()
    monkeypatch.setattr(troubles, "MOST_WAITING", 2)
    assert "These are the first 2." in client.get(PAGE).content.decode()


def a_step_of(version: Version, name: str) -> Step:
    return Step.objects.create(state=StepState.WAITING, name=name, position=1, **whose(version))
