"""Whose signatures lead to somebody trusted, in a reading of the C2PA library. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provenance.manifests import foreign_json, validation_results

DEVELOPMENT_ANCHOR = "Reelproof development CA — not on any trust list"
DEVELOPMENT_ORGANISATION = "Reelproof development CA (not on any trust list)"

CREDENTIAL = "signingCredential."  # what codes about a signer begin with
TRUSTED = f"{CREDENTIAL}trusted"
UNTRUSTED, UNFIT = f"{CREDENTIAL}untrusted", f"{CREDENTIAL}invalid"
STAMPED = "timeStamp.trusted"  # by an authority that is trusted here: anybody can have a clock of his own

# What the names of lists begin with that are for timestamps alone. The library trusts signers by them, too.
STAMPS_ALONE = "urn:reelproof:time-stamps:"

# What a certificate that signs content is for: email, documents or C2PA claims, and not timestamps or OCSP.
MAY_SIGN = frozenset({"1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1"})
MAY_NOT_SIGN = frozenset({"1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"})

_TRUSTED_BY = re.compile(r"found in \[(.*)\] trust anchors")
_LABEL = re.compile(r"self#jumbf=/?c2pa/([^/]+)")


def label_in(url: object) -> str:
    """The label of the manifest that an address in a manifest store leads into; empty when it names none."""
    found = _LABEL.search(str(url or ""))
    return found.group(1) if found else ""


def trusted_by(store: Mapping[str, Any], anchors: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(manifest label, name of the anchor that gave it trust) for each signer found trusted just now."""
    for label, explanation in _succeeded(_results(store), TRUSTED):
        anchor = _TRUSTED_BY.search(explanation)
        name = anchor.group(1) if anchor else ""
        if not name.startswith(STAMPS_ALONE):
            yield label, anchors.get(name, name)


def stamped(store: Mapping[str, Any]) -> Iterator[str]:
    """Labels of manifests whose time-stamp was found to be of a trusted authority just now."""
    return (label for label, _ in _succeeded(_results(store), STAMPED))


def recorded(ingredients: Sequence[Mapping[str, Any]], code: str) -> Iterator[str]:
    """Labels of manifests that had this code, TRUSTED or STAMPED, when they were used, as the user of them
    writes.

    What the library finds now and was recorded then it does not tell again. So this is to be believed
    of somebody trusted, whose word the library has compared with what it found.
    """
    for ingredient in ingredients:
        for label, words in _succeeded(foreign_json.mapping(ingredient.get("validation_results")), code):
            if code != TRUSTED or f"[{STAMPS_ALONE}" not in words:
                yield label


def _results(store: Mapping[str, Any]) -> Mapping[str, Any]:
    return foreign_json.mapping(store.get("validation_results"))


def _succeeded(results: Mapping[str, Any], code: str) -> Iterator[tuple[str, str]]:
    """(manifest label, explanation) of each success with this code, in the active manifest and the others."""
    for lists in validation_results.of_all(results):
        for entry in validation_results.entries(lists, "success"):
            label = label_in(entry.get("url"))
            if entry.get("code") == code and label:
                yield label, str(entry.get("explanation", ""))
