"""What left the library: labelled files, and copies that were recalled."""

from collections.abc import Iterator
from typing import Any

from dam.rights import policy, terms
from provenance.downloads.models import PresetFile
from provenance.evidence_packs import rights
from provenance.evidence_packs.archive import Archive, moment
from provenance.evidence_packs.subject import Subject
from provenance.recalls.models import Recall, RecallNotice


def add_labels(archive: Archive, subject: Subject) -> dict[str, Any]:
    """Which labels the law asks for, and the files that carry them."""
    required = policy.requirements(terms.of(subject.version), at=subject.at)
    files = PresetFile.objects.filter(release=subject.release).exclude(sha256="").order_by("finished_at")
    told = {
        "disclosure": rights.disclosure(subject),
        "required": [
            {
                "rule": each.rule.key,
                "place": each.rule.place,
                "law": each.rule.law,
                "source": each.rule.source,
                "label": each.label.said("en") if each.label else None,
                "waived": each.waived,
            }
            for each in required
        ],
        "files": [
            {
                "format": file.preset,
                "labels": file.carries,
                "sha256": file.sha256,
                "size": file.size,
                "content_type": file.content_type,
                "made_at": moment(file.finished_at),
                "recipe": file.recipe,
            }
            for file in files.iterator()
        ],
        "note": "A labelled file is signed with the release as its parent. Its Content Credentials "
        "can be checked, and its SHA-256 against this list.",
    }
    archive.add_json(
        "disclosure/labels.json",
        told,
        about="Answers about disclosure, labels asked for, and files with them",
    )
    return told


def add_recalls(archive: Archive, subject: Subject) -> list[dict[str, Any]]:
    recalls = Recall.objects.filter(version=subject.version).select_related("by", "because_of").order_by("pk")
    told = [
        {
            "number": each.pk,
            "title": each.title,
            "reason": each.reason,
            "at": moment(each.at),
            "by": subject.people.named(each.by),
            "because_of": each.because_of.title if each.because_of else None,
            "clearance_ended_at": moment(each.ended_at),
            "stopped_by_a_source_at": moment(each.stopped_at),
            "lifted_at": moment(each.lifted_at),
        }
        for each in recalls
    ]
    archive.add_json("recalls/recalls.json", {"recalls": told}, about="Recalls of this version")
    archive.add_lines("recalls/copies.jsonl", _copies(subject), about="Who took copies that were recalled")
    return told


def _copies(subject: Subject) -> Iterator[dict[str, Any]]:
    rows = RecallNotice.objects.filter(recall__version=subject.version).select_related("user").order_by("pk")
    for row in rows.iterator():
        yield {
            "recall": row.recall_id,
            "reference": row.reference,
            "person": subject.people.named(row.user),
            "taken": row.taken,
            "confirmed_at": moment(row.confirmed_at),
            "note": row.note,
            "told_by_mail_at": moment(row.mailed_at),
        }
