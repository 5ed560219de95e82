"""What is taken out of a master's manifests when it is released, as addresses in its manifest store. Pure.

A redaction in C2PA's sense: the assertion goes, its place in the claim of that time stays, and whoever signs
now says that it was taken out and why. Actions and hashes can't be.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.manifests import foreign_json
from provenance.manifests.claims import DISCLOSE_HASH, GENERATION_LABEL, PROMPT_TYPE
from provenance.manifests.manifest_summary import ManifestSummary
from provenance.manifests.report import Report

TYPED = "typed_prompt"  # words in our assertion on how a take was made


def of_prompts(report: Report) -> tuple[str, ...]:
    """The assertions that hold the words of a prompt, in all manifests of the file; hashes stay.

    Every prompt counts as words where the report doesn't tell that its manifest keeps a hash alone: others
    write theirs in forms that nothing of can be told.
    """
    told = {manifest.label: manifest for manifest in report.chain}
    found: list[str] = []
    for label, manifest in foreign_json.mapping(report.raw.get("manifests")).items():
        hashed = label in told and _is_hash(told[label])
        found += _of(str(label), foreign_json.mapping(manifest), in_words=not hashed)
    return tuple(dict.fromkeys(found))


def _is_hash(manifest: ManifestSummary) -> bool:
    return not manifest.prompt and manifest.generation.get("prompt_disclosure") == DISCLOSE_HASH


def _of(label: str, manifest: Mapping[str, Any], *, in_words: bool) -> Iterator[str]:
    place = f"self#jumbf=/c2pa/{label}/c2pa.assertions/"
    for ingredient in foreign_json.mappings(manifest.get("ingredients")):
        kinds = {each.get("type") for each in foreign_json.mappings(ingredient.get("data_types"))}
        address = str(foreign_json.mapping(ingredient.get("data")).get("identifier") or "")
        if in_words and PROMPT_TYPE in kinds and address.startswith(place):
            yield address
    for assertion in foreign_json.mappings(manifest.get("assertions")):
        name, data = str(assertion.get("label") or ""), foreign_json.mapping(assertion.get("data"))
        if name.split("__")[0] == GENERATION_LABEL and TYPED in data:
            yield place + name
