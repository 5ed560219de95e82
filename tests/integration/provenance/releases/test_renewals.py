"""Released files whose certificates run out soon are renewed, and what was signed stays known."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from dam.core import storage
from provenance.manifests import records, signing, timestamps, verify
from provenance.manifests.validation_codes import State
from provenance.models import Release, ReleaseRenewal
from provenance.releases import known, late_timestamps, renewals
from provenance.web import release_summary
from tests import claim_factory, release_factory, timestamp_authority
from tests.factories import ApprovedVersionFactory, member
from tests.timestamp_authority import Authority

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl"),
]
LATE = timedelta(days=5 * 366 - 40)  # the test certificates end five years from now


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    timestamps.breaker.worked()
    yield
    timestamps.breaker.worked()


@pytest.fixture
def release(generated: Path, tmp_path: Path) -> Release:
    """Signed before there was an authority."""
    file = tmp_path / "release.mp4"
    signing.sign_release(generated, out=file, facts=claim_factory.release())
    return kept(file)


@pytest.fixture
def authority(release: Release, tmp_path: Path, settings: Any) -> Iterator[Authority]:
    with timestamp_authority.running(tmp_path / "authority") as running:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = running.url, [str(running.root)]
        yield running


def kept(file: Path) -> Release:
    version = ApprovedVersionFactory.create()
    with storage.scratch() as folder:
        copy = Path(shutil.copy(file, folder / f"copy{file.suffix}"))
        stored = storage.put(copy, brand_id=version.brand_id, suffix=file.suffix)
    made = release_factory.ready(version, stored=stored)
    records.keep(version, verify.check(file), sha256=stored.sha256, release_id=made.pk)
    return made


def near_the_end() -> Any:
    return timezone.now() + LATE


def test_one_that_runs_out_soon_is_renewed(authority: Authority, release: Release) -> None:
    assert renewals.renew_due(at=near_the_end()) == 1
    renewal = ReleaseRenewal.objects.get(release=release)
    with storage.local_copy(renewal.storage_key) as path:
        assert storage.sha256_of(path) == renewal.sha256
        report = verify.check(path)
    assert (report.state, len(report.chain)) == (State.TRUSTED, 3)
    told = Event.objects.get(verb="release.renewed")
    assert told.data["sha256"] == release.sha256
    assert told.data["renewed_sha256"] == renewal.sha256
    assert renewals.renew_due(at=near_the_end()) == 0


def test_of_two_workers_the_first_ones_file_stays(authority: Authority, release: Release) -> None:
    late = near_the_end()
    assert [renewals._look_after(release, at=late) for _worker in range(2)] == [True, False]
    told = Event.objects.get(verb="release.renewed")
    renewal = ReleaseRenewal.objects.get(release=release)
    assert told.data["renewed_sha256"] == renewal.sha256
    assert renewal.problem == ""
    with storage.local_copy(renewal.storage_key) as path:
        assert storage.sha256_of(path) == renewal.sha256


def test_one_that_holds_for_long_is_left_alone(authority: Authority, release: Release) -> None:
    assert renewals.renew_due() == 0
    assert authority.asked == []


def test_one_that_has_run_out_is_given_up(authority: Authority, release: Release) -> None:
    assert renewals.renew_due(at=near_the_end() + timedelta(days=90)) == 0
    assert ReleaseRenewal.objects.get(release=release).problem == renewals.ENDED


def test_without_an_authority_nothing_is_changed(release: Release) -> None:
    assert renewals.renew_due(at=near_the_end()) == 0
    assert not ReleaseRenewal.objects.exists()


def test_an_authority_that_fails_is_asked_again_the_next_night(
    authority: Authority, release: Release
) -> None:
    authority.answer = (503, b"")
    assert renewals.renew_due(at=near_the_end()) == 0
    authority.answer = None
    timestamps.breaker.worked()
    assert renewals.renew_due(at=near_the_end()) == 0
    assert renewals.renew_due(at=near_the_end() + timedelta(days=1)) == 1


def test_both_files_are_known_as_the_release(authority: Authority, release: Release) -> None:
    late_timestamps.add()
    renewals.renew_due(at=near_the_end())
    renewal = ReleaseRenewal.objects.get(release=release)
    by_old, by_new = known.by_bytes(release.sha256), known.by_bytes(renewal.sha256)
    assert by_old is not None
    assert by_new is not None
    assert by_new.released_at == by_old.released_at
    assert (bool(by_old.stamped_at), bool(by_new.stamped_at)) == (True, False)


def test_the_renewed_file_is_the_one_that_leaves(
    authority: Authority, release: Release, client: Client
) -> None:
    renewals.renew_due(at=near_the_end())
    renewal = ReleaseRenewal.objects.get(release=release)
    client.force_login(member(release.brand, Role.VIEWER).user)
    address = reverse("release-file", args=[release.brand.slug, release.version_id])
    assert int(client.get(f"{address}?use=other&territory=DE").headers["Content-Length"]) == renewal.size
    assert Event.objects.get(verb="release.downloaded").data["sha256"] == renewal.sha256


def test_pages_say_that_it_was_renewed(authority: Authority, release: Release) -> None:
    report = release.manifest_record.report
    renewals.renew_due(at=near_the_end())
    said = release_summary.timestamp(release, report, at=timezone.now())
    assert "timestamp of Timestamps for tests for each of its signatures" in said


def test_the_command_says_that_it_was_renewed(authority: Authority, release: Release) -> None:
    renewals.renew_due(at=near_the_end())
    out = StringIO()
    call_command("certs", "releases", "--json", stdout=out)
    assert '"timestamp": "renewed"' in out.getvalue()


def test_renewed_files_are_counted_and_go_with_their_release(authority: Authority, release: Release) -> None:
    renewals.renew_due(at=near_the_end())
    renewal = ReleaseRenewal.objects.get(release=release)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(files), sum(bytes) FROM dam_storedchange WHERE kind = 'release_renewal'")
        assert cursor.fetchone() == (1, renewal.size)
