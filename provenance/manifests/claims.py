"""What a signed file says about itself: facts in, C2PA manifest definition out. Pure.

The definitions are clean under the conformance program's rubric for specification 2.4
(github.com/c2pa-org/conformance-public, asset-rubrics): claim v2, actions v2 with allActionsIncluded,
one inception action, no digital source type on c2pa.opened, own labels in our own name space.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from dam.media import digital_source_types, invisible_watermark, watermark_code
from dam.version import VERSION
from provenance.manifests import time_stamp_assertion

SPEC_VERSION = "2.4"

TRAINED_ALGORITHMIC_MEDIA = digital_source_types.address("generated")
COMPOSITE = digital_source_types.address("partly_generated")
HUMAN_EDITS = f"{digital_source_types.ADDRESS}humanEdits"
EMPTY = "http://c2pa.org/digitalsourcetype/empty"
PRODUCT = "Reelproof"  # as every manifest of ours names what made it
GENERATION_LABEL = "app.reelproof.generation"
REVIEW_LABEL = "app.reelproof.review"
PRESET_LABEL = "app.reelproof.preset"
CAPTIONS_LABEL = "app.reelproof.captions"
CUT_LABEL = "app.reelproof.cut"
PROMPT = "prompt"
PROMPT_TYPE = "c2pa.types.generator.prompt"
MASTER = "master"
RELEASE = "release"
WORDS = "words"

# Of metadata in the file, not of what it shows.
DESCRIBED = "c2pa.edited.metadata"

# Of an invisible watermark that was put into the pictures, which the assertion of a soft binding names.
WATERMARKED = "c2pa.watermarked.bound"
SOFT_BINDING = "c2pa.soft-binding"
WATERMARK_ALGORITHM = "app.reelproof.watermark.1"

# Of an assertion of the master that isn't in the release, and why, by the brand's policy.
REDACTED = "c2pa.redacted"
REDACTION_REASONS = {"trade_secret": "c2pa.trade-secret.present", "personal": "c2pa.PII.present"}

# What changes nothing that is seen or heard, and so needs no digital source type.
NOT_EDITORIAL = frozenset(
    {"c2pa.converted", "c2pa.transcoded", "c2pa.resized.proportional", DESCRIBED, WATERMARKED}
)

# What a brand lets machines do with its files: by its policy, which of C2PA's kinds are allowed.
PROHIBITED = "prohibited"
MINING = {
    PROHIBITED: (),
    "no_training": ("cawg.data_mining",),
    "allowed": ("cawg.data_mining", "cawg.ai_training", "cawg.ai_generative_training"),
}

DISCLOSE_TEXT = "text"
DISCLOSE_HASH = "hash"


class EmptyFacts(ValueError):
    """A claim without the facts it exists for: nobody approved, or nothing was generated from."""


@dataclass(frozen=True, kw_only=True)
class NamedModel:
    """A model as c2pa.ai-disclosure names it."""

    name: str
    identifier: str


@dataclass(frozen=True, kw_only=True)
class ModelFacts:
    """Which weights made a clip; fields of generators' ModelIdentity."""

    name: str
    version: str
    weights_sha256: str
    licence: str = ""
    pipeline: str = ""

    @property
    def named(self) -> NamedModel:
        return NamedModel(name=self.name, identifier=f"{self.name}@sha256:{self.weights_sha256}")


class SourceRelation(StrEnum):
    """What a source is to the clip that was made from it: C2PA's relationships of ingredients."""

    PARENT = "parentOf"
    COMPONENT = "componentOf"
    INPUT = "inputTo"


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """A file of the library that a clip was generated from. `role` says how: "first", "source" and so on."""

    role: str
    title: str
    sha256: str
    relation: SourceRelation
    at: float = 0.0  # seconds: where in it the clip begins

    @property
    def label(self) -> str:
        return f"source-{self.role}"


@dataclass(frozen=True, kw_only=True)
class GeneratedFacts:
    """How a clip was generated. `prompt_disclosure` is the brand's policy: "text" or "hash".

    `parameters` are further numbers of the take (steps, guidance, frames): plain JSON values. `sources` are
    the files that it was generated from, of which one at most is its parent.
    """

    title: str
    prompt: str
    prompt_disclosure: str
    seed: int
    model: ModelFacts
    job_id: str
    at: datetime
    negative_prompt: str = ""
    typed_prompt: str = ""  # what somebody wrote, where the brand added words of its own to the prompt
    parameters: Mapping[str, int | float | str | list[float]] = field(default_factory=dict)
    mode: str = "text"
    sources: tuple[SourceFacts, ...] = ()
    watermark: int | None = None  # the identifier in its pictures
    data_mining: str = PROHIBITED  # the brand's policy (MINING)


