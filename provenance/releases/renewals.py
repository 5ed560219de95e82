"""Releases whose certificates run out soon, and that no timestamp in their file outlasts, are renewed.

A copy of the file gets an update manifest with an authority's word for each signature in it: its pictures and
all of its manifests stay as they are. It leaves from then on; the file that was signed stays, too, as the
approval, the ledger and people's copies name it. Without an authority there is nothing that would help.
"""

import base64
import hashlib
import json
import logging
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.core import errors, locks, storage
from dam.core.language import noop
from dam.core.storage import Stored
from dam.ingest import disk_space
from provenance.manifests import signing, timestamps, verify
from provenance.manifests.c2pa_io import SigningFailed
from provenance.manifests.cose import NoRoom
from provenance.manifests.timestamps import NoTimestamp, Timestamp
from provenance.manifests.validation_codes import State
from provenance.releases.models import Release, ReleaseRenewal
from provenance.releases.states import ReleaseStatus

log = logging.getLogger(__name__)

SOON = timedelta(days=60)
AGAIN = timedelta(hours=20)
AT_A_TIME = 200
TURN_SECONDS = 600.0
MOST_SIGNATURES = 16
HOLD = (State.TRUSTED, State.VALID)

ENDED = noop("The certificate had run out before the file could be renewed.")
NO_LONGER = noop("The file's Content Credentials no longer hold.")
NO_ROOM = noop("Files of this kind can't be renewed.")
MISSING = noop("The file is missing from storage.")

# A manifest without a timestamp whose certificate ends by then; times are ISO 8601 in UTC, and sort as text.
_ENDS = "@.signer.valid_until"
_RUNS_OUT = f'$.manifests[*] ? (@.time_stamp == "" && {_ENDS} > "" && {_ENDS} < $end)'


class Renewed(Exception):
    """Another worker was faster, and its file may have left already."""


class CannotRenew(Exception):
    """There will be no renewed file, for this reason: a sentence for people, in English."""


def due(*, at: datetime) -> models.QuerySet[Release]:
    """The releases to renew now, those that were signed first before the others."""
    runs_out = Func(
        F("manifest_record__report"),
        Value(_RUNS_OUT),
        Func(Value("end"), Value(_text(at + SOON)), function="jsonb_build_object"),
        function="jsonb_path_exists",
        template="%(function)s(%(expressions)s)",
        output_field=models.BooleanField(),
    )
    untried = Q(renewal=None) | Q(renewal__at=None, renewal__given_up=False, renewal__tried_at__lt=at - AGAIN)
    standing = Release.objects.filter(untried, state__in=[ReleaseStatus.READY, ReleaseStatus.SUPERSEDED])
    rows = standing.exclude(sha256="").exclude(storage_key="").alias(runs_out=runs_out).filter(runs_out=True)
    return rows.select_related("brand", "asset", "version", "manifest_record").order_by("signed_at")


def renew_due(*, at: datetime | None = None) -> int:
    """Renew those that are due: how many were. Ends where the authority fails; the next night goes on."""
    if not timestamps.is_configured():
        return 0
    at, renewed, begun = at or timezone.now(), 0, time.monotonic()
    for release in due(at=at)[:AT_A_TIME]:
        # Releases that people wait for stand behind it in the same queue.
        if timestamps.breaker.is_open or time.monotonic() - begun > TURN_SECONDS:
            break
        renewed += _look_after(release, at=at)
    return renewed


def current(release: Release) -> Stored | None:
    """The file that leaves: the renewed one, else the one that was signed; None where there is none."""
    row = file_of(release)
    return Stored(key=row.storage_key, sha256=row.sha256, size=row.size) if row.size is not None else None


def file_of(release: Release) -> Release | ReleaseRenewal:
    """The row that names the file that leaves."""
    renewal: ReleaseRenewal | None = getattr(release, "renewal", None)
    return renewal if renewal is not None and renewal.at is not None else release


