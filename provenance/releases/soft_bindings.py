"""Which manifests do a watermark or a file lead to? What C2PA's Soft Binding Resolution API answers.

Only of what the verify page is sure of, and never of what it warns of: of releases that stand or were
replaced, and were cleared for more than internal use. No manifest that names people is given out, and none
with manifests of others in it, whatever they may say: it stands in the file itself.
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dam.catalog.models import AssetKind
from dam.core import storage
from provenance.manifests import claims
from provenance.manifests.models import NEWEST, ManifestRecord
from provenance.releases import known, watermarked
from provenance.releases.known import Standing
from provenance.releases.models import Release

TOLD = (Standing.CLEARED, Standing.SUPERSEDED)
LARGEST = 16 * 1024**2  # bytes of a manifest store
MOST_BOXES = 16  # of a film's outermost ones: ours stands before the pictures
_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_PURPOSE = b"\0\0\0\0manifest\0"  # version and flags, then what the box is for
_OFFSET = 8  # bytes after it: of a Merkle tree, which a film in one file has none of


@dataclass(frozen=True)
class Match:
    """A manifest, and 100 for the very file or its pictures; None where its watermark says so."""

    manifest: str
    score: int | None = None


def by_watermark(identifier: int, *, at: datetime) -> list[Match]:
    release = watermarked.of(identifier)
    return matches([(release.pk, None)], at=at) if release else []


def matches(found: Iterable[tuple[int, int | None]], *, at: datetime) -> list[Match]:
    """Of releases and their scores those whose manifest may be told, in the same order."""
    given = dict(found)
    records = _records().filter(release_id__in=given).in_bulk(field_name="release_id")
    return [
        Match(_label(records[key]), score)
        for key, score in given.items()
        if key in records and _may_be_told(records[key], at=at)
    ]


def manifest_store(label: str, *, at: datetime) -> bytes | None:
    """The manifest of that name with those that it was made from, as they stand in the release's file."""
    record = _records().alias(newest=NEWEST).filter(newest=label).first()
    if record is None or record.release is None or not _may_be_told(record, at=at):
        return None
    try:
        return _in_film(record.release.storage_key, size=record.release.size or 0)
    except FileNotFoundError:
        return None


def _records() -> QuerySet[ManifestRecord]:
    rows = ManifestRecord.objects.filter(release__signed_at__isnull=False)
    return rows.select_related(
        "release__brand", "release__asset", "release__version__rights", "release__version__inherited"
    )


def _label(record: ManifestRecord) -> str:
    return str((record.report.get("raw") or {}).get("active_manifest") or "")


def _may_be_told(record: ManifestRecord, *, at: datetime) -> bool:
    release: Release | None = record.release
    if release is None or release.version.kind != AssetKind.VIDEO or not _label(record):
        return False
    reviews = [each["review"] for each in record.report.get("manifests", ()) if each.get("review")]
    if any(stage.get("name") for review in reviews for stage in review["stages"]):
        return False
    if not _ours_alone(record.report):
        return False
    stands = known.of(release, at=at)
    if stands.standing not in TOLD or stands.held_back or release.asset.trashed_at is not None:
        return False
    return not stands.under_embargo


def _ours_alone(report: Mapping[str, Any]) -> bool:
    """Whether each manifest in the store was made by Reelproof and signed by somebody trusted here."""
    ours = {
        each["label"]
        for each in report["manifests"]
        if each.get("trusted") and each["claim_generator"].startswith(f"{claims.PRODUCT} ")
    }
    return set(report["raw"]["manifests"]) <= ours


def _in_film(key: str, *, size: int) -> bytes | None:
    """What the box of an MP4 or a QuickTime file holds, without reading the rest of it."""
    place = 0
    for _box in range(MOST_BOXES):
        head = _read(key, place, min(size, place + 32))
        if len(head) < 8:
            return None
        length, kind = struct.unpack(">I4s", head[:8])
        inside = 8
        if length == 1 and len(head) >= 16:
            length, inside = struct.unpack(">Q", head[8:16])[0], 16
        if kind == b"uuid" and head[inside : inside + 16] == _UUID and inside < length <= LARGEST:
            held = _read(key, place + inside + 16, place + length)
            return held[len(_PURPOSE) + _OFFSET :] if held.startswith(_PURPOSE) else None
        if length < inside:
            return None
        place += length
    return None


def _read(key: str, start: int, stop: int) -> bytes:
    if stop <= start:
        return b""
    with storage.open_file(key, start=start, stop=stop) as file:
        return file.read(stop - start)
