"""The failures in a reading of the C2PA library, wherever they hide. Pure.

They may be with the active manifest, in what validating an ingredient again found, and in what was recorded
when the ingredient was used.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dam.core import foreign_text
from provenance.manifests import foreign_json, trust, validation_codes, validation_results
from provenance.manifests.validation_codes import State
from provenance.manifests.validation_results import Entry

# What was recorded when an ingredient was used was written by whoever used it. The library leaves out of
# its own findings what is recorded already: these count wherever they are written.
HIDING = ("timeStamp.", "cawg.")


@dataclass(frozen=True)
class Finding:
    """One failure: its code, what it means, where it was found and in which manifest."""

    code: str
    reason: str
    state: State
    where: str  # "active", "ingredient" or "recorded"
    manifest: str


def of(store: Mapping[str, Any]) -> Iterator[Finding]:
    """Failures of all three places, each once."""
    results = foreign_json.mapping(store.get("validation_results"))
    seen: set[tuple[str, str]] = set()
    settled = {
        (entry.get("code"), entry.get("url"))
        for lists in validation_results.of_ingredients(results)
        for entry in validation_results.entries(lists, "success")
    }
    for where, owner, entry in _failures(store, results):
        code, url = str(entry.get("code", "")), str(entry.get("url", ""))
        meaning = validation_codes.meaning(code)
        if meaning is None or (code, url) in seen:
            continue
        # A signer unknown at the time whom we trust now: the fresh look counts.
        if where == "recorded" and code.startswith(trust.CREDENTIAL) and (trust.TRUSTED, url) in settled:
            continue
        seen.add((code, url))
        manifest = trust.label_in(url) or owner
        yield Finding(foreign_text.line(code), meaning.words, meaning.state, where, manifest)


def of_uses(reading: Mapping[str, Any]) -> Iterator[Finding]:
    """Signers with a certificate for something else, which the library takes: for timestamps, for OCSP.

    And those whom the library trusts although nothing could be found out of their certificate.
    """
    if reading.get("uses") is None:
        return
    uses, store = foreign_json.mapping(reading["uses"]), reading["store"]
    trusted = {label for label, _ in trust.trusted_by(store, {})}
    for label in sorted(trusted | uses.keys()):
        known = set(foreign_json.strings(uses.get(label)))
        unfit = bool(known & trust.MAY_NOT_SIGN) or (label in trusted and not known & trust.MAY_SIGN)
        if unfit:
            code = trust.UNFIT if known else trust.UNTRUSTED
            meaning = validation_codes.meaning(code)
            assert meaning is not None
            where = "active" if label == str(store.get("active_manifest")) else "ingredient"
            yield Finding(code, meaning.words, meaning.state, where, label)


def _failures(store: Mapping[str, Any], results: Mapping[str, Any]) -> Iterator[tuple[str, str, Entry]]:
    """(where, the manifest that it is about unless its address names another, what was found)."""
    active = str(store.get("active_manifest"))
    for entry in validation_results.entries(validation_results.of_active(results), "failure"):
        yield "active", active, entry
    for lists in validation_results.of_ingredients(results):
        for entry in validation_results.entries(lists, "failure"):
            yield "ingredient", "", entry
    for manifest in foreign_json.mapping(store.get("manifests")).values():
        for ingredient in foreign_json.mappings(manifest.get("ingredients")):
            owner = str(ingredient.get("active_manifest") or "")
            for entry in _recorded_failures(foreign_json.mapping(ingredient.get("validation_results"))):
                yield "recorded", owner, entry
            for entry in foreign_json.mappings(ingredient.get("validation_status")):  # before claim version 2
                yield "recorded", owner, entry


def _recorded_failures(recorded: Mapping[str, Any]) -> Iterator[Entry]:
    for lists in validation_results.of_all(recorded):
        yield from validation_results.entries(lists, "failure")
        for entry in validation_results.entries(lists, "success", "informational"):
            code = str(entry.get("code", ""))
            if validation_codes.is_failure(code) and not code.startswith(HIDING):
                yield entry
