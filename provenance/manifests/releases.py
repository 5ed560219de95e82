"""The released file: an approved master with a second manifest, signed by the reviewer's certificate."""

from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dam.audit import trail
from dam.catalog import versions
from dam.catalog.models import Approval, Rendition, RenditionKind, Version
from dam.core import events, storage
from dam.media import runner, sniffer
from provenance.manifests import records, signing, verify
from provenance.manifests.claims import NamedModel, ReleaseFacts, StageFacts
from provenance.manifests.models import ManifestRecord
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State
from provenance.models import Review
from provenance.review.states import DecisionKind, ReviewState

SUFFIXES = {kind.content_type: kind.suffix for kind in (sniffer.MP4, sniffer.QUICKTIME)}


class NotApproved(Exception):
    """The version is not approved (any more), so nothing was signed."""


class MasterChanged(Exception):
    """The stored master is not the file that was reviewed, or its own credentials do not hold."""


def make(version_id: UUID | str) -> Rendition:
    """Sign the release of an approved version, verify it, store it, and keep its report.

    Made again for the same review, it returns what is there. Raises NotApproved, MasterChanged, and
    what signing.sign_release raises; nothing is kept then.
    """
    version = Version.objects.select_related("asset", "brand").get(pk=version_id)
    review = _approved_review(version)
    if (ready := _made_for(review)) is not None:
        return ready
    with storage.local_copy(version.storage_key) as master, storage.scratch() as folder:
        _must_be_reviewed(master, review)
        before = verify.check(master)
        if before.state in (State.ALTERED, State.INVALID):
            raise MasterChanged(f"The master's own credentials do not hold. {' '.join(before.reasons)}")
        signed, report, content_type = _sign(master, folder, review=review, before=before)
        stored = storage.put(signed, brand_id=version.brand_id, suffix=signed.suffix)
    with transaction.atomic():
        _must_be_approved(version)
        rendition = versions.keep_rendition(
            version,
            RenditionKind.RELEASE,
            stored,
            content_type=content_type,
            width=version.width,
            height=version.height,
            details={"review": str(review.pk)},
        )
        versions.set_released(version)
        records.keep(version, report, sha256=stored.sha256, rendition=rendition)
        trail.record(
            "release.signed",
            brand=version.brand,
            target=str(version),
            asset_id=version.asset_id,
            data={"review": str(review.pk), "sha256": stored.sha256, "credentials": report.state.value},
        )
        _publish(version)
    return rendition


def note_failure(version_id: UUID | str, reason: str) -> None:
    """Leave word that the release could not be signed, where the asset's page and the trail show it."""
    version = Version.objects.select_related("asset", "brand").get(pk=version_id)
    with transaction.atomic():
        trail.record(
            "release.failed",
            brand=version.brand,
            target=str(version),
            asset_id=version.asset_id,
            data={"version": str(version.pk), "reason": reason[:300]},
        )
        _publish(version)


def _approved_review(version: Version) -> Review:
    found = version.reviews.filter(state=ReviewState.APPROVED).order_by("-closed_at").first()
    if version.approval != Approval.APPROVED or found is None:
        raise NotApproved(f"{version} is not approved.")
    return found


def _made_for(review: Review) -> Rendition | None:
    kept = ManifestRecord.objects.select_related("rendition").filter(
        version_id=review.version_id,
        rendition__kind=RenditionKind.RELEASE,
        rendition__details__review=str(review.pk),
    )
    record = kept.first()
    return record.rendition if record else None


def _must_be_reviewed(master: Path, review: Review) -> None:
    if storage.sha256_of(master) != review.content_sha256:
        raise MasterChanged("The stored master is not the file that was reviewed. Nothing was signed.")


def _must_be_approved(version: Version) -> None:
    """Locked: an approval that is withdrawn meanwhile wins."""
    now = versions.locked(version.pk)
    if now.approval != Approval.APPROVED:
        raise NotApproved(f"The approval of {version} was withdrawn while it was being signed.")


def _sign(master: Path, folder: Path, *, review: Review, before: Report) -> tuple[Path, Report, str]:
    encoded = None if signing.can_carry(master) else folder / "encoded.mp4"
    if encoded is not None:
        runner.transcode_release(master, encoded)
    kind = signing.content_type(encoded or master) or sniffer.MP4.content_type
    signed = folder / f"release{SUFFIXES[kind]}"
    facts = _facts(review, before=before, transcoded=encoded is not None)
    return signed, signing.sign_release(master, out=signed, facts=facts, encoded=encoded), kind


def _facts(review: Review, *, before: Report, transcoded: bool) -> ReleaseFacts:
    decisions = list(review.decisions.filter(kind=DecisionKind.APPROVE).order_by("stage"))
    stages = [
        # The stage names the role; who it was stays in the library's own trail.
        StageFacts(stage=name, role=f"{name}_reviewer", at=decision.decided_at)
        for decision in decisions
        for name in [review.stages[decision.stage]]
    ]
    last = decisions[-1] if decisions else None
    model = before.model if before.ai_generated else None
    return ReleaseFacts(
        title=review.version.asset.title,
        review_id=str(review.pk),
        content_sha256=review.content_sha256,
        organisation=review.brand.name,
        stages=tuple(stages),
        uses=tuple(last.uses) if last else (),
        territories=tuple(last.territories) if last else (),
        valid_until=last.valid_until if last else None,
        at=timezone.now(),
        transcoded=transcoded,
        generated_by=NamedModel(name=model.name, identifier=model.identifier) if model else None,
    )


def _publish(version: Version) -> None:
    events.publish(brand_id=version.brand_id, name=f"version-{version.pk}")
    events.publish(brand_id=version.brand_id, name="library")
