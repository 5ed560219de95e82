"""One file of every kind that is signed here keeps the rules of the conformance program (tests/rubric.py)."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from provenance.manifests import signing
from provenance.manifests.claims import PresetFacts
from tests import claim_factory, media_factory, rubric, sound_factory


def generated(plain: Path, out: Path, **changes: Any) -> Path:
    signing.sign_generated(plain, out=out, facts=claim_factory.generated(**changes))
    return out


def made_from(plain: Path, out: Path, *, mode: str, **relations: str) -> Path:
    """A clip made from others, of which the first has credentials of its own."""
    sources = [generated(plain, out.with_name("source-0.mp4")), *[plain] * (len(relations) - 1)]
    facts = claim_factory.generated(
        mode=mode, sources=tuple(claim_factory.source(role, each) for role, each in relations.items())
    )
    signing.sign_generated(plain, out=out, facts=facts, sources=sources)
    return out


def release(master: Path, out: Path, *, encoded: Path | None = None, **changes: Any) -> Path:
    facts = claim_factory.release(transcoded=encoded is not None, **changes)
    signing.sign_release(master, out=out, facts=facts, encoded=encoded)
    return out


def preset(plain: Path, out: Path, *changes: str) -> Path:
    parent = release(generated(plain, out.with_name("clip.mp4")), out.with_name("parent.mp4"))
    facts = PresetFacts(
        title="Red kite",
        preset="Square",
        changes=changes,
        at=claim_factory.AT,
        generated_by=claim_factory.MODEL.named,
    )
    encoded = plain
    if out.suffix != ".mp4":
        encoded = out.with_name(f"encoded{out.suffix}")
        Image.new("RGB", (64, 64), "teal").save(encoded)
    signing.sign_preset(encoded, parent=parent, out=out, facts=facts)
    return out


ALL_CHANGES = (
    "c2pa.trimmed",
    "c2pa.cropped",
    "c2pa.resized",
    "c2pa.resized.proportional",
    "c2pa.addedText",
    "c2pa.edited",
    "c2pa.transcoded",
    "c2pa.edited.metadata",
)
MAKERS: dict[str, Callable[[Path, Path], Path]] = {
    "generated": lambda plain, f: generated(plain, f / "out.mp4"),
    "generated, prompt told": lambda plain, f: generated(plain, f / "out.mp4", prompt_disclosure="text"),
    "made from a picture": lambda plain, f: made_from(plain, f / "out.mp4", mode="image", first="inputTo"),
    "extended": lambda plain, f: made_from(plain, f / "out.mp4", mode="extend", source="parentOf"),
    "blended": lambda plain, f: made_from(
        plain, f / "out.mp4", mode="blend", **{"from": "componentOf", "to": "componentOf"}
    ),
    "release": lambda plain, f: release(plain, f / "out.mp4"),
    "release of a generated clip": lambda plain, f: release(
        generated(plain, f / "clip.mp4"), f / "out.mp4", generated_by=claim_factory.MODEL.named
    ),
    "release of a WebM": lambda plain, f: release(
        media_factory.movie(f / "master.webm", codec="libvpx"), f / "out.mp4", encoded=plain
    ),
    "release of a QuickTime": lambda plain, f: release(media_factory.movie(f / "master.mov"), f / "out.mov"),
    "download": lambda plain, f: preset(plain, f / "out.mp4", *ALL_CHANGES),
    **{
        f"download as {kind}": lambda plain, f, kind=kind: preset(  # type: ignore[misc]
            plain, f / f"out.{kind}", "c2pa.trimmed", "c2pa.converted"
        )
        for kind in ("gif", "webp", "avif", "jpg", "png")
    },
    **{
        f"release of a {kind}": lambda plain, f, kind=kind: release(picture(f, kind), f / f"out.{kind}")  # type: ignore[misc]
        for kind in ("png", "jpg", "webp", "avif", "tiff")
    },
    **{
        f"release of a {kind}": lambda plain, f, kind=kind: release(  # type: ignore[misc]
            sound_factory.tone(f / f"master.{kind}"), f / f"out.{kind}"
        )
        for kind in ("wav", "mp3", "m4a")
    },
}


def picture(folder: Path, kind: str) -> Path:
    Image.new("RGB", (64, 64), "teal").save(folder / f"master.{kind}")
    return folder / f"master.{kind}"


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
