"""Is this file one of our releases? By its bytes or its pictures, for anybody; and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import Case, Q, When
from django.utils import timezone

from dam.catalog.models import AssetKind
from dam.rights import terms, territories
from dam.rights.policy import Inherited, Use
from provenance.releases.models import Release, ReleaseRenewal, ReleaseTimestamp
from provenance.releases.states import ReleaseStatus


class Standing(StrEnum):
    """What matters most to somebody who holds the file: may it be used?"""

    CLEARED = "cleared"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REMOVED = "removed"  # the clip is in the trash
    EMBARGO = "embargo"
    ENDED = "ended"  # its clearance is over
    STOPPED = "stopped"  # something it was made from may not be used
    INSIDE = "inside"  # no use outside the company is left


@dataclass(frozen=True, kw_only=True)
class KnownRelease:
    """A file that this library released: only what its holder may know. `ended_at` goes with the state."""

    brand: str
    released_at: datetime
    standing: Standing
    ended_at: datetime | None = None
    valid_until: datetime | None = None
    embargo_until: datetime | None = None
    # Of what was granted, what all that it was made from leaves; territories are policy.Terms'.
    uses: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    # Both also of one that was withdrawn, replaced or removed meanwhile.
    under_embargo: bool = False
    held_back: bool = False  # something it was made from may not be used, or internal use is all that is left
    by_pictures: bool = False  # the file is another one that shows the same
    silent: bool = False  # what was released has no sound: there was none to compare
    stamped_at: datetime | None = (
        None  # these bytes were there by then, by an authority's word kept with the release
    )
    authority: str = ""

    @property
    def withdrawn(self) -> bool:
        return self.standing == Standing.WITHDRAWN

    @property
    def superseded(self) -> bool:
        return self.standing == Standing.SUPERSEDED

    @property
    def cleared(self) -> bool:
        return self.standing == Standing.CLEARED


def in_use_first(through: str = "") -> tuple[Case | str, ...]:
    """The order of several releases with the same bytes or pictures: the one that is released now, then the
    newest. Whoever says how a file's release stands speaks of the first. `through` leads to the release.
    """
    ready = Case(When(**{f"{through}state": ReleaseStatus.READY.value}, then=0), default=1)
    return ready, f"-{through}signed_at", f"-{through}pk"


def with_bytes(sha256: str) -> Q:
    """Of releases those whose file has this hash: the one that was signed, or the renewed one."""
    renewed = ReleaseRenewal.objects.filter(sha256=sha256).exclude(sha256="")
    return (Q(sha256=sha256) & ~Q(sha256="")) | Q(pk__in=list(renewed.values_list("pk", flat=True)))


def by_bytes(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release with exactly these bytes, whatever the brand, as it stands at `at`, else now.

    Of several the first by in_use_first.
    """
    release = (
        Release.objects.filter(with_bytes(sha256), signed_at__isnull=False)
        .select_related("brand", "asset", "version__rights", "version__inherited")
        .order_by(*in_use_first())
        .first()
    )
    if release is None:
        return None
    found = of(release, at=at or timezone.now())
    # What is kept beside it is over the bytes that were signed alone.
    return with_timestamp(found, release) if release.sha256 == sha256 else found


def with_timestamp(found: KnownRelease, release: Release) -> KnownRelease:
    """And when its file was there for certain, where an authority's word is kept: of these bytes alone."""
    kept = ReleaseTimestamp.objects.filter(release=release, response__isnull=False).first()
    return replace(found, stamped_at=kept.at, authority=kept.authority) if kept else found


def by_pictures(sha256: str, *, at: datetime | None = None) -> KnownRelease | None:
    """The release with exactly these pictures, by their hash (dam.media.decoded_hash).

    Of several the first by in_use_first. The file may have lost its metadata, and its sound isn't known.
    """
    release = (
        Release.objects.filter(pictures_sha256=sha256, signed_at__isnull=False)
        .exclude(pictures_sha256="")
        .select_related("brand", "asset", "version__rights", "version__inherited")
        .order_by(*in_use_first())
        .first()
    )
    return replace(of(release, at=at or timezone.now()), by_pictures=True) if release else None


def of(release: Release, *, at: datetime) -> KnownRelease:
    """Reads `release.brand`, `asset`, `version.rights` and `inherited`. Only for a release that was signed.

    What it was made from counts, and is never named.
    """
    release.version.asset = release.asset  # the same row: the terms need not fetch it again
    known = terms.of(release.version)
    left = known.inherited or Inherited()
    embargo_until = max((each for each in (known.embargo_until, left.embargo_until) if each), default=None)
    # What was agreed when it was signed, and may have been cut short since.
    ends = (release.valid_until, known.valid_until, known.consents_until, left.valid_until)
    valid_until = min((each for each in ends if each), default=None)
    stopped = left.stopped or left.uses == () or left.territories == ()
    granted_uses = tuple(use for use in release.uses if use in known.uses) if known.uses else release.uses
    uses = tuple(use for use in granted_uses if left.uses is None or use in left.uses)
    outside = {*uses} - {Use.INTERNAL}
    granted = tuple(release.territories)
    # What was cleared for use inside alone is cleared for just that.
    inside = left.uses is not None and not outside and bool({*granted_uses} - {Use.INTERNAL})
    return KnownRelease(
        brand=release.brand.name,
        released_at=release.signed_at or release.created_at,
        standing=_standing(
            release,
            embargo_until=embargo_until,
            valid_until=valid_until,
            stopped=stopped,
            inside=inside,
            at=at,
        ),
        ended_at=release.ended_at,
        valid_until=valid_until,
        embargo_until=embargo_until,
        under_embargo=embargo_until is not None and at < embargo_until,
        silent=release.version.kind == AssetKind.STILL or release.version.has_sound is False,
        held_back=stopped or not outside & {*known.uses},
        uses=uses,
        territories=granted if left.territories is None else territories.meet([granted, left.territories]),
    )


def _standing(
    release: Release,
    *,
    embargo_until: datetime | None,
    valid_until: datetime | None,
    stopped: bool,
    inside: bool,
    at: datetime,
) -> Standing:
    if release.state == ReleaseStatus.WITHDRAWN:
        return Standing.WITHDRAWN
    if valid_until is not None and valid_until <= at:
        return Standing.ENDED
    if release.state == ReleaseStatus.SUPERSEDED:
        return Standing.SUPERSEDED
    if release.asset.trashed_at is not None:
        return Standing.REMOVED
    if stopped:
        return Standing.STOPPED
    if embargo_until is not None and at < embargo_until:
        return Standing.EMBARGO
    return Standing.INSIDE if inside else Standing.CLEARED