def _look_after(release: Release, *, at: datetime) -> bool:
    try:
        _renew(release, at=at)
    except Renewed:
        return False
    except NoTimestamp as none:
        _keep(release, problem=str(none), tried_at=at)
    except CannotRenew as cannot:
        _keep(release, problem=str(cannot), given_up=True, tried_at=at)
    except (SigningFailed, signing.NotAsSigned, signing.CannotCarry, NoRoom) as problem:
        log.warning("Release %s can't be renewed: %r", release.pk, problem)
        _keep(release, problem=NO_ROOM, given_up=True, tried_at=at)
    except FileNotFoundError:
        _keep(release, problem=MISSING, tried_at=at)
    except errors.Refused as refused:  # no certificate, no key service, no room on the disk
        log.warning("Release %s can't be renewed now: %s", release.pk, refused)
        _keep(release, problem=str(refused.message), tried_at=at)
    else:
        return True
    return False


def _renew(release: Release, *, at: datetime) -> None:
    """Raises Renewed, NoTimestamp, CannotRenew, OSError, errors.Refused and what sign_renewal raises."""
    if _ended(release, at=at):
        raise CannotRenew(ENDED)
    disk_space.require_work(2 * (release.size or 0))
    with storage.local_copy(release.storage_key) as path, storage.scratch() as folder:
        if storage.sha256_of(path) != release.sha256 or verify.check(path).state not in HOLD:
            raise CannotRenew(NO_LONGER)
        if not signing.can_be_renewed(path):
            raise CannotRenew(NO_ROOM)
        stamps = _stamps(path, folder)
        out = folder / f"renewed{path.suffix}"
        tokens = {label: stamp.token for label, stamp in stamps.items()}
        signing.sign_renewal(path, out=out, title=release.asset.title, tokens=tokens)
        stored = storage.put(out, brand_id=release.brand_id, suffix=Path(release.storage_key).suffix)
    try:
        _record(release, stored, next(iter(stamps.values())).authority, at=at)
    except BaseException:
        with suppress(DatabaseError), transaction.atomic():
            stored_files.drop(stored, brand_id=release.brand_id)
        raise


def _stamps(path: Path, folder: Path) -> Mapping[str, Timestamp]:
    """An authority's word for each signature in the file that has none, by the name of its manifest."""
    exported = folder / "exported"
    exported.mkdir()
    if not verify.export(path, exported):
        raise CannotRenew(NO_LONGER)
    found: Sequence[Mapping[str, str]] = json.loads((exported / "signatures.json").read_text())
    if not found or len(found) > MOST_SIGNATURES:
        raise CannotRenew(NO_ROOM)
    return {
        each["manifest"]: timestamps.of(hashlib.sha256(base64.b64decode(each["signature"])).digest())
        for each in found
    }


def _record(release: Release, stored: Stored, authority: str, *, at: datetime) -> None:
    with trail.recording():
        locks.hold(f"renewal:{release.pk}")
        if ReleaseRenewal.objects.filter(release=release, at__isnull=False).exists():
            raise Renewed
        _keep(
            release,
            at=at,
            authority=authority[:200],
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            tried_at=at,
        )
        trail.record(
            Verb.RELEASE_RENEWED,
            brand=release.brand,
            target=str(release.version),
            actor=None,
            asset_id=release.asset_id,
            data={"sha256": release.sha256, "renewed_sha256": stored.sha256, "authority": authority},
            at=at,
        )


def _keep(release: Release, **fields: Any) -> None:
    given = {"brand_id": release.brand_id, "problem": "", "given_up": False, **fields}
    ReleaseRenewal.objects.update_or_create(release=release, defaults=given)


def _ended(release: Release, *, at: datetime) -> bool:
    """Whether one of the certificates has run out: then no word of today's is of any help."""
    manifests = release.manifest_record.report.get("manifests") or []
    ends = [(each.get("signer") or {}).get("valid_until") for each in manifests if not each.get("time_stamp")]
    return any(end and str(end) <= _text(at) for end in ends)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
