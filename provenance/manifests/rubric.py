"""The rules of C2PA's conformance rubric 0.2 for specification 2.4, in our own words. Pure.

The official one (github.com/c2pa-org/conformance-public, asset-rubrics) is written in an expression language
whose engine is in no registry. Each rule here has its name there, and is a function of a manifest as crJSON
has it. To keep them all is no claim of conformance: the program certifies products.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

NAME = "C2PA conformance program, asset rubric 0.2 for specification 2.4, restated"
SPECIFICATION = ["2", "4"]
INCEPTIONS = {"c2pa.created", "c2pa.opened"}
NOT_EDITORIAL = {
    "c2pa.converted",
    "c2pa.edited.metadata",
    "c2pa.enhanced",
    "c2pa.published",
    "c2pa.redacted",
    "c2pa.repackaged",
    "c2pa.resized.proportional",
    "c2pa.transcoded",
    "c2pa.watermarked.bound",
    "c2pa.watermarked.unbound",
}
ACTIONS = (
    INCEPTIONS
    | NOT_EDITORIAL
    | {
        "c2pa.addedText",
        "c2pa.adjustedColor",
        "c2pa.changedSpeed",
        "c2pa.cropped",
        "c2pa.deleted",
        "c2pa.drawing",
        "c2pa.dubbed",
        "c2pa.edited",
        "c2pa.filtered",
        "c2pa.mastered",
        "c2pa.mixed",
        "c2pa.orientation",
        "c2pa.placed",
        "c2pa.remixed",
        "c2pa.removed",
        "c2pa.resized",
        "c2pa.translated",
        "c2pa.trimmed",
        "c2pa.unknown",
    }
)
OLD_ACTIONS = {f"c2pa.{name}" for name in ("copied", "formatted", "version_updated", "printed", "managed")}
OLD_ACTIONS |= {f"c2pa.{name}" for name in ("produced", "saved", "color_adjustments", "watermarked")}
ASSERTIONS = {
    "c2pa.actions.v2",
    "c2pa.ai-disclosure",
    "c2pa.alternative-content-representation",
    "c2pa.asset-ref",
    "c2pa.asset-type.v2",
    "c2pa.assertion.metadata",
    "c2pa.certificate-status",
    "c2pa.cloud-data",
    "c2pa.depthmap.GDepth",
    "c2pa.embedded-data",
    "c2pa.environmental-sustainability",
    "c2pa.external-reference",
    "c2pa.hash.bmff.v3",
    "c2pa.hash.boxes",
    "c2pa.hash.collection.data",
    "c2pa.hash.data",
    "c2pa.hash.data.part",
    "c2pa.hash.multi-asset",
    "c2pa.icon",
    "c2pa.ingredient.v3",
    "c2pa.metadata",
    "c2pa.repository-receipt",
    "c2pa.session-keys",
    "c2pa.soft-binding",
    "c2pa.thumbnail.claim",
    "c2pa.thumbnail.ingredient",
    "c2pa.time-stamp",
}
OLD_ASSERTIONS = {"c2pa.claim", "c2pa.hash.bmff.v2", "c2pa.asset-type", "c2pa.actions"}
OLD_ASSERTIONS |= {"c2pa.ingredient", "c2pa.ingredient.v2"}
RELATIONS = {"parentOf", "componentOf", "inputTo"}
PARAMETERS = {"redacted", "ingredients", "ingredient", "description", "relatedAssertions", "sourceLanguage"}
PARAMETERS |= {"targetLanguage", "multipleInstances", "ranges", "weight", "width", "italic", "slant"}
NEVER_OUTSIDE = ("c2pa.actions", "c2pa.cloud-data", "c2pa.external-reference", "c2pa.hash", "c2pa.ingredient")

Manifest = Mapping[str, Any]
RULES: dict[str, Callable[[Manifest], bool]] = {}


def broken_by(manifest: Manifest) -> list[str]:
    """The names of the rules that a manifest breaks; what can't be read keeps none of them."""
    return [name for name, holds in RULES.items() if not _keeps(manifest, holds)]


def _keeps(manifest: Manifest, holds: Callable[[Manifest], bool]) -> bool:
    try:
        return holds(manifest)
    except (AttributeError, IndexError, KeyError, TypeError):
        return False


def rule(function: Callable[[Manifest], bool]) -> Callable[[Manifest], bool]:
    RULES[function.__name__] = function
    return function


def _assertions(manifest: Manifest) -> Mapping[str, Any]:
    found: Mapping[str, Any] = manifest.get("assertions", {})
    return found


def _actions(manifest: Manifest) -> list[Mapping[str, Any]]:
    return [each for data in _assertions(manifest).values() for each in data.get("actions", ())]


def _ingredients(manifest: Manifest) -> list[Mapping[str, Any]]:
    return [data for data in _assertions(manifest).values() if data.get("relationship") is not None]


def _labels(manifest: Manifest) -> Iterator[str]:
    for label in _assertions(manifest):
        yield label.split("__")[0]


@rule
def mandatory_dst_for_perceptible_transformations(manifest: Manifest) -> bool:
    exempt = INCEPTIONS | NOT_EDITORIAL | {"c2pa.watermarked", "c2pa.placed"}
    own = [a for a in _actions(manifest) if a["action"].startswith("c2pa.") and a["action"] not in exempt]
    return all(action.get("digitalSourceType") for action in own)


@rule
def mandatory_spec_version(manifest: Manifest) -> bool:
    said = manifest["claim.v2"]["claim_generator_info"].get("specVersion")
    return isinstance(said, str) and said.split(".")[:2] == SPECIFICATION


