"""Releases whose file has no timestamp get one beside it, or say why not."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rfc3161_client import decode_timestamp_response

from dam.audit.models import Event
from dam.core import storage
from provenance.manifests import records, signing, timestamps, verify
from provenance.manifests.report import Report
from provenance.models import Release, ReleaseTimestamp
from provenance.releases import known, late_timestamps
from provenance.web import credentials_summary, release_summary
from tests import claim_factory, release_factory, timestamp_authority
from tests.factories import VersionFactory
from tests.timestamp_authority import Authority

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not timestamp_authority.HAS_OPENSSL, reason="needs openssl"),
]
EXPIRED = Path(__file__).parents[1] / "manifests" / "data" / "expired.mp4"


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    timestamps.breaker.worked()
    yield
    timestamps.breaker.worked()


@pytest.fixture
def authority(generated: Path, tmp_path: Path, settings: Any) -> Iterator[Authority]:
    """What `generated` is was signed before it was there."""
    with timestamp_authority.running(tmp_path / "authority") as running:
        settings.TIMESTAMP_URL, settings.TIMESTAMP_ANCHORS = running.url, [str(running.root)]
        yield running


def released(file: Path) -> tuple[Release, Report]:
    """A release with this file, as it was read back when it was signed."""
    version = VersionFactory.create()
    with storage.scratch() as folder:
        copy = Path(shutil.copy(file, folder / "copy.mp4"))
        stored = storage.put(copy, brand_id=version.brand_id, suffix=".mp4")
    release = release_factory.ready(version, stored=stored)
    report = verify.check(file)
    records.keep(version, report, sha256=stored.sha256, release_id=release.pk)
    return release, report


def said(release: Release, report: Report) -> str:
    return release_summary.timestamp(release, report.to_json(), at=timezone.now())


def test_a_release_gets_the_authoritys_word_on_its_bytes(authority: Authority, generated: Path) -> None:
    release, report = released(generated)
    assert "No timestamp yet." in said(release, report)
    assert late_timestamps.add() == 1
    kept = ReleaseTimestamp.objects.get(release=release)
    assert kept.authority == "Timestamps for tests"
    imprint = decode_timestamp_response(bytes(kept.response or b"")).tst_info.message_imprint
    assert imprint.message == bytes.fromhex(release.sha256)
    assert "A timestamp of Timestamps for tests proves" in said(release, report)
    assert Event.objects.get(verb="release.stamped").asset_id == release.asset_id
    assert late_timestamps.add() == 0


def test_anybody_can_check_it_with_openssl(authority: Authority, generated: Path, tmp_path: Path) -> None:
    release, _ = released(generated)
    late_timestamps.add()
    kept = ReleaseTimestamp.objects.get(release=release)
    (tmp_path / "word.tsr").write_bytes(bytes(kept.response or b""))
    said_of = ["-data", str(generated), "-in", str(tmp_path / "word.tsr"), "-CAfile", str(authority.root)]
    subprocess.run(["openssl", "ts", "-verify", *said_of], check=True, capture_output=True)


def test_an_authority_that_fails_is_asked_again_later(authority: Authority, generated: Path) -> None:
    release, report = released(generated)
    authority.answer = (503, b"")
    assert late_timestamps.add() == 0
    assert "No timestamp yet. The timestamp authority refused." in said(release, report)
    authority.answer = None
    timestamps.breaker.worked()
    assert late_timestamps.add() == 0  # not before its time
    assert late_timestamps.add(at=timezone.now() + timedelta(hours=2)) == 1


def test_while_it_fails_the_others_wait(authority: Authority, generated: Path) -> None:
    for _ in range(3):
        released(generated)
    authority.answer = (503, b"")
    late_timestamps.add()
    assert len(authority.asked) == 1


def test_nobody_is_asked_without_an_address(generated: Path) -> None:
    release, report = released(generated)
    assert late_timestamps.add() == 0
    assert not ReleaseTimestamp.objects.exists()
    assert "no authority is set up" in said(release, report)


def test_what_has_run_out_already_is_given_up(authority: Authority) -> None:
    release, report = released(EXPIRED)
    assert late_timestamps.add() == 0
    assert said(release, report).startswith("No timestamp. The certificate had run out")
    assert authority.asked == []


def test_one_in_the_file_is_enough(authority: Authority, plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "stamped.mp4"
    signing.sign_generated(plain, out=out, facts=claim_factory.generated())
    release, report = released(out)
    assert late_timestamps.add() == 0
    kept = ReleaseTimestamp.objects.get(release=release)
    assert (kept.response, bool(kept.at), said(release, report)) == (None, True, "")
    assert len(authority.asked) == 1


def test_what_is_withdrawn_is_not_stamped(authority: Authority, generated: Path) -> None:
    release, _ = released(generated)
    Release.objects.filter(pk=release.pk).update(state="withdrawn", ended_at=timezone.now())
    assert late_timestamps.add() == 0


def verdict(release: Release, report: Report) -> credentials_summary.CredentialsVerdict:
    found = known.by_bytes(release.sha256)
    return credentials_summary.verdict(report.to_json(), release=found, at=timezone.now())


def test_a_release_whose_certificate_ran_out_was_valid_when_released() -> None:
    release, report = released(EXPIRED)
    told = verdict(release, report)
    assert told.title == "Valid when it was released"
    assert "No timestamp proves the date." in told.sentence
    assert told.tone == "warn"


def test_what_anybody_put_beside_a_released_file_is_not_what_we_released() -> None:
    release, report = released(EXPIRED)
    by_bytes, now = known.by_bytes(release.sha256), timezone.now()
    told = credentials_summary.verdict(report.to_json(), release=by_bytes, at=now, beside=True)
    assert told.title != "Valid when it was released"
    assert told.tone == "bad"


def test_the_timestamp_that_is_kept_proves_it() -> None:
    release, report = released(EXPIRED)
    at = datetime(2026, 3, 4, tzinfo=UTC)
    ReleaseTimestamp.objects.create(
        release=release, at=at, tried_at=at, authority="Clock & Sons", response=b"\0"
    )
    assert (
        "A timestamp of Clock & Sons proves that it was there on 4 March 2026."
        in verdict(release, report).sentence
    )


def test_a_strangers_file_that_ran_out_stays_invalid() -> None:
    report = verify.check(EXPIRED)
    assert credentials_summary.verdict(report.to_json(), release=None).title == "Invalid Content Credentials"


def test_what_is_more_than_out_of_date_stays_what_it_is() -> None:
    release, report = released(EXPIRED)
    data = report.to_json() | {"codes": [*report.codes, "assertion.bmffHash.mismatch"], "state": "altered"}
    found = known.by_bytes(release.sha256)
    assert credentials_summary.verdict(data, release=found).title == "Altered after signing"


def test_a_turn_ends_in_time_for_releases_that_people_wait_for(
    authority: Authority, generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(generated)
    monkeypatch.setattr(late_timestamps, "TURN_SECONDS", -1.0)
    assert late_timestamps.add() == 0
    monkeypatch.undo()
    assert late_timestamps.add() == 1
