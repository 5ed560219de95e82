"""The released file: which it is, under which terms it was released, and how it stands today."""

from typing import Any

from django.db.models import Q

from dam.catalog.models import Version
from dam.rights import policy, terms
from dam.rights.policy import Use
from provenance.evidence_packs.archive import moment
from provenance.evidence_packs.subject import Subject
from provenance.manifests.models import ManifestRecord
from provenance.recalls.models import Recall
from provenance.releases import known
from provenance.releases.models import Release, ReleaseTimestamp

STANDINGS = {
    known.Standing.CLEARED: "It may be used within its terms.",
    known.Standing.WITHDRAWN: "Its approval was withdrawn: it must not be used.",
    known.Standing.SUPERSEDED: "A later release took its place.",
    known.Standing.REMOVED: "The clip was removed from the library: it must not be used.",
    known.Standing.EMBARGO: "It must not be used before its embargo ends.",
    known.Standing.ENDED: "Its clearance has ended: it must not be used.",
    known.Standing.STOPPED: "Something it was made from may not be used: it must not be used.",
}


def told(subject: Subject) -> dict[str, Any]:
    """{brand, clip, version, release, status, releases}."""
    return {
        "brand": {"name": subject.brand.name, "key": subject.brand.slug, "number": subject.brand.pk},
        "clip": {
            "id": str(subject.asset.pk),
            "title": subject.asset.title,
            "created_at": moment(subject.asset.created_at),
        },
        "version": version(subject.version, subject),
        "release": release(subject.release),
        "status": status(subject),
        "releases": [
            release(each) for each in Release.objects.filter(asset=subject.asset).order_by("pk").iterator()
        ],
    }


def version(row: Version, subject: Subject) -> dict[str, Any]:
    """Reads `created_by`."""
    return {
        "id": str(row.pk),
        "number": row.number,
        "sha256": row.sha256,
        "size": row.size,
        "content_type": row.content_type,
        "filename": row.filename,
        "kind": row.kind,
        "width": row.width,
        "height": row.height,
        "duration_ms": row.duration_ms,
        "origin": row.origin,
        "declared_origin": row.declared_origin,
        "created_at": moment(row.created_at),
        "created_by": subject.people.named(row.created_by),
    }


def release(row: Release) -> dict[str, Any]:
    return {
        "number": row.pk,
        "state": row.state,
        "reason": row.reason,
        "sha256": row.sha256,
        "size": row.size,
        "content_type": row.content_type,
        "pictures_sha256": row.pictures_sha256,
        "master_sha256": row.master_sha256,
        "review": str(row.review_id),
        "uses": row.uses,
        "territories": row.territories,
        "valid_until": moment(row.valid_until),
        "approved_at": moment(row.created_at),
        "signed_at": moment(row.signed_at),
        "ended_at": moment(row.ended_at),
    }


def status(subject: Subject) -> dict[str, Any]:
    """How it stands at the moment of the pack, and what the rights policy says of each use."""
    standing = known.of(subject.release, at=subject.at)
    now = terms.of(subject.version)
    verdicts = {use.value: policy.decide(now, use=use, at=subject.at) for use in Use}
    return {
        "at": moment(subject.at),
        "standing": standing.standing.value,
        "sentence": STANDINGS[standing.standing],
        "approval": subject.version.approval,
        "under_legal_hold_since": moment(subject.asset.held_at),
        "valid_until": moment(standing.valid_until),
        "embargo_until": moment(standing.embargo_until),
        "policy": {
            use: {"allowed": verdict.allowed, "reasons": list(verdict.reasons)}
            for use, verdict in verdicts.items()
        },
        "open_recalls": Recall.objects.filter(Q(lifted_at=None), version=subject.version).count(),
    }


def timestamp(subject: Subject) -> ReleaseTimestamp | None:
    return ReleaseTimestamp.objects.filter(release=subject.release, response__isnull=False).first()


def record(subject: Subject) -> ManifestRecord | None:
    """What was read of the file when it was signed."""
    return ManifestRecord.objects.filter(release=subject.release).first()
