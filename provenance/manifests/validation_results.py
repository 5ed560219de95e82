"""The lists in which the C2PA library, or who used an ingredient, tells what validating found. Pure.

Each is a mapping of success, informational and failure: one of the active manifest, one of each ingredient.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from provenance.manifests import foreign_json

Entry = Mapping[str, Any]  # code, url, explanation


def of_active(results: Mapping[str, Any]) -> Mapping[str, Any]:
    return foreign_json.mapping(results.get("activeManifest"))


def of_ingredients(results: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for delta in foreign_json.mappings(results.get("ingredientDeltas")):
        yield foreign_json.mapping(delta.get("validationDeltas"))


def of_all(results: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield of_active(results)
    yield from of_ingredients(results)


def entries(lists: Mapping[str, Any], *kinds: str) -> Iterator[Entry]:
    for kind in kinds:
        yield from foreign_json.mappings(lists.get(kind))
