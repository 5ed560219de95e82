"""How far a step is, how often it was begun, and what was printed where it failed."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog.models import Version
from dam.core import database, events
from dam.ingest import step_progress, steps
from dam.ingest.models import Step, StepState
from dam.media.errors import MediaFailed
from tests.factories import VersionFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> Version:
    version = VersionFactory.create()
    steps.begin(version)
    return version


def step(version: Version) -> Step:
    return Step.objects.get(version=version, name="proxy")


def files_tab(version: Version, role: Role = Role.CREATOR) -> str:
    client = Client()
    client.force_login(member(version.brand, role).user)
    address = reverse("asset", args=[version.brand.slug, version.asset_id])
    return " ".join(client.get(address, {"tab": "files"}).content.decode().split())


def fail(version: Version) -> str:
    failed = MediaFailed("The video couldn't be converted.")
    failed.log = "moov atom not found\0"
    raise failed


def test_progress_is_kept_while_the_step_runs_and_shown(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_progress, "TELL_SECONDS", 0)
    seen: list[int | None] = []

    def work(version: Version) -> str:
        tell = step_progress.teller(version, "proxy")
        for done in (0.25, 0.5, 1.0):
            tell(done)
            seen.append(step(version).progress)
        assert "99% done" in files_tab(version)
        return ""

    steps.run(version.pk, "proxy", work)
    assert seen == [25, 50, 99]  # done it is only when its file is kept
    assert (step(version).state, step(version).progress) == (StepState.DONE, None)


def test_progress_is_written_now_and_then_alone(version: Version) -> None:
    Step.objects.filter(pk=step(version).pk).update(state=StepState.RUNNING)
    tell = step_progress.teller(version, "proxy")
    for percent in range(10, 100):
        tell(percent / 100)
    assert step(version).progress == 10


def test_after_the_database_was_away_progress_goes_on_over_another_connection(
    version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = []

    def away(**_hint: object) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(events, "publish", away)
    monkeypatch.setattr(database, "release", lambda: released.append(True))
    Step.objects.filter(pk=step(version).pk).update(state=StepState.RUNNING)
    step_progress.teller(version, "proxy")(0.1)
    assert released == [True]


def test_what_was_printed_is_kept_with_a_failure_and_gone_with_a_retry(version: Version) -> None:
    steps.run(version.pk, "proxy", fail)
    assert step(version).state == StepState.FAILED
    assert step(version).log == "moov atom not found\ufffd"
    page = files_tab(version)
    assert "moov atom not found" in page
    assert "Try again" in page
    steps.retry(version, "proxy", by=member(version.brand))
    assert (step(version).log, step(version).progress) == ("", None)


def test_a_log_is_for_those_who_may_try_again(version: Version) -> None:
    steps.run(version.pk, "proxy", fail)
    page = files_tab(version, Role.BRAND_REVIEWER)
    assert "couldn't be converted" in page or "couldn&#x27;t be converted" in page
    assert "moov atom" not in page


def test_attempts_are_told_once_there_was_more_than_one(version: Version) -> None:
    Step.objects.filter(pk=step(version).pk).update(
        state=StepState.RUNNING, attempts=2, interruptions=3, started_at=timezone.now()
    )
    page = files_tab(version)
    assert "Begun 2 times" in page
    assert "put back 3 times" in page


def test_the_files_tab_says_why_a_step_waits(version: Version) -> None:
    assert "Waits for another step: Shots." in files_tab(version)
