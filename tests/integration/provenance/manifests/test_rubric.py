"""One file of every kind that is signed here keeps the rules of the conformance program (tests/rubric.py)."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import media_factory, rubric
from tests.signed_kinds import MAKERS, generated, release


@pytest.mark.parametrize("kind", MAKERS)
def test_a_file_of_this_kind_keeps_every_rule(kind: str, plain: Path, tmp_path: Path) -> None:
    assert rubric.broken(MAKERS[kind](plain, tmp_path)) == []


BREAKING: dict[str, Callable[[dict[str, Any]], object]] = {
    "mandatory_dst_for_perceptible_transformations": lambda m: actions(m).append({"action": "c2pa.cropped"}),
    "mandatory_spec_version": lambda m: info(m).pop("specVersion"),
    "mandatory_all_actions_included": lambda m: m["assertions"]["c2pa.actions.v2"].pop("allActionsIncluded"),
    "no_dst_for_opened_action": lambda m: actions(m)[0].update(digitalSourceType="x"),
    "well_formed_and_valid": lambda m: m["validationResults"]["failure"].append({"code": "x"}),
    "inception_action_position": lambda m: actions(m).reverse(),
    "no_deprecated_assertions": lambda m: m["assertions"].update({"stds.exif": {}}),
    "no_unsupported_assertions": lambda m: m["assertions"].update({"c2pa.invented": {}}),
    "no_deprecated_actions": lambda m: actions(m).append({"action": "c2pa.saved", "digitalSourceType": "x"}),
    "no_unsupported_actions": lambda m: actions(m).append({"action": "c2pa.new", "digitalSourceType": "x"}),
    "no_unrecognized_custom_names": lambda m: m["assertions"].update({"invented": {}}),
    "discouraged_legacy_action_parameters": lambda m: actions(m)[0]["parameters"].update(description="x"),
    "active_manifest_urn": lambda m: m.update(label="urn:uuid:1"),
    "review_ratings_datasource": lambda m: m["assertions"].update(
        {"a.b": {"reviewRatings": [], "dataSource": {"type": "humanEntry.anonymous"}}}
    ),
    "ingredient_v3_results_with_manifest_alone": lambda m: parent(m).pop("validationResults"),
    "ingredient_relationship_values": lambda m: parent(m).update(relationship="cousinOf"),
    "mandatory_dst_for_created_action": lambda m: actions(m).append({"action": "c2pa.created"}),
    "no_deprecated_claim_fields": lambda m: m["claim.v2"].update(specVersion="2.4"),
    "ingredient_v3_choice": lambda m: parent(m).update(digitalSourceType="x"),
    "alternative_content_representation_choice": lambda m: m["assertions"].update(
        {"a.b": {"parameters": {"type": "exif.originalPreservationImage"}}}
    ),
    "forbidden_labels_in_external_references": lambda m: m["assertions"].update(
        {"a.b": {"url": "x", "label": "c2pa.hash.data"}}
    ),
    "no_url_in_hashes": lambda m: m["assertions"]["c2pa.hash.bmff.v3"].update(url="x"),
    "all_actions_included_opened": lambda m: m["assertions"]["c2pa.actions.v2"].update(
        actions=actions(m)[:1], allActionsIncluded=False
    ),
    "opened_action_ingredient_reference": lambda m: actions(m)[0].pop("parameters"),
    "no_box_hash_for_tiff": lambda m: m["assertions"].update(
        {"c2pa.hash.boxes": {}, "c2pa.asset-type.v2": {"dc:format": "image/tiff"}}
    ),
}


def actions(manifest: dict[str, Any]) -> list[Any]:
    found: list[Any] = manifest["assertions"]["c2pa.actions.v2"]["actions"]
    return found


def info(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["claim.v2"]["claim_generator_info"]
    return found


def parent(manifest: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in manifest["assertions"].values() if each.get("relationship") == "parentOf")


@pytest.fixture(scope="module")
def sound_manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("rubric")
    with override_settings(SIGNING_DIR=folder / "signing"):
        clip = generated(media_factory.clip(folder / "plain.mp4"), folder / "clip.mp4")
        return dict(rubric.newest(release(clip, folder / "out.mp4")))


def test_every_rule_is_tried() -> None:
    assert set(BREAKING) == set(rubric.RULES)


@pytest.mark.parametrize("name", BREAKING)
def test_a_manifest_that_breaks_a_rule_is_found_out(name: str, sound_manifest: dict[str, Any]) -> None:
    worse = copy.deepcopy(sound_manifest)
    assert rubric.broken_by(worse) == []
    BREAKING[name](worse)
    assert name in rubric.broken_by(worse)
