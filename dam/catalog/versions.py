"""Facts about a version that other parts establish and the catalogue keeps.

Review writes the approval, manifests the credentials, ingest the processing state and what the probe
saw; rights, delivery and facets read the columns. Each write is a conditional update of those columns
alone. The caller records the audit event in the same transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.catalog.models import (
    Approval,
    Asset,
    Credentials,
    Processing,
    ReleaseState,
    Rendition,
    RenditionPart,
    Version,
)
from dam.core import errors, events, foreign_text
from dam.core.language import number
from dam.core.storage import Stored


@dataclass(frozen=True)
class StoredPart:
    """A stored file of a rendition that has several, and its name in the rendition's address."""

    name: str
    stored: Stored
    content_type: str


class ApprovalMoved(errors.Refused):
    """The version's approval is no longer what the caller decided on."""

    code = "moved"


LONGEST_NOTE = 1000


class NoteRefused(errors.Refused):
    """What is said of a change is too long."""

    code = "note"


def clean_note(text: str) -> str:
    """What changed with a version, as it is kept. Raises NoteRefused."""
    note = foreign_text.neutral(text.replace("\r\n", "\n")).strip()
    if len(note) > LONGEST_NOTE:
        raise NoteRefused(
            _("Say what changed in at most %(most)s characters.") % {"most": number(LONGEST_NOTE)}
        )
    return note


class VersionGone(Exception):
    """There is no such version (any more)."""


def locked(version_id: UUID) -> Version:
    """The version as it is now, with its asset, both locked until the caller's transaction ends.

    Everybody locks in one order: the asset, its version, what filters ask of them (the database does so
    itself, FilterRow), and last the brand (dam.audit.trail). So a decision and the version that replaces what
    is decided on wait for one another instead of passing.
    """
    _lock_asset(_asset_of(version_id))
    return _lock(version_id)


def latest_locked(asset_id: UUID) -> Version:
    """The asset's newest version, locked like `locked`: no other takes its place meanwhile."""
    asset = _lock_asset(asset_id)
    assert asset.latest_id is not None  # an asset is made together with its first version
    return _lock(asset.latest_id)


def _asset_of(version_id: UUID) -> UUID:
    return Version.objects.values_list("asset_id", flat=True).get(pk=version_id)


def _lock_asset(asset_id: UUID) -> Asset:
    return Asset.objects.select_for_update(no_key=True).get(pk=asset_id)


def _lock(version_id: UUID) -> Version:
    rows = Version.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("asset", "brand").get(pk=version_id)


def set_approval(version_id: UUID, approval: Approval, *, expected: Collection[Approval]) -> None:
    """Move the approval, if it is still one of `expected`.

    Raises ApprovalMoved when somebody else was faster: nothing was written then.
    """
    moved = Version.objects.filter(pk=version_id, approval__in=expected).update(approval=approval)
    if not moved:
        raise ApprovalMoved(_("The approval has just changed. Reload the page to see the current state."))


def set_credentials(version_id: UUID, credentials: Credentials) -> None:
    """Keep what the file's manifest store says. Raises VersionGone."""
    with transaction.atomic():
        try:
            _lock_asset(_asset_of(version_id))
        except Version.DoesNotExist as gone:
            raise VersionGone(str(version_id)) from gone
        Version.objects.filter(pk=version_id).update(credentials=credentials)


def set_making(version_id: UUID, *, model: str, seed: int, prompt: str) -> None:
    """Keep how a generated version was made: `model` as people call it, "previz-dit 0.3"."""
    Version.objects.filter(pk=version_id).update(model=model[:200], seed=seed, prompt=prompt)


def set_colours(version_id: UUID, colours: Sequence[str]) -> None:
    """Keep the names of the picture's main colours (dam.media.colours), the most frequent first."""
    with transaction.atomic():
        _lock_asset(_asset_of(version_id))
        Version.objects.filter(pk=version_id).update(colours=list(colours))


def set_release(version_id: UUID, state: ReleaseState) -> None:
    """Keep how the version's newest release stands. Raises VersionGone."""
    if not Version.objects.filter(pk=version_id).update(release=state):
        raise VersionGone(str(version_id))


def set_released(version: Version) -> None:
    """From now on those who see released work alone see this version of the asset."""
    before = Asset.objects.values_list("released_id", flat=True).get(pk=version.asset_id)
    Asset.objects.filter(pk=version.asset_id).update(released=version)
    _tell_all(version, before, version.pk)