@rule
def mandatory_all_actions_included(manifest: Manifest) -> bool:
    listed = [data for data in _assertions(manifest).values() if "actions" in data]
    return all(data.get("allActionsIncluded") is not None for data in listed)


@rule
def no_dst_for_opened_action(manifest: Manifest) -> bool:
    return not any(a["action"] == "c2pa.opened" and a.get("digitalSourceType") for a in _actions(manifest))


@rule
def well_formed_and_valid(manifest: Manifest) -> bool:
    """well_formed_* and valid_*: there are results, and no failure among them."""
    failures: list[Any] = manifest.get("validationResults", {}).get("failure", ["missing"])
    return failures == []


@rule
def inception_action_position(manifest: Manifest) -> bool:
    created = [each["url"] for each in manifest["claim.v2"].get("created_assertions", ())]
    first = next((url for url in created if "c2pa.actions" in url), "")
    names = [action["action"] for action in _actions(manifest)]
    return first.endswith("c2pa.actions.v2") and names[:1] != [] and names[0] in INCEPTIONS


@rule
def no_deprecated_assertions(manifest: Manifest) -> bool:
    return not any(label.startswith("stds.") or label in OLD_ASSERTIONS for label in _labels(manifest))


@rule
def no_unsupported_assertions(manifest: Manifest) -> bool:
    own = {label for label in _labels(manifest) if label.startswith("c2pa.")}
    return own <= ASSERTIONS | OLD_ASSERTIONS


@rule
def no_deprecated_actions(manifest: Manifest) -> bool:
    return not any(action["action"] in OLD_ACTIONS for action in _actions(manifest))


@rule
def no_unsupported_actions(manifest: Manifest) -> bool:
    own = {a["action"] for a in _actions(manifest) if a["action"].startswith("c2pa.")}
    return own <= ACTIONS | OLD_ACTIONS


@rule
def no_unrecognized_custom_names(manifest: Manifest) -> bool:
    """no_unrecognized_custom_assertions, _actions and _action_parameters: names of others have a dot."""
    parameters = {name for action in _actions(manifest) for name in action.get("parameters") or {}}
    names = {*_labels(manifest), *(a["action"] for a in _actions(manifest)), *(parameters - PARAMETERS)}
    return all("." in name for name in names)


@rule
def discouraged_legacy_action_parameters(manifest: Manifest) -> bool:
    given = [action.get("parameters") or {} for action in _actions(manifest)]
    return not any("description" in each or "ingredient" in each for each in given)


@rule
def active_manifest_urn(manifest: Manifest) -> bool:
    return str(manifest.get("label", "")).startswith("urn:c2pa:")


@rule
def review_ratings_datasource(manifest: Manifest) -> bool:
    rated = [data for data in _assertions(manifest).values() if data.get("reviewRatings") is not None]
    return not any(str(data.get("dataSource", {}).get("type")).startswith("humanEntry.") for data in rated)


@rule
def ingredient_v3_results_with_manifest_alone(manifest: Manifest) -> bool:
    """ingredient_v3_no_active_manifest and _mandatory_validation_results."""
    return all(("activeManifest" in each) == ("validationResults" in each) for each in _ingredients(manifest))


@rule
def ingredient_relationship_values(manifest: Manifest) -> bool:
    return all(each["relationship"] in RELATIONS for each in _ingredients(manifest))


@rule
def mandatory_dst_for_created_action(manifest: Manifest) -> bool:
    made = [action for action in _actions(manifest) if action["action"] == "c2pa.created"]
    return all(action.get("digitalSourceType") for action in made)


@rule
def no_deprecated_claim_fields(manifest: Manifest) -> bool:
    return "specVersion" not in manifest["claim.v2"]


@rule
def ingredient_v3_choice(manifest: Manifest) -> bool:
    return not any(
        "activeManifest" in each and "digitalSourceType" in each for each in _ingredients(manifest)
    )


@rule
def alternative_content_representation_choice(manifest: Manifest) -> bool:
    others = [data.get("parameters", {}) for data in _assertions(manifest).values()]
    choices = ("multiAssetPartIndex", "embeddedOriginalPreservationImage")
    kept = [each for each in others if each.get("type") == "exif.originalPreservationImage"]
    return all(sum(name in each for name in choices) == 1 for each in kept)


@rule
def forbidden_labels_in_external_references(manifest: Manifest) -> bool:
    elsewhere = [d for d in _assertions(manifest).values() if "url" in d and "relationship" not in d]
    return not any(str(data.get("label", "")).startswith(NEVER_OUTSIDE) for data in elsewhere)


@rule
def no_url_in_hashes(manifest: Manifest) -> bool:
    hashes = ("c2pa.hash.data", "c2pa.hash.bmff.v3")
    return not any("url" in _assertions(manifest).get(label, {}) for label in hashes)


@rule
def all_actions_included_opened(manifest: Manifest) -> bool:
    names: list[str] = [action["action"] for action in _actions(manifest)]
    listed = _assertions(manifest).get("c2pa.actions.v2", {})
    return names != ["c2pa.opened"] or listed.get("allActionsIncluded") is True


@rule
def opened_action_ingredient_reference(manifest: Manifest) -> bool:
    opened = [action for action in _actions(manifest) if action["action"] == "c2pa.opened"]
    return all(len((each.get("parameters") or {}).get("ingredients") or ()) == 1 for each in opened)


@rule
def no_box_hash_for_tiff(manifest: Manifest) -> bool:
    kind = _assertions(manifest).get("c2pa.asset-type.v2", {}).get("dc:format")
    return "c2pa.hash.boxes" not in _assertions(manifest) or kind not in ("image/tiff", "image/x-adobe-dng")