@dataclass(frozen=True, kw_only=True)
class StageFacts:
    """One approval. The reviewer's own name stays out unless the brand's policy puts it in `name`.

    `entry` is its number in the brand's ledger of decisions and `entry_sha256` that entry's hash, which is
    over all that was decided: who has the ledger, or an export, can prove that the file belongs to it.
    """

    stage: str
    role: str
    at: datetime
    name: str = ""
    entry: int | None = None
    entry_sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts:
    """Who approved which bytes for what. `content_sha256` names the master that was reviewed,
    `pictures_sha256` its decoded pictures, where they are known.

    `generated_by` is the model of a generated master, None for one that people uploaded.
    `transcoded` says that the released file was made anew, because the master's container carries
    no credentials, `described` that metadata was written into it. Empty `uses` means that none is
    granted; `territories` are ISO 3166 codes or words.
    """

    title: str
    review_id: str
    content_sha256: str
    pictures_sha256: str = ""
    organisation: str
    stages: tuple[StageFacts, ...]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: datetime | None
    at: datetime
    embargo_until: datetime | None = None
    transcoded: bool = False
    described: bool = False
    generated_by: NamedModel | None = None
    watermark: int | None = None  # the identifier that its pictures got when it was made anew
    data_mining: str = PROHIBITED  # the brand's policy (MINING)
    # Assertions of the master's manifests that are taken out (redactions), and why: of REDACTION_REASONS.
    redacted: tuple[str, ...] = ()
    redaction_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PresetFacts:
    """What was done to a release for a download. `changes` are actions of C2PA in their order.

    `generated_by` is the model that the release names.
    """

    title: str
    preset: str
    changes: tuple[str, ...]
    at: datetime
    generated_by: NamedModel | None = None
    watermark: int | None = None  # the identifier that its pictures got
    data_mining: str = PROHIBITED  # the brand's policy (MINING)


@dataclass(frozen=True, kw_only=True)
class CaptionFacts:
    """Captions in one `language` (BCP 47), as one file. `recognised`: made from what a model heard, else sent
    by people; `corrected` afterwards by them. `release_sha256` names the released film.
    """

    title: str
    language: str
    recognised: bool
    corrected: bool
    release_sha256: str
    at: datetime
    data_mining: str = PROHIBITED  # the brand's policy (MINING)


@dataclass(frozen=True, kw_only=True)
class CutFacts:
    """Pieces of clips one after another, or one clip that was trimmed or cropped.

    `changes` are actions of C2PA. `sources` are its files, each once; `pieces` plain JSON, as the cut is
    kept. `generated` says whether a model made any of them.
    """

    title: str
    sources: tuple[SourceFacts, ...]
    pieces: Sequence[Mapping[str, Any]]
    generated: bool
    changes: tuple[str, ...]
    cut_id: str
    at: datetime
    watermark: int | None = None  # the identifier in its pictures
    data_mining: str = PROHIBITED  # the brand's policy (MINING)


@dataclass(frozen=True)
class Input:
    """An inputTo ingredient: something the generator was given. `label` is what actions refer to."""

    label: str
    title: str
    content_type: str
    data: bytes
    data_type: str


@dataclass(frozen=True)
class Definition:
    """A manifest ready for the builder; `parent` is the label of the parentOf ingredient, if any.

    `sources` are files that become ingredients too, beside `inputs`, whose bytes are here.
    """

    manifest: dict[str, Any]
    inputs: tuple[Input, ...] = ()
    parent: str | None = None
    sources: tuple[SourceFacts, ...] = ()
    update: bool = False  # an update manifest: of the file's own newest one, and the content stays as it is


