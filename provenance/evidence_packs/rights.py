"""What the clip may be used for, and the same of everything it was made from, with consents and licences."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import Q

from dam.catalog.models import Version
from dam.rights import making, terms
from dam.rights.model_licences import records
from dam.rights.model_licences.models import MadeWith, ModelReading, ModelRecord
from dam.rights.models import Consent, ConsentLink, MadeFrom, RightsRecord
from provenance.evidence_packs import approvals
from provenance.evidence_packs.archive import Archive, moment, suffix_of
from provenance.evidence_packs.subject import Subject
from provenance.review import disclosing

STATED = ("licence", "rights_holder", "credit_line", "exclusivity", "channels", "audience", "restriction")
GONE = "A source that was deleted for good. It stops whatever was made from it."


def add(archive: Archive, subject: Subject) -> dict[str, Any]:
    """Write both sections; {"own", "inputs", "models"} for the summary."""
    own = subject.version
    rows = {own.pk: own, **_sources(own)}
    edges = list(
        MadeFrom.objects.filter(version__in=rows).select_related("recorded_by").order_by("recorded_at", "pk")
    )
    consents = _consents(archive, subject, rows)
    told = {
        "own": _terms(own, subject, consents),
        "made_from": [_edge(each, subject) for each in edges],
        "inputs": [_terms(row, subject, consents) for key, row in rows.items() if key != own.pk],
    }
    archive.add_json(
        "rights/rights.json", told, about="Terms of the clip, of every input, and what these leave of them"
    )
    models = _models(subject, rows)
    archive.add_json(
        "models/models.json", models, about="Models that made it, their licences, and what was read in them"
    )
    return {**told, "models": models["models"]}


def _sources(version: Version) -> dict[UUID, Version]:
    """All that it was made from, at any remove."""
    keys = making.all_sources(version.pk)
    rows = Version.objects.filter(pk__in=keys).select_related("asset", "rights", "inherited", "created_by")
    return {row.pk: row for row in rows.order_by("created_at", "pk")}


def _edge(row: MadeFrom, subject: Subject) -> dict[str, Any]:
    return {
        "version": str(row.version_id),
        "source": str(row.source_id) if row.source_id else None,
        "relation": row.relation,
        "recorded_at": moment(row.recorded_at),
        "recorded_by": subject.people.named(row.recorded_by),
        "note": "" if row.source_id else GONE,
    }


def _terms(
    version: Version, subject: Subject, consents: Mapping[UUID, list[dict[str, Any]]]
) -> dict[str, Any]:
    rights: RightsRecord | None = getattr(version, "rights", None)
    known = terms.of(version)
    return {
        "version": str(version.pk),
        "clip": str(version.asset_id),
        "title": version.asset.title,
        "number": version.number,
        "sha256": version.sha256,
        "origin": version.origin,
        "made_by": subject.people.named(version.created_by),
        "in_trash_since": moment(version.asset.trashed_at),
        "approval": known.approval,
        "content_credentials": known.credentials,
        "uses": list(known.uses),
        "territories": list(known.territories),
        "embargo_until": moment(known.embargo_until),
        "valid_until": moment(known.valid_until),
        "consents_until": moment(known.consents_until),
        "stated": {name: getattr(rights, name) if rights else "" for name in STATED},
        "stated_at": moment(rights.updated_at) if rights else None,
        "inherited": _inherited(version),
        "consents": consents.get(version.pk, []),
    }


def _inherited(version: Version) -> dict[str, Any] | None:
    """What is left of its terms by all that it was made from; None: nothing narrows them."""
    kept = terms.of(version).inherited
    if kept is None:
        return None
    return {
        "stopped": kept.stopped,
        "uses": kept.uses,
        "territories": kept.territories,
        "embargo_until": moment(kept.embargo_until),
        "valid_until": moment(kept.valid_until),
    }


def _consents(
    archive: Archive, subject: Subject, versions: Collection[UUID]
) -> dict[UUID, list[dict[str, Any]]]:
    """By version; a document that several need is in the pack once."""
    links = ConsentLink.objects.filter(version__in=versions).order_by("consent_id", "version_id")
    links = links.select_related("consent__added_by", "consent__withdrawn_by")
    told: dict[int, dict[str, Any]] = {}
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for link in links:
        if link.consent_id not in told:
            told[link.consent_id] = _consent(archive, subject, link.consent)
        found[link.version_id].append(told[link.consent_id])
    return found


def _consent(archive: Archive, subject: Subject, row: Consent) -> dict[str, Any]:
    told = {
        "number": row.pk,
        "kind": row.kind,
        "name": row.name,
        "covers": row.covers,
        "until": moment(row.until),
        "added_at": moment(row.added_at),
        "added_by": subject.people.named(row.added_by),
        "withdrawn_at": moment(row.withdrawn_at),
        "withdrawn_by": subject.people.named(row.withdrawn_by),
        "withdrawn_reason": row.withdrawn_reason,
        "personal_data_removed_at": moment(row.forgotten_at),
        "document": None,
    }
    if row.storage_key:
        name = f"rights/documents/{row.pk:06}{suffix_of(row.filename)}"
        about = "Document of a consent or licence"
        document = approvals.document(archive, name, key=row.storage_key, about=about)
        told["document"] = {**document, "filename": row.filename}
    return told


def _models(subject: Subject, versions: Mapping[UUID, Version]) -> dict[str, Any]:
    made: dict[int, list[str]] = defaultdict(list)
    for version, model in (
        MadeWith.objects.filter(version__in=versions).order_by("pk").values_list("version_id", "model_id")
    ):
        made[model].append(str(version))
    rows = ModelRecord.objects.filter(pk__in=made).order_by("pk")
    readings: dict[int, list[ModelReading]] = defaultdict(list)
    whose = Q(brand=subject.brand) | Q(brand=None)
    for reading in (
        ModelReading.objects.filter(whose, model__in=made)
        .select_related("by", "ended_by")
        .order_by("at", "pk")
    ):
        readings[reading.model_id].append(reading)
    told = [_model(row, made[row.pk], readings[row.pk], subject) for row in rows]
    return {
        "models": told,
        "note": "" if told else "None recorded: no model of this installation made the clip or its inputs.",
    }


def _model(
    row: ModelRecord, versions: list[str], readings: Iterable[ModelReading], subject: Subject
) -> dict[str, Any]:
    answer = records.answer_of(row, subject.brand)
    known = answer.terms
    return {
        "name": str(row),
        "made": versions,
        "card": {
            "name": row.name,
            "version": row.version,
            "family": row.family,
            "weights_sha256": row.weights_sha256,
            "source": row.source,
            "revision": row.revision,
            "licence": row.licence,
            "training": row.training,
            "first_seen_at": moment(row.first_seen_at),
        },
        "licence": {**asdict(known), "read": known.read.isoformat(), "condition": known.condition}
        if known
        else None,
        "verdict": {
            "standing": answer.verdict.standing.value,
            "reasons": list(answer.verdict.reasons),
            "left_out": list(answer.verdict.left_out),
        },
        "readings": [
            {
                "for": "this brand" if each.brand_id else "every brand",
                "cleared": each.cleared,
                "everywhere": each.everywhere,
                "note": each.note,
                "at": moment(each.at),
                "by": subject.people.named(each.by),
                "ended_at": moment(each.ended_at),
                "ended_by": subject.people.named(each.ended_by),
            }
            for each in readings
        ],
    }


def disclosure(subject: Subject) -> dict[str, Any] | None:
    """What was answered about how the clip is disclosed, and what was waived; None: nobody was asked."""
    kept = disclosing.of(subject.version)
    if kept is None:
        return None
    return {
        "answers": {
            name: {"question": str(words), "answer": getattr(kept.disclosed, name)}
            for name, words in disclosing.QUESTIONS.items()
        },
        "answered_at": moment(kept.at),
        "answered_by": subject.people.named(kept.by),
        "waived": [
            {
                "rule": each.rule.key,
                "reason": each.reason,
                "at": moment(each.at),
                "by": subject.people.named(each.by),
            }
            for each in kept.waivers
        ],
    }
