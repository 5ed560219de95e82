"""What the definitions claim, and what the conformance rubric for specification 2.4 asks of them."""

import base64
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from provenance.manifests import claims
from provenance.manifests.claims import Definition, EmptyFacts
from tests.claim_factory import LEGAL, MODEL, cut, generated, release, source

# Actions that need no digital source type (asset-rubric-conformance0.2-spec2.4.yml).
NON_EDITORIAL = {"c2pa.opened", "c2pa.transcoded", "c2pa.published", "c2pa.placed"}


def data_of(definition: Definition, label: str) -> Any:
    return next(a["data"] for a in definition.manifest["assertions"] if a["label"] == label)


def actions_of(definition: Definition) -> list[Any]:
    return list(data_of(definition, "c2pa.actions.v2")["actions"])


EVERY_KIND = pytest.mark.parametrize(
    "definition",
    [
        claims.generated(generated()),
        claims.generated(generated(prompt_disclosure="text", negative_prompt="blur")),
        claims.generated(generated(mode="image", sources=(source("first", "inputTo"),))),
        claims.generated(generated(mode="extend", sources=(source("source", "parentOf"),))),
        claims.generated(
            generated(mode="blend", sources=(source("from", "componentOf"), source("to", "componentOf")))
        ),
        claims.cut(cut(source("piece-1", "parentOf"), source("sound", "componentOf"))),
        claims.cut(cut(source("piece-1", "componentOf"), source("piece-2", "componentOf"))),
        claims.release(release()),
        claims.release(release(transcoded=True, generated_by=MODEL.named)),
    ],
)


@EVERY_KIND
def test_the_claim_names_the_specification(definition: Definition) -> None:
    (info,) = definition.manifest["claim_generator_info"]
    assert info["specVersion"] == "2.4"
    assert info["version"] == tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]


@EVERY_KIND
def test_the_actions_say_that_none_is_missing(definition: Definition) -> None:
    assert data_of(definition, "c2pa.actions.v2")["allActionsIncluded"] is True


@EVERY_KIND
def test_one_inception_action_comes_first(definition: Definition) -> None:
    names = [action["action"] for action in actions_of(definition)]
    inceptions = [name for name in names if name in ("c2pa.created", "c2pa.opened")]
    assert inceptions == names[:1]


@EVERY_KIND
def test_a_source_type_stands_where_it_must_and_nowhere_else(definition: Definition) -> None:
    for action in actions_of(definition):
        assert ("digitalSourceType" in action) == (action["action"] not in NON_EDITORIAL)


@EVERY_KIND
def test_own_labels_and_actions_have_a_name_space(definition: Definition) -> None:
    labels = [assertion["label"] for assertion in definition.manifest["assertions"]]
    assert all(label.startswith(("c2pa.", "cawg.", "app.reelproof.")) for label in labels)
    assert len(labels) == len(set(labels))


@EVERY_KIND
def test_the_signer_vouches_for_what_it_created(definition: Definition) -> None:
    gathered = [a["label"] for a in definition.manifest["assertions"] if not a.get("created")]
    assert gathered == ["cawg.training-mining"]


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("prohibited", []),
        ("no_training", ["cawg.data_mining"]),
        ("allowed", ["cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining"]),
    ],
)
def test_what_the_brand_allows_machines_is_said(policy: str, allowed: list[str]) -> None:
    for made in (
        claims.generated(generated(data_mining=policy)),
        claims.release(release(data_mining=policy)),
    ):
        entries = data_of(made, "cawg.training-mining")["entries"]
        assert sorted(kind for kind, use in entries.items() if use == {"use": "allowed"}) == allowed
        assert len(entries) == 3


@EVERY_KIND
def test_training_on_it_is_not_allowed(definition: Definition) -> None:
    entries = data_of(definition, "cawg.training-mining")["entries"]
    assert {entry["use"] for entry in entries.values()} == {"notAllowed"}


@EVERY_KIND
def test_the_ingredients_that_actions_name_are_there(definition: Definition) -> None:
    named = {
        label for a in actions_of(definition) for label in a.get("parameters", {}).get("ingredientIds", [])
    }
    given = {each.label for each in definition.inputs} | {each.label for each in definition.sources}
    assert named == given | ({definition.parent} - {None})


def test_a_generated_clip_says_that_a_model_made_it_and_which() -> None:
    definition = claims.generated(generated())
    (created,) = actions_of(definition)
    assert created["digitalSourceType"].endswith("/trainedAlgorithmicMedia")
    assert created["softwareAgent"] == {"name": "previz-dit", "version": "0.1"}
    assert data_of(definition, "c2pa.ai-disclosure")["modelIdentifier"] == f"previz-dit@sha256:{'ab' * 32}"
    assert (
        data_of(definition, "c2pa.ai-disclosure")["contentProfile"]["humanOversightLevel"] == "prompt_guided"
    )


def test_a_generated_clip_can_be_made_again_from_what_it_says() -> None:
    data = data_of(claims.generated(generated()), "app.reelproof.generation")
    assert (data["seed"], data["steps"], data["guidance"], data["weights_sha256"]) == (7, 8, 5.0, "ab" * 32)


def test_the_prompt_is_a_hash_unless_the_brand_shows_it() -> None:
    prompt = generated().prompt
    digest = hashlib.sha256(prompt.encode()).hexdigest()
    for policy in ("hash", "", "anything else"):
        definition = claims.generated(generated(prompt_disclosure=policy))
        assert definition.inputs[0].data == f"sha256:{digest}".encode()
        assert prompt not in json.dumps(definition.manifest)