def generated(facts: GeneratedFacts) -> Definition:
    """The manifest of a clip that a model made from a prompt. Raises EmptyFacts without a prompt.

    What it was made from decides how it began: a clip that was worked on is opened and edited; others are
    created, from what the model was shown, or from clips that are placed in the new one.
    """
    if not facts.prompt.strip():
        raise EmptyFacts("A generated clip must have a prompt.")
    generation: dict[str, Any] = {
        **facts.parameters,
        "job": facts.job_id,
        "seed": facts.seed,
        "prompt_sha256": _sha256(facts.prompt),
        "prompt_disclosure": facts.prompt_disclosure,
        "model": facts.model.name,
        "model_version": facts.model.version,
        "weights_sha256": facts.model.weights_sha256,
    }
    if facts.negative_prompt:
        generation["negative_prompt_sha256"] = _sha256(facts.negative_prompt)
    if facts.typed_prompt:
        generation["typed_prompt_sha256"] = _sha256(facts.typed_prompt)
        if facts.prompt_disclosure == DISCLOSE_TEXT:
            generation["typed_prompt"] = facts.typed_prompt
    for name, value in (("model_licence", facts.model.licence), ("pipeline", facts.model.pipeline)):
        if value:
            generation[name] = value
    if facts.sources or facts.mode not in ("", "text"):
        generation["mode"] = facts.mode
    if facts.sources:
        generation["sources"] = [
            {"role": each.role, "sha256": each.sha256, **({"at": each.at} if each.at else {})}
            for each in facts.sources
        ]
    assertions = [
        _actions(*_making(facts), *_watermarked(facts.watermark, at=facts.at)),
        _ai_disclosure(facts.model.named, oversight="prompt_guided"),
        {"label": GENERATION_LABEL, "created": True, "data": generation},
        _data_mining(facts.data_mining),
        *_soft_binding(facts.watermark),
    ]
    parent = _parent(facts)
    return Definition(
        manifest=_manifest(facts.title, assertions),
        inputs=(_prompt(facts),),
        parent=parent.label if parent else None,
        sources=facts.sources,
    )


def _parent(facts: GeneratedFacts) -> SourceFacts | None:
    return next((each for each in facts.sources if each.relation is SourceRelation.PARENT), None)


def _making(facts: GeneratedFacts) -> list[dict[str, Any]]:
    """The actions that made it, the first of which says how it began."""
    agent = {"name": facts.model.name, "version": facts.model.version}
    shown = [each.label for each in facts.sources if each.relation is SourceRelation.INPUT]
    by_model = {
        "when": _when(facts.at),
        "softwareAgent": agent,
        "parameters": {"ingredientIds": [PROMPT, *shown]},
    }
    if (parent := _parent(facts)) is not None:
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [parent.label]}}
        return [opened, {"action": "c2pa.edited", "digitalSourceType": COMPOSITE, **by_model}]
    placed = [each.label for each in facts.sources if each.relation is SourceRelation.COMPONENT]
    kind = COMPOSITE if placed else TRAINED_ALGORITHMIC_MEDIA
    created = {"action": "c2pa.created", "digitalSourceType": kind, **by_model}
    return [
        created,
        *({"action": "c2pa.placed", "parameters": {"ingredientIds": [label]}} for label in placed),
    ]


def release(facts: ReleaseFacts) -> Definition:
    """The manifest of a released file: the master opened, and published as the review decided.

    A manifest with a content hash of its own, not an update manifest: the reviewer's signature then
    binds the bytes whatever the master's signer left out, and a later redaction stays possible.
    Raises EmptyFacts when no stage approved.
    """
    if not facts.stages:
        raise EmptyFacts("A release needs at least one stage that approved it.")
    actions: list[dict[str, Any]] = [{"action": "c2pa.opened", "parameters": {"ingredientIds": [MASTER]}}]
    actions += _redacted(facts)
    actions += _watermarked(facts.watermark, at=facts.at)
    if facts.transcoded:
        actions.append({"action": "c2pa.transcoded", "when": _when(facts.at)})
    if facts.described:
        actions.append({"action": DESCRIBED, "when": _when(facts.at)})
    actions.append({"action": "c2pa.published", "when": _when(facts.at)})
    assertions = [
        _actions(*actions),
        {"label": REVIEW_LABEL, "created": True, "data": _review(facts)},
        _data_mining(facts.data_mining),
        *_soft_binding(facts.watermark),
    ]
    if facts.generated_by is not None:
        assertions.append(_ai_disclosure(facts.generated_by, oversight="human_validated"))
    manifest = _manifest(facts.title, assertions)
    if facts.redacted:
        manifest["redactions"] = list(facts.redacted)
    return Definition(manifest=manifest, parent=MASTER)


def _redacted(facts: ReleaseFacts) -> list[dict[str, Any]]:
    """One action for each assertion that is taken out, which says why."""
    return [
        {
            "action": REDACTED,
            "when": _when(facts.at),
            "reason": REDACTION_REASONS[facts.redaction_reason],
            "parameters": {"redacted": address, "ingredientIds": [MASTER]},
        }
        for address in facts.redacted
    ]


