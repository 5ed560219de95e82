"""Whose signatures lead to somebody trusted, in a reading of the C2PA library. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.manifests import foreign_json

DEVELOPMENT_ANCHOR = "Reelproof development CA — not on any trust list"
DEVELOPMENT_ORGANISATION = "Reelproof development CA (not on any trust list)"

CREDENTIAL = "signingCredential."  # what codes about a signer begin with
TRUSTED = f"{CREDENTIAL}trusted"

_TRUSTED_BY = re.compile(r"found in \[(.*)\] trust anchors")
_LABEL = re.compile(r"self#jumbf=/?c2pa/([^/]+)")


def label_in(url: object) -> str:
    """The label of the manifest that an address in a manifest store leads into; empty when it names none."""
    found = _LABEL.search(str(url or ""))
    return found.group(1) if found else ""


def found(store: Mapping[str, Any], anchors: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(manifest label, name of the anchor that gave it trust) for each signer found trusted just now."""
    results = foreign_json.mapping(store.get("validation_results"))
    lists = [foreign_json.mapping(results.get("activeManifest")).get("success")]
    lists += [
        foreign_json.mapping(d.get("validationDeltas")).get("success")
        for d in foreign_json.mappings(results.get("ingredientDeltas"))
    ]
    for entries in lists:
        for entry in foreign_json.mappings(entries):
            label = label_in(entry.get("url"))
            anchor = _TRUSTED_BY.search(str(entry.get("explanation", "")))
            if entry.get("code") == TRUSTED and label:
                name = anchor.group(1) if anchor else ""
                yield label, anchors.get(name, name)


def recorded(ingredients: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Labels of manifests that were trusted when they were used, as the user of them writes.

    What the library finds now and was recorded then it does not tell again. So this is to be believed
    of somebody trusted, whose word the library has compared with what it found.
    """
    for ingredient in ingredients:
        then = foreign_json.mapping(ingredient.get("validation_results"))
        deltas = (
            foreign_json.mapping(d.get("validationDeltas"))
            for d in foreign_json.mappings(then.get("ingredientDeltas"))
        )
        for lists in (foreign_json.mapping(then.get("activeManifest")), *deltas):
            for entry in foreign_json.mappings(lists.get("success")):
                label = label_in(entry.get("url"))
                if entry.get("code") == TRUSTED and label:
                    yield label