def test_what_was_typed_is_told_like_the_prompt() -> None:
    typed = "a red kite"
    hidden = data_of(claims.generated(generated(typed_prompt=typed)), claims.GENERATION_LABEL)
    assert hidden["typed_prompt_sha256"] == hashlib.sha256(typed.encode()).hexdigest()
    assert "typed_prompt" not in hidden
    facts = generated(typed_prompt=typed, prompt_disclosure="text")
    assert data_of(claims.generated(facts), claims.GENERATION_LABEL)["typed_prompt"] == typed
    plain = data_of(claims.generated(generated()), claims.GENERATION_LABEL)
    assert not any(name.startswith("typed") for name in plain)


def test_a_brand_that_shows_prompts_has_them_as_an_ingredient() -> None:
    (given,) = claims.generated(generated(prompt_disclosure="text")).inputs
    assert (given.data, given.data_type) == (b"a red kite over the sea", "c2pa.types.generator.prompt")


def test_a_release_carries_the_review() -> None:
    review = data_of(claims.release(release()), "app.reelproof.review")
    assert review == {
        "decision": "approved",
        "review": "c0ffee",
        "content_sha256": "cd" * 32,
        "organisation": "Northwind Drinks",
        "stages": [
            {"stage": "legal", "decision": "approved", "role": "legal_reviewer", "at": "2026-11-22T12:00:00Z"}
        ],
        "uses": ["web", "social"],
        "territories": ["EU"],
        "valid_until": "2027-06-30T00:00:00Z",
    }


def test_a_reviewers_own_name_is_there_only_when_given() -> None:
    named = claims.StageFacts(stage="legal", role="legal_reviewer", at=LEGAL.at, name="Ada")
    stages = data_of(claims.release(release(stages=(LEGAL, named))), "app.reelproof.review")["stages"]
    assert ["name" in stage for stage in stages] == [False, True]


def test_a_release_says_ai_only_of_what_a_model_made() -> None:
    labels = [a["label"] for a in claims.release(release()).manifest["assertions"]]
    assert "c2pa.ai-disclosure" not in labels
    made = data_of(claims.release(release(generated_by=MODEL.named)), "c2pa.ai-disclosure")
    assert made["contentProfile"]["humanOversightLevel"] == "human_validated"


def test_a_release_that_was_encoded_again_says_so() -> None:
    names = [action["action"] for action in actions_of(claims.release(release(transcoded=True)))]
    assert names == ["c2pa.opened", "c2pa.transcoded", "c2pa.published"]


def test_claims_without_their_facts_are_refused() -> None:
    with pytest.raises(EmptyFacts):
        claims.generated(generated(prompt="  "))
    with pytest.raises(EmptyFacts):
        claims.release(release(stages=()))


def ingredients_of(action: Any) -> list[str]:
    return list(action["parameters"]["ingredientIds"])


def test_a_clip_that_was_worked_on_is_opened_and_then_edited() -> None:
    definition = claims.generated(generated(mode="extend", sources=(source("source", "parentOf"),)))
    opened, edited = actions_of(definition)
    assert (opened["action"], ingredients_of(opened)) == ("c2pa.opened", ["source-source"])
    assert (edited["action"], edited["digitalSourceType"]) == ("c2pa.edited", claims.COMPOSITE)
    assert edited["softwareAgent"]["name"] == MODEL.name
    assert definition.parent == "source-source"


def test_a_clip_begun_with_a_picture_is_created_from_it() -> None:
    definition = claims.generated(generated(mode="image", sources=(source("first", "inputTo"),)))
    (created,) = actions_of(definition)
    assert ingredients_of(created) == ["prompt", "source-first"]
    assert created["digitalSourceType"] == claims.TRAINED_ALGORITHMIC_MEDIA
    assert definition.parent is None


def test_clips_that_are_blended_are_placed_in_the_new_one() -> None:
    both = (source("from", "componentOf"), source("to", "componentOf"))
    created, *placed = actions_of(claims.generated(generated(mode="blend", sources=both)))
    assert created["digitalSourceType"] == claims.COMPOSITE
    assert [ingredients_of(each) for each in placed] == [["source-from"], ["source-to"]]


def test_a_clip_of_words_alone_says_nothing_of_sources() -> None:
    facts = data_of(claims.generated(generated()), claims.GENERATION_LABEL)
    assert not {"mode", "sources"} & set(facts)


def test_a_watermark_is_named_by_a_soft_binding_and_an_action() -> None:
    for definition in (
        claims.generated(generated(watermark=7)),
        claims.release(release(transcoded=True, watermark=7)),
    ):
        assert "c2pa.watermarked.bound" in [each["action"] for each in actions_of(definition)]
        bound = data_of(definition, "c2pa.soft-binding")
        assert bound["alg"] == "app.reelproof.watermark.1"
        assert [claims.watermark_of(each["value"]) for each in bound["blocks"]] == [7]
        assert json.loads(base64.b64decode(bound["alg-params"]))["check"] == "CRC-16"
    without = claims.generated(generated()).manifest["assertions"]
    assert "c2pa.soft-binding" not in [each["label"] for each in without]


@pytest.mark.parametrize("value", ["", "AAAA", "?!", "ä", "AAAAAAAAAAAA"])
def test_what_is_no_value_of_a_watermark_is_none(value: str) -> None:
    assert claims.watermark_of(value) is None