def preset(facts: PresetFacts) -> Definition:
    """The manifest of a rendition of a release: the release opened, then what was done to it.

    Who approved it and for what is in the release's own manifest, which comes along as the parent's.
    """
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [RELEASE]}}
    done = [_changed(change, at=facts.at) for change in facts.changes]
    assertions = [
        _actions(opened, *_watermarked(facts.watermark, at=facts.at), *done),
        {"label": PRESET_LABEL, "created": True, "data": {"preset": facts.preset}},
        _data_mining(facts.data_mining),
        *_soft_binding(facts.watermark),
    ]
    if facts.generated_by is not None:
        assertions.append(_ai_disclosure(facts.generated_by, oversight="human_validated"))
    return Definition(manifest=_manifest(facts.title, assertions), parent=RELEASE)


def captions(facts: CaptionFacts) -> Definition:
    """The manifest of a file of captions. It says of nobody that they approved the words.

    The film that they are for is an input, with its own manifests. Where the words came from people, who
    wrote them isn't known: they were opened, not created.
    """
    if facts.recognised:
        begun: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": TRAINED_ALGORITHMIC_MEDIA}
        begun |= {"when": _when(facts.at), "parameters": {"ingredientIds": [RELEASE]}}
    else:
        begun = {"action": "c2pa.opened", "parameters": {"ingredientIds": [WORDS]}}
    changes = (*(["c2pa.edited"] if facts.corrected else []), "c2pa.converted")
    data = {"language": facts.language, "release_sha256": facts.release_sha256}
    assertions = [
        _actions(begun, *(_changed(change, at=facts.at) for change in changes)),
        {"label": CAPTIONS_LABEL, "created": True, "data": data},
        _data_mining(facts.data_mining),
    ]
    return Definition(manifest=_manifest(facts.title, assertions), parent=None if facts.recognised else WORDS)


def renewal(*, title: str, tokens: Mapping[str, str]) -> Definition:
    """The update manifest of a released file whose signatures get an authority's word before their
    certificates run out: `tokens` by the names of their manifests. Nothing was decided or changed.
    """
    if not tokens:
        raise EmptyFacts("A renewal needs a signature that gets a timestamp.")
    assertions = [_actions(), {"label": time_stamp_assertion.LABEL, "created": True, "data": dict(tokens)}]
    return Definition(manifest=_manifest(title, assertions), update=True)


def cut(facts: CutFacts) -> Definition:
    """The manifest of a cut: its only clip opened and changed, or made of several that were placed in it.

    Raises EmptyFacts without any.
    """
    if not facts.sources:
        raise EmptyFacts("A cut needs at least one clip.")
    first = facts.sources[0]
    parent = first.label if first.relation is SourceRelation.PARENT else None
    done = [_changed(each, at=facts.at) for each in facts.changes]
    if parent:
        begun: dict[str, Any] = {"action": "c2pa.opened", "parameters": {"ingredientIds": [parent]}}
    else:
        kind = COMPOSITE if facts.generated else digital_source_types.address("composite")
        begun = {"action": "c2pa.created", "digitalSourceType": kind, "when": _when(facts.at)}
    placed = [each.label for each in facts.sources if each.relation is SourceRelation.COMPONENT]
    actions = [
        begun,
        *({"action": "c2pa.placed", "parameters": {"ingredientIds": [label]}} for label in placed),
        *done,
        *_watermarked(facts.watermark, at=facts.at),
    ]
    data = {"job": facts.cut_id, "pieces": [dict(each) for each in facts.pieces]}
    assertions = [
        _actions(*actions),
        {"label": CUT_LABEL, "created": True, "data": data},
        _data_mining(facts.data_mining),
        *_soft_binding(facts.watermark),
    ]
    return Definition(manifest=_manifest(facts.title, assertions), parent=parent, sources=facts.sources)