def clear_released(version: Version) -> None:
    """This version is no longer what the asset has released; another one that is stays."""
    if Asset.objects.filter(pk=version.asset_id, released=version).update(released=None):
        _tell_all(version, version.pk)


def _tell_all(version: Version, *changed: UUID | None) -> None:
    told = [each for each in dict.fromkeys(changed) if each is not None]
    out = not_under_embargo(told)
    for version_id in told:
        events.publish(brand_id=version.brand_id, name=f"version-{version_id}", to_all=version_id in out)
    events.publish(brand_id=version.brand_id, name="library", to_all=bool(out))


def not_under_embargo(version_ids: Collection[UUID]) -> set[UUID]:
    """Those of which all may hear once they are released: of one under embargo nobody else does."""
    now = timezone.now()
    # Rights lie above: by name alone.
    under_embargo = Q(rights__embargo_until__gt=now) | Q(inherited__embargo_until__gt=now)
    return set(Version.objects.filter(~under_embargo, pk__in=version_ids).values_list("pk", flat=True))


def set_processing(version_id: UUID, processing: Processing, *, reason: str = "") -> bool:
    """Keep the roll-up of the version's steps; True when it differed from what was kept before."""
    differs = ~Q(processing=processing) | ~Q(processing_reason=reason[:300])
    changed = Version.objects.filter(differs, pk=version_id).update(
        processing=processing, processing_reason=reason[:300]
    )
    return bool(changed)


def set_timeline(version_id: UUID, *, frame_count: int, frame_rate: Fraction) -> None:
    """Keep the frames that people step through: those of the review proxy."""
    Version.objects.filter(pk=version_id).update(
        frame_count=frame_count,
        rate_numerator=frame_rate.numerator,
        rate_denominator=frame_rate.denominator,
        duration_ms=round(frame_count / frame_rate * 1000),
    )


def add_fact(version_id: UUID, name: str, fact: object) -> None:
    """Keep one more fact about the master among those of its probe, in the place of what was kept there."""
    with transaction.atomic():
        version = Version.objects.select_for_update(no_key=True).get(pk=version_id)
        version.media_info = {**version.media_info, name: fact}
        version.save(update_fields=["media_info"])


def add_warnings(version_id: UUID, warnings: Sequence[str]) -> list[str]:
    """Keep what was found wrong with the master, each once; those that are new. In a transaction."""
    if not warnings:
        return []
    version = Version.objects.select_for_update(no_key=True).get(pk=version_id)
    known = version.media_info.get("warnings", [])
    new = [warning for warning in dict.fromkeys(warnings) if warning not in known]
    if new:
        version.media_info = {**version.media_info, "warnings": [*known, *new]}
        version.save(update_fields=["media_info"])
    return new


def add_rendition_details(rendition: Rendition, details: dict[str, object]) -> bool:
    """Keep more of a rendition; False where another file has taken its place meanwhile."""
    with transaction.atomic():
        rows = Rendition.objects.select_for_update().filter(pk=rendition.pk, sha256=rendition.sha256)
        row = rows.first()
        if row is None:
            return False
        row.details = {**row.details, **details}
        row.save(update_fields=["details"])
    return True


def keep_rendition(
    version: Version,
    kind: str,
    stored: Stored,
    *,
    content_type: str,
    width: int | None = None,
    height: int | None = None,
    details: dict[str, object] | None = None,
    parts: Sequence[StoredPart] = (),
) -> Rendition:
    """Keep the version's one rendition of this kind; made again, it takes the earlier one's place."""
    with transaction.atomic():
        rendition, _ = Rendition.objects.update_or_create(
            version=version,
            kind=kind,
            defaults={
                "sha256": stored.sha256,
                "size": stored.size,
                "content_type": content_type,
                "storage_key": stored.key,
                "width": width,
                "height": height,
                "details": details or {},
            },
        )
        rendition.parts.all().delete()
        RenditionPart.objects.bulk_create(
            RenditionPart(
                rendition=rendition,
                name=part.name,
                sha256=part.stored.sha256,
                size=part.stored.size,
                content_type=part.content_type,
                storage_key=part.stored.key,
            )
            for part in parts
        )
    return rendition
