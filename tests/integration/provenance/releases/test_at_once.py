"""Two tasks, or a task and a person, at the very same moment: one truth, one file, one event."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dam.audit import trail
from dam.audit.models import Event
from dam.catalog.models import Asset, Version
from dam.core import storage
from provenance.manifests import signing
from provenance.models import Release
from provenance.releases import worker
from provenance.review import reviews
from tests import release_factory
from tests.factories import VersionFactory
from tests.release_factory import case_of
from tests.review_factory import Case

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_worker")]


def together(*attempts: Callable[[], object]) -> list[BaseException]:
    """Start all of them at once; the exceptions they ended with."""
    barrier = threading.Barrier(len(attempts))
    problems: list[BaseException] = []

    def run(attempt: Callable[[], object]) -> None:
        barrier.wait(timeout=60)
        try:
            attempt()
        except Exception as problem:  # noqa: BLE001 - whatever it was, the test shows it
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[attempt]) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return problems


def files_of(case: Case) -> set[str]:
    return {entry.key for entry in storage.entries(str(case.brand.pk))}


def test_two_tasks_sign_once(generated: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    release = Release.objects.get()
    before = files_of(case)
    assert together(lambda: worker.run(release.pk), lambda: worker.run(release.pk)) == []
    release.refresh_from_db()
    assert release.state == "ready"
    assert files_of(case) == before | {release.storage_key}
    assert Event.objects.filter(verb="release.signed").count() == 1


def test_a_message_delivered_twice_to_two_workers_signs_once(generated: Path) -> None:
    """One claim for both: the second to finish finds it done, and drops its own file."""
    case = case_of(generated)
    case.approve_all()
    release = Release.objects.get()
    before = files_of(case)
    run = lambda: worker.run(release.pk, token="same")  # noqa: E731
    assert together(run, run) == []
    release.refresh_from_db()
    assert release.state == "ready"
    assert files_of(case) == before | {release.storage_key}
    assert Event.objects.filter(verb="release.signed").count() == 1


def test_withdrawing_in_the_middle_of_signing_wins(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(generated)
    case.approve_all()
    before = files_of(case)
    signed = threading.Event()
    withdrawn = threading.Event()
    sign_release = signing.sign_release

    def slowly(*args: Any, **kwargs: Any) -> Any:
        report = sign_release(*args, **kwargs)
        signed.set()
        withdrawn.wait(timeout=60)
        return report

    def withdraw() -> None:
        signed.wait(timeout=60)
        try:
            reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music")
        finally:
            withdrawn.set()

    monkeypatch.setattr(signing, "sign_release", slowly)
    assert together(lambda: worker.run(Release.objects.get().pk), withdraw) == []
    release = Release.objects.get()
    assert (release.state, release.sha256) == ("withdrawn", "")
    assert files_of(case) == before
    assert Asset.objects.get().released is None


@pytest.mark.parametrize("_", range(3))
def test_withdrawing_and_keeping_at_once_leave_one_truth(generated: Path, _: int) -> None:
    case = case_of(generated)
    case.approve_all()
    release = Release.objects.get()
    problems = together(
        lambda: worker.run(release.pk),
        lambda: reviews.revoke(case.version, by=case.legal_reviewer, reason="Wrong music"),
    )
    assert problems == []
    release.refresh_from_db()
    assert release.state == "withdrawn"
    version = Version.objects.select_related("asset").get()
    assert (version.release, version.asset.released) == ("withdrawn", None)
    assert trail.first_broken(case.brand) is None


def test_two_versions_signed_at_once_end_with_the_later_approval(generated: Path, plain: Path) -> None:
    case = case_of(generated)
    case.approve_all()
    first = Release.objects.get()
    stored = storage.put(plain, brand_id=case.brand.pk, suffix=".mp4")
    second = VersionFactory.create(
        asset=case.version.asset,
        number=2,
        sha256=stored.sha256,
        storage_key=stored.key,
        size=stored.size,
        created_by=case.creator.user,
    )
    review = release_factory.approved(second)
    review.decisions.create(stage=0, kind="approve", decided_by=case.legal_reviewer.user, content_sha256="")
    later = release_factory.waiting(second, review=review)
    assert together(lambda: worker.run(first.pk), lambda: worker.run(later.pk)) == []
    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.state, later.state) == ("superseded", "ready")
    assert Asset.objects.get().released == second
    assert trail.first_broken(case.brand) is None
