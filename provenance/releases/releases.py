"""The verbs of a release: begin, claim, keep, fail, withdraw, sign again.

Each is one transaction that locks the asset before the version and moves rows by conditional update
(states.TRANSITIONS). What must happen after a commit follows from the rows: recovery sends it again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import versions
from dam.catalog.models import Approval, AssetKind, ReleaseState, Version
from dam.core import errors, events
from dam.core.storage import Stored
from provenance.manifests import records
from provenance.manifests.report import Report
from provenance.models import Review
from provenance.releases import sending, states
from provenance.releases.models import Release, ReleasePrint
from provenance.releases.states import ReleaseMove, ReleaseStatus
from provenance.watermarks import marks
from provenance.watermarks.marks import Chosen

# A worker says that it is alive three times as often; after this its claim is open to others.
CLAIM = timedelta(minutes=2)
MOST_ATTEMPTS = 3  # of workers that died over it


class ClaimLost(Exception):
    """The release is no longer this worker's: withdrawn, or in other hands. Nothing was written."""


class ReleaseRefused(errors.Refused):
    """A move that is not allowed; `code` for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, code=code)


def begin(
    review: Review,
    *,
    uses: Iterable[str],
    territories: Iterable[str],
    valid_until: datetime | None,
    at: datetime,
) -> Release:
    """Have the version signed for these terms, in the transaction of its last approval."""
    version = review.version
    release = Release.objects.create(
        brand_id=version.brand_id,
        asset_id=version.asset_id,
        version=version,
        review=review,
        uses=list(uses),
        territories=list(territories),
        valid_until=valid_until,
        master_sha256=review.content_sha256,
        created_at=at,
    )
    versions.set_release(version.pk, ReleaseState.SIGNING)
    sending.after_commit(release)
    _publish(release)
    return release


def claim(release_id: int, *, token: str, at: datetime) -> Release | None:
    """Take a release that waits, or whose worker is gone; None when there is nothing to do.

    The same token comes again when the broker delivers what a dead worker had taken.
    """
    free = Q(claim="") | Q(claim=token) | Q(claimed_until__lt=at)
    waiting = Release.objects.filter(free, pk=release_id, state=ReleaseStatus.SIGNING)
    if not waiting.filter(attempts__lt=MOST_ATTEMPTS).update(
        claim=token, claimed_until=at + CLAIM, started_at=at, attempts=F("attempts") + 1, sends=0, reason=""
    ):
        return None
    release = Release.objects.select_related("brand", "asset", "version", "review").get(pk=release_id)
    _publish(release)
    return release


def beat(release: Release, *, at: datetime) -> bool:
    """Say that the worker is alive; False when the release is no longer its."""
    return bool(_own(release).update(claimed_until=at + CLAIM))


def keep(
    release: Release,
    stored: Stored,
    *,
    content_type: str,
    report: Report,
    at: datetime,
    pictures_sha256: str = "",
    watermark: Chosen | None = None,
) -> None:
    """The signed file is the asset's release from now on; earlier ones are superseded. Raises ClaimLost."""
    with trail.recording():
        version = versions.locked(release.version_id)
        if not _own(release).exists():
            raise ClaimLost(_("%(release)s was withdrawn or went to another worker.") % {"release": release})
        _supersede_earlier(release, at=at)
        kept = _own(release).update(
            state=states.after(ReleaseStatus.SIGNING, ReleaseMove.KEEP),
            sha256=stored.sha256,
            size=stored.size,
            storage_key=stored.key,
            content_type=content_type,
            pictures_sha256=pictures_sha256,
            signed_at=at,
            reason="",
            claim="",
            claimed_until=None,
        )
        if not kept:  # a claim that has run out may be taken over at any moment
            raise ClaimLost(_("%(release)s went to another worker.") % {"release": release})
        release.refresh_from_db()
        versions.set_release(version.pk, ReleaseState.READY)
        versions.set_released(version)
        records.keep(version, report, sha256=stored.sha256, release_id=release.pk)
        marks.keep(watermark, version, at=at, release_id=release.pk)
        if version.kind in (AssetKind.VIDEO, AssetKind.STILL):
            ReleasePrint.objects.get_or_create(release=release)  # likeness looks at it soon
        data = {"review": str(release.review_id), "sha256": stored.sha256, "credentials": report.state.value}
        _record(Verb.RELEASE_SIGNED, release, data=data, at=at)


