"""Timestamps of releases whose file has none, because the authority was away or wasn't asked yet.

Their file stays as it is, to the last byte: people have it. So the authority is asked for the file's SHA-256,
and its answer is kept beside it. Who has both can check them with any tool, also when our certificate has
run out.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.utils import timezone

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.core.language import noop
from provenance.manifests import timestamps
from provenance.manifests.models import ManifestRecord
from provenance.manifests.timestamps import NoTimestamp, Timestamp
from provenance.releases.models import Release, ReleaseTimestamp
from provenance.releases.states import ReleaseStatus

log = logging.getLogger(__name__)

AT_A_TIME = 100
TURN_SECONDS = 30.0
AGAIN = timedelta(hours=1)

ENDED = noop("The certificate had run out before a timestamp could be had.")


def add(*, at: datetime | None = None) -> int:
    """Look after the releases that have none: how many were stamped. Ends where the authority fails."""
    if not timestamps.is_configured():
        return 0
    at, stamped, begun = at or timezone.now(), 0, time.monotonic()
    for release in chain(_new(), _waiting(at)):
        # Releases that people wait for stand behind it in the same queue.
        if timestamps.breaker.is_open or time.monotonic() - begun > TURN_SECONDS:
            break
        stamped += _look_after(release, at=at)
    return stamped


def _new() -> Iterator[Release]:
    # What was withdrawn need not be proven; what was replaced is still in use.
    signed = Release.objects.filter(state__in=[ReleaseStatus.READY, ReleaseStatus.SUPERSEDED])
    rows = signed.filter(timestamp=None, signed_at__isnull=False).exclude(sha256="")
    yield from rows.select_related("version", "brand")[:AT_A_TIME]


def _waiting(at: datetime) -> Iterator[Release]:
    rows = ReleaseTimestamp.objects.filter(at=None, given_up=False, tried_at__lt=at - AGAIN)
    for row in rows.select_related("release__version", "release__brand").order_by("tried_at")[:AT_A_TIME]:
        yield row.release


def _look_after(release: Release, *, at: datetime) -> bool:
    manifest = _manifest(release)
    if in_file := _moment(manifest.get("time_stamp")):
        _keep(release, at=in_file, tried_at=at)
        return False
    ends = _moment((manifest.get("signer") or {}).get("valid_until"))
    if ends is not None and ends <= at:
        _keep(release, problem=ENDED, given_up=True, tried_at=at)
        return False
    try:
        stamp = timestamps.of(bytes.fromhex(release.sha256))
    except NoTimestamp as none:
        _keep(release, problem=str(none), tried_at=at)
        return False
    _record(release, stamp, at=at)
    return True


def _record(release: Release, stamp: Timestamp, *, at: datetime) -> None:
    with trail.recording():
        _keep(release, at=stamp.at, authority=stamp.authority[:200], response=stamp.response, tried_at=at)
        trail.record(
            Verb.RELEASE_STAMPED,
            brand=release.brand,
            target=str(release.version),
            actor=None,
            asset_id=release.asset_id,
            data={"sha256": release.sha256, "authority": stamp.authority, "stamped_at": stamp.at.isoformat()},
            at=at,
        )


def _keep(release: Release, **fields: Any) -> None:
    ReleaseTimestamp.objects.update_or_create(release=release, defaults={"problem": "", **fields})


def _manifest(release: Release) -> Mapping[str, Any]:
    """What the release's own manifest said when it was read back."""
    record = ManifestRecord.objects.filter(release=release).first()
    manifests = record.report.get("manifests") if record else None
    return manifests[0] if manifests else {}


def _moment(text: object) -> datetime | None:
    with suppress(ValueError):
        found = datetime.fromisoformat(str(text or ""))
        return found if found.tzinfo else None
    return None