def watermark_value(identifier: int) -> str:
    """As a soft binding has it, and as it is asked for by: Base64 of its six bytes."""
    return base64.b64encode(identifier.to_bytes(watermark_code.ID_BITS // 8, "big")).decode()


def watermark_of(value: str) -> int | None:
    """What `watermark_value` gave; None for anything else."""
    try:
        plain = base64.b64decode(value, validate=True)
    except ValueError:
        return None
    return int.from_bytes(plain, "big") if len(plain) == watermark_code.ID_BITS // 8 else None


def _watermarked(identifier: int | None, *, at: datetime) -> list[dict[str, Any]]:
    return [] if identifier is None else [{"action": WATERMARKED, "when": _when(at)}]


def _soft_binding(identifier: int | None) -> list[dict[str, Any]]:
    """That all its pictures carry the identifier, and how; reading it takes the installation's secret."""
    if identifier is None:
        return []
    how = {"chips": invisible_watermark.CHIPS, "code": "convolutional 1/3, 557 663 711", "check": "CRC-16"}
    data = {
        "alg": WATERMARK_ALGORITHM,
        "alg-params": base64.b64encode(json.dumps(how, sort_keys=True).encode()).decode(),
        "blocks": [{"scope": {}, "value": watermark_value(identifier)}],
    }
    return [{"label": SOFT_BINDING, "created": True, "data": data}]


def _changed(change: str, *, at: datetime) -> dict[str, Any]:
    """What people changed with tools that generate nothing, as they set the preset up."""
    kind = {} if change in NOT_EDITORIAL else {"digitalSourceType": HUMAN_EDITS}
    return {"action": change, "when": _when(at), **kind}


def review_copy(*, title: str, changes: Sequence[str], at: datetime) -> Definition:
    """The manifest of a copy for one viewer, made by these changes of a master that is under review.

    It says of nobody that they approved it, and doesn't name the viewer.
    """
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [MASTER]}}
    done = [_changed(change, at=at) for change in changes]
    return Definition(
        manifest=_manifest(title, [_actions(opened, *done), _data_mining(PROHIBITED)]), parent=MASTER
    )


def trial() -> Definition:
    """The manifest of a file that is signed to see whether it can be."""
    return Definition(
        manifest=_manifest("Trial", [_actions({"action": "c2pa.created", "digitalSourceType": EMPTY})])
    )


def _review(facts: ReleaseFacts) -> dict[str, Any]:
    return {
        "decision": "approved",
        "review": facts.review_id,
        "content_sha256": facts.content_sha256,
        **({"pictures_sha256": facts.pictures_sha256} if facts.pictures_sha256 else {}),
        "organisation": facts.organisation,
        "stages": [_stage(stage) for stage in facts.stages],
        "uses": list(facts.uses),
        "territories": list(facts.territories),
        # Always there: "no end" is a statement too.
        "valid_until": _when(facts.valid_until) if facts.valid_until else None,
        **({"embargo_until": _when(facts.embargo_until)} if facts.embargo_until else {}),
    }


def _stage(stage: StageFacts) -> dict[str, str | int]:
    data = {"stage": stage.stage, "decision": "approved", "role": stage.role, "at": _when(stage.at)}
    named = {"name": stage.name} if stage.name else {}
    entry = {"ledger_entry": stage.entry, "ledger_sha256": stage.entry_sha256}
    return {**data, **named, **{name: value for name, value in entry.items() if value}}


def _manifest(title: str, assertions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "title": title,
        "claim_generator_info": [{"name": PRODUCT, "version": VERSION, "specVersion": SPEC_VERSION}],
        "assertions": assertions,
    }


def _actions(*actions: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": "c2pa.actions.v2",
        "created": True,
        "data": {"actions": list(actions), "allActionsIncluded": True},
    }


def _ai_disclosure(model: NamedModel, *, oversight: str) -> dict[str, Any]:
    return {
        "label": "c2pa.ai-disclosure",
        "created": True,
        "data": {
            "modelType": "c2pa.types.model.pytorch",
            "modelName": model.name,
            "modelIdentifier": model.identifier,
            "contentProfile": {"humanOversightLevel": oversight},
        },
    }


def _data_mining(policy: str) -> dict[str, Any]:
    kinds = ("cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
    uses = {kind: {"use": "allowed" if kind in MINING[policy] else "notAllowed"} for kind in kinds}
    return {"label": "cawg.training-mining", "data": {"entries": uses}}


def _prompt(facts: GeneratedFacts) -> Input:
    shown = facts.prompt_disclosure == DISCLOSE_TEXT
    return Input(
        label=PROMPT,
        title="Prompt" if shown else "Prompt (hash only)",
        content_type="text/plain",
        data=(facts.prompt if shown else f"sha256:{_sha256(facts.prompt)}").encode(),
        data_type=PROMPT_TYPE,
    )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _when(moment: datetime) -> str:
    """RFC 3339 in UTC, whole seconds: what C2PA's tdate wants."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
