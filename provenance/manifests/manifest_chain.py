"""The manifests of a file, newest first, out of a reading of the C2PA library. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.manifests import foreign_json, manifest_summary, trust
from provenance.manifests.findings import Finding
from provenance.manifests.manifest_summary import ManifestSummary

LONGEST_CHAIN = 60


def of(
    reading: Mapping[str, Any], findings: Sequence[Finding], anchors: Mapping[str, str]
) -> Iterator[ManifestSummary]:
    """From the active manifest down: parents first, then what else went in. Each once."""
    store, certificates = reading["store"], foreign_json.mapping(reading.get("certificates"))
    manifests = foreign_json.mapping(store.get("manifests"))
    texts = foreign_json.mapping(reading.get("texts"))
    trusted_by = dict(trust.trusted_by(store, anchors))
    stamped = set(trust.stamped(store))
    recorded: set[str] = set()  # manifests of which somebody trusted recorded that they were trusted
    waiting = [(str(store.get("active_manifest")), "active", True)]
    seen: set[str] = set()
    while waiting and len(seen) < LONGEST_CHAIN:
        label, relation, linked = waiting.pop(0)
        if label in seen or label not in manifests:
            continue
        seen.add(label)
        manifest = foreign_json.mapping(manifests[label])
        ingredients = foreign_json.mappings(manifest.get("ingredients"))
        certificate = foreign_json.mapping(certificates.get(label)).get("certificateInfo")
        summary = manifest_summary.of(
            label,
            relation,
            manifest,
            certificate=foreign_json.mapping(certificate),
            trusted=label in trusted_by or label in recorded,
            trusted_by=trusted_by.get(label, ""),
            linked=linked,
            stamped=label in stamped,
            findings=[finding for finding in findings if finding.manifest == label],
            texts=texts,
        )
        yield summary
        if summary.trusted:
            recorded |= set(trust.recorded(ingredients, trust.TRUSTED))
            stamped |= set(trust.recorded(ingredients, trust.STAMPED))
        parents = [i for i in ingredients if i.get("relationship") == "parentOf"]
        others = [i for i in ingredients if i.get("relationship") != "parentOf"]
        waiting = [
            *((str(i.get("active_manifest")), "parentOf", summary.proven) for i in parents),
            *waiting,
            *((str(i.get("active_manifest")), str(i.get("relationship")), summary.proven) for i in others),
        ]