def fail(release: Release, *, reason: str, at: datetime) -> None:
    """There will be no file; pages and the trail say why. Raises ClaimLost."""
    with trail.recording():
        versions.locked(release.version_id)
        if not _own(release).update(
            state=states.after(ReleaseStatus.SIGNING, ReleaseMove.FAIL),
            reason=reason,
            ended_at=at,
            claim="",
            claimed_until=None,
        ):
            raise ClaimLost(_("%(release)s was withdrawn or went to another worker.") % {"release": release})
        versions.set_release(release.version_id, ReleaseState.FAILED)
        data = {"version": str(release.version_id), "reason": reason[:300]}
        _record(Verb.RELEASE_FAILED, release, data=data, at=at)


def give_back(release: Release, *, at: datetime, task: str = sending.TASK) -> None:
    """Leave it to another worker, at once: that of `task`. Raises ClaimLost."""
    _give_back(release, at=at, reason="")
    sending.after_commit(release, task=task)
    _publish(release)


def put_back(release: Release, *, reason: str, at: datetime) -> None:
    """Let it wait until recovery sends it again, for something was away. Raises ClaimLost."""
    _give_back(release, at=at, reason=reason, interruptions=F("interruptions") + 1)
    _publish(release)


def _give_back(release: Release, *, at: datetime, **fields: Any) -> None:
    free = {"claim": "", "claimed_until": None, "attempts": F("attempts") - 1, "sent_at": at}
    if not _own(release).update(**free, **fields):
        raise ClaimLost(_("%(release)s was withdrawn or went to another worker.") % {"release": release})


def withdraw(review: Review, *, reason: str, at: datetime) -> None:
    """Nothing of this approval leaves any more, in the transaction that ends it. Its files stay."""
    version = review.version
    releases = Release.objects.filter(review=review, state__in=states.sources(ReleaseMove.WITHDRAW))
    releases.update(state=ReleaseStatus.WITHDRAWN, reason=reason, ended_at=at, claim="", claimed_until=None)
    _mirror([version.pk])
    versions.clear_released(version)


def sign_again(version: Version, *, by: Principal, at: datetime | None = None) -> Release:
    """Another release for the same approval, after the last one failed.

    Raises ReleaseRefused, PermissionDenied.
    """
    by.require(Capability.RETRY, brand=version.brand)
    at = at or timezone.now()
    with trail.recording():
        version = versions.locked(version.pk)
        last = Release.objects.filter(version=version).select_related("review").first()
        if version.approval != Approval.APPROVED or last is None:
            raise ReleaseRefused("not_approved", _("Only approved versions can be released."))
        if last.state != ReleaseStatus.FAILED:
            raise ReleaseRefused("not_failed", _("This version is already released or being signed."))
        if Release.objects.filter(asset_id=version.asset_id, pk__gt=last.pk, state__in=states.LIVE).exists():
            raise ReleaseRefused("newer_release", _("A newer version has since been released."))
        last.review.version = version
        release = begin(
            last.review,
            uses=last.uses,
            territories=last.territories,
            valid_until=last.valid_until,
            at=at,
        )
        data = {"review": str(last.review_id), "reason": last.reason[:300]}
        _record(Verb.RELEASE_RETRIED, release, by=by, data=data, at=at)
    return release


def _own(release: Release) -> QuerySet[Release]:
    """The release as long as it is in this worker's hands."""
    return Release.objects.filter(pk=release.pk, state=ReleaseStatus.SIGNING, claim=release.claim)


def _supersede_earlier(release: Release, *, at: datetime) -> None:
    """What was approved before this one, released or still being signed, is no longer the asset's release."""
    earlier = Release.objects.filter(
        asset_id=release.asset_id, pk__lt=release.pk, state__in=states.sources(ReleaseMove.SUPERSEDE)
    )
    touched = list(earlier.values_list("version_id", flat=True))
    earlier.update(state=ReleaseStatus.SUPERSEDED, ended_at=at, claim="", claimed_until=None)
    _mirror(touched)


def _mirror(version_ids: Iterable[UUID]) -> None:
    """Keep on the versions how their newest release stands: what dam reads."""
    for version_id in version_ids:
        newest = Release.objects.filter(version_id=version_id).first()
        versions.set_release(version_id, ReleaseState(newest.state) if newest else ReleaseState.NONE)


def _record(
    verb: Verb, release: Release, *, data: Mapping[str, object], at: datetime, by: Principal | None = None
) -> None:
    trail.record(
        verb,
        brand=release.brand,
        target=str(release.version),
        actor=by,
        asset_id=release.asset_id,
        data=data,
        at=at,
    )
    _publish(release)


def _publish(release: Release) -> None:
    events.publish(brand_id=release.brand_id, name=f"version-{release.version_id}")
    events.publish(brand_id=release.brand_id, name="library")
