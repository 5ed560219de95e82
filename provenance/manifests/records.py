"""Keeping what was read from a version's files, so that pages need not read them again."""

from django.db import transaction
from django.utils import timezone

from dam.catalog import versions
from dam.catalog.models import Credentials, Version
from dam.core import storage
from dam.core.text import storable_json
from provenance.manifests import verify
from provenance.manifests.models import ManifestRecord
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State


def check_master(version: Version) -> str:
    """Read the master's credentials and keep the report. Returns the verdict in words, for the step."""
    with storage.local_copy(version.storage_key) as path:
        report = verify.check(path)
    keep(version, report, sha256=version.sha256)
    return str(credentials_of(report).label)


def check_again(record: ManifestRecord) -> str:
    """Read the file that a record is about once more, as after a change of who is trusted; the verdict.

    Raises FileNotFoundError where the file is gone; the record stays as it is then.
    """
    release = record.release
    with storage.local_copy(release.storage_key if release else record.version.storage_key) as path:
        report = verify.check(path)
    keep(record.version, report, sha256=record.sha256, release_id=record.release_id)
    return report.state.value


def credentials_of(report: Report) -> Credentials:
    """What cards and search say of the file: trust in our own development CA is no trust."""
    if report.state is State.TRUSTED and report.development:
        return Credentials.TEST
    return Credentials(report.state.value)


def keep(version: Version, report: Report, *, sha256: str, release_id: int | None = None) -> ManifestRecord:
    """Keep the report on the version's master, or on the file of a release; an earlier one is replaced."""
    report_json = storable_json(report.to_json(raw=True))  # a foreign file may hold anything
    with transaction.atomic():
        record, _ = ManifestRecord.objects.update_or_create(
            version=version,
            release_id=release_id,  # type: ignore[misc] # None: the master itself
            defaults={
                "sha256": sha256,
                "state": report.state.value,
                "report": report_json,
                "checked_at": timezone.now(),
            },
        )
        if release_id is None:
            versions.set_credentials(version.pk, credentials_of(report))
    return record
