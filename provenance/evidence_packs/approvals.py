"""Who decided what: reviews with their decisions and checklists, and the ledger that holds them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Prefetch

from dam.core import storage
from provenance.evidence_packs.archive import Archive, moment, suffix_of
from provenance.evidence_packs.subject import Subject
from provenance.review import ledger
from provenance.review.models import Decision, EvidenceFile, LedgerEntry, Review

FORMAT = "reelproof-ledger-extract/1"
MISSING = "The document is missing from storage."


def add(archive: Archive, subject: Subject) -> list[dict[str, Any]]:
    """Write the section; its reviews, oldest first, for the summary."""
    documents = _add_documents(archive, subject)
    decisions = Decision.objects.select_related("decided_by", "for_person").order_by("stage", "pk")
    rows = (
        Review.objects.filter(version=subject.version)
        .select_related("submitted_by", "template")
        .prefetch_related(Prefetch("decisions", queryset=decisions))
        .order_by("submitted_at", "pk")
    )
    entries = _entries(subject)
    told = [_review(each, subject, documents, entries) for each in rows]
    archive.add_json(
        "decisions/decisions.json", {"reviews": told}, about="Reviews, decisions, checklists and evidence"
    )
    archive.add_lines(
        "ledger/extract.jsonl",
        _extract(subject),
        about="The ledger: this clip's entries whole, of the others the links of the chain",
    )
    return told


def _review(
    review: Review,
    subject: Subject,
    documents: Mapping[str, dict[str, Any]],
    entries: Mapping[tuple[Any, int, int], LedgerEntry],
) -> dict[str, Any]:
    return {
        "id": str(review.pk),
        "of_this_release": review.pk == subject.release.review_id,
        "state": review.state,
        "content_sha256": review.content_sha256,
        "submitted_at": moment(review.submitted_at),
        "submitted_by": subject.people.named(review.submitted_by),
        "note": review.note,
        "closed_at": moment(review.closed_at),
        "stages": [{"kind": each.kind, "title": each.title} for each in review.planned],
        "template": str(review.template) if review.template else None,
        "decisions": [
            _decision(each, review, subject, documents, entries) for each in review.decisions.all()
        ],
    }


def _decision(
    decision: Decision,
    review: Review,
    subject: Subject,
    documents: Mapping[str, dict[str, Any]],
    entries: Mapping[tuple[Any, int, int], LedgerEntry],
) -> dict[str, Any]:
    """As its entry in the ledger has it, with who decided and the documents."""
    entry = entries.get((review.pk, decision.stage, decision.decided_by_id))
    record = json.loads(entry.record) if entry else {}
    facts = ledger.of_decision(decision, review, by=None)
    given = [line["document"]["file"] for line in decision.checklist if line.get("document")]
    return {
        **facts,
        "by": subject.people.named(decision.decided_by),
        **({"for": subject.people.named(decision.for_person)} if decision.for_person else {}),
        "role": record.get("role", ""),
        "signed_in": record.get("signed_in", ""),
        "watched": record.get("watched"),
        "earlier_comments": record.get("earlier_comments"),
        "lookalikes": record.get("lookalikes"),
        "documents": [documents.get(key, {"problem": MISSING}) for key in given],
        "ledger": {"entry": entry.sequence, "sha256": entry.hash} if entry else None,
    }


def _entries(subject: Subject) -> dict[tuple[Any, int, int], LedgerEntry]:
    """By review, stage and who decided."""
    rows = LedgerEntry.objects.filter(brand=subject.brand, version_id=subject.version.pk).order_by("sequence")
    return {(row.review_id, *place): row for row in rows if (place := ledger.place(json.loads(row.record)))}


def _extract(subject: Subject) -> Iterator[dict[str, Any]]:
    """The brand's chain from this clip's first entry on. Who has the whole ledger can lay it beside this."""
    rows = LedgerEntry.objects.filter(brand=subject.brand)
    first = rows.filter(version_id=subject.version.pk).order_by("sequence").first()
    yield {
        "format": FORMAT,
        "brand": subject.brand.pk,
        "name": subject.brand.name,
        "version": str(subject.version.pk),
        "hash": "SHA-256 over previous, brand, sequence and record, each in a line (\\n between them)",
    }
    lines, head = 0, ledger.GENESIS
    if first is not None:
        chain = rows.filter(sequence__gte=first.sequence).order_by("sequence")
        for row in chain.iterator():
            entry = {"sequence": row.sequence, "previous": row.previous_hash, "hash": row.hash}
            yield entry | ({"record": row.record} if row.version_id == subject.version.pk else {})
            lines, head = lines + 1, row.hash
    yield {"lines": lines, "head": head}


def _add_documents(archive: Archive, subject: Subject) -> dict[str, dict[str, Any]]:
    """The evidence behind checklists, by its key."""
    rows = EvidenceFile.objects.filter(version=subject.version, decision__isnull=False).order_by(
        "created_at", "pk"
    )
    told = {}
    for number, row in enumerate(rows, 1):
        name = f"decisions/documents/{number:04}{suffix_of(row.filename)}"
        told[str(row.pk)] = document(
            archive, name, key=row.storage_key, about="Evidence behind an answer of a checklist"
        ) | {"filename": row.filename, "question": row.question, "decision": row.decision_id}
    return told


def document(archive: Archive, name: str, *, key: str, about: str) -> dict[str, Any]:
    """Add a stored document: {"file", "sha256"}, or why it isn't there."""
    try:
        file = storage.open_file(key)
    except FileNotFoundError:
        return {"problem": MISSING}
    with file:
        entry = archive.add_file(name, file, about=about)
    return {"file": entry.name, "sha256": entry.sha256, "size": entry.size}
