"""One manifest of a file, as what its signer says and whether that may be believed. Pure.

Each manifest is judged by its own signer. Whose signature leads to nobody that is trusted here may write
what it likes, in the names of others and ours too: that is `trusted`, and what pages must ask first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provenance.manifests import foreign_json, labels, validation_codes
from provenance.manifests.claims import GENERATION_LABEL, PROMPT_TYPE, REVIEW_LABEL
from provenance.manifests.findings import Finding
from provenance.manifests.trust import CREDENTIAL, DEVELOPMENT_ANCHOR, DEVELOPMENT_ORGANISATION
from provenance.manifests.validation_codes import State

# What our review says of each.
STAGE = ("stage", "decision", "role", "at", "name", "ledger_entry", "ledger_sha256")


@dataclass(frozen=True)
class SignerSummary:
    """Who signed, as the certificate says; times are ISO 8601, empty when unknown."""

    name: str
    organisation: str
    issuer: str
    valid_from: str
    valid_until: str


@dataclass(frozen=True)
class ActionSummary:
    code: str
    words: str
    when: str
    agent: str
    source: str  # plain words of the digital source type


@dataclass(frozen=True)
class ModelSummary:
    """c2pa.ai-disclosure: which model, and how far a person was involved."""

    name: str
    identifier: str
    oversight: str


@dataclass(frozen=True)
class ReviewSummary:
    """Our own review assertion."""

    decision: str
    review: str
    organisation: str
    content_sha256: str
    stages: tuple[dict[str, Any], ...]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: str
    embargo_until: str = ""


@dataclass(frozen=True)
class ManifestSummary:
    """One manifest of the chain. `relation` says how it came in: active, parentOf, componentOf, inputTo."""

    label: str
    relation: str
    state: State
    title: str
    claim_generator: str
    signer: SignerSummary
    trusted: bool  # its signature is proven to lead to somebody trusted here
    trusted_by: str  # the list, where it is known
    linked: bool  # everything between it and the file is trusted; else its place is a stranger's claim
    time_stamp: str  # proven; empty when only the signer's word says when
    actions: tuple[ActionSummary, ...]
    complete: bool  # the signer says that no action is missing
    ai_generated: bool
    model: ModelSummary | None
    generation: dict[str, Any]  # our own generation assertion
    review: ReviewSummary | None
    training: dict[str, str]  # cawg.training-mining: kind → allowed, notAllowed, constrained
    ingredients: tuple[str, ...]  # titles
    prompt: str  # the words, where the brand's policy put them into the file
    cut: bool  # its lists are longer than what is told of them here

    @property
    def development(self) -> bool:
        # Which list a parent's trust rests on is only told where it differs from what was recorded.
        named = not self.trusted_by and self.signer.organisation == DEVELOPMENT_ORGANISATION
        return self.trusted and (self.trusted_by == DEVELOPMENT_ANCHOR or named)

    @property
    def proven(self) -> bool:
        """Whether what it says may be told as a fact: its signer is trusted here, and nothing was changed."""
        return self.state is State.TRUSTED and self.linked

    @property
    def signed_at(self) -> str:
        """When, as well as it is known: the time-stamp, else the last time that an action names."""
        return self.time_stamp or max((action.when for action in self.actions), default="")


def of(
    label: str,
    relation: str,
    manifest: Mapping[str, Any],
    *,
    certificate: Mapping[str, Any],
    trusted: bool,
    trusted_by: str,
    linked: bool,
    stamped: bool,
    findings: Sequence[Finding],
    texts: Mapping[str, Any],
) -> ManifestSummary:
    """`findings` are those about this manifest; `texts` those kept with the ingredients of the file.

    `stamped` says that the authority of its time-stamp is trusted here.
    """
    ingredients = foreign_json.mappings(manifest.get("ingredients"))
    info = foreign_json.mapping(manifest.get("signature_info"))
    # Of what is only gathered a signer says that it came from elsewhere. Ours never is.
    assertions = {
        str(a.get("label")): foreign_json.mapping(a.get("data"))
        for a in foreign_json.mappings(manifest.get("assertions"))
        if a.get("created") is True or a.get("label") not in (GENERATION_LABEL, REVIEW_LABEL)
    }
    listed = next((data for key, data in assertions.items() if key.startswith("c2pa.actions")), {})
    actions = foreign_json.mappings(listed.get("actions"))
    uses = foreign_json.mapping(assertions.get("cawg.training-mining", {}).get("entries"))
    training = {
        foreign_json.line(kind): foreign_json.line(foreign_json.mapping(use).get("use"))
        for kind, use in list(uses.items())[: foreign_json.MOST]
    }
    # One that is trusted and of which a failure was found that concerns its signer is not.
    trusted = trusted and not any(finding.code.startswith(CREDENTIAL) for finding in findings)
    own = State.TRUSTED if trusted else State.VALID
    return ManifestSummary(
        label=label,
        relation=relation,
        state=validation_codes.worst([own, *(finding.state for finding in findings)]),
        title=foreign_json.line(manifest.get("title")),
        claim_generator=_claim_generator(manifest),
        signer=_signer(info, certificate),
        trusted=trusted,
        trusted_by=trusted_by if trusted else "",
        linked=linked,
        time_stamp=foreign_json.line(info.get("time")) if stamped else "",
        actions=tuple(_action(action) for action in actions[: foreign_json.MOST]),
        complete=listed.get("allActionsIncluded") is True,
        ai_generated=any(labels.is_ai(str(action.get("digitalSourceType") or "")) for action in actions),
        model=_model(assertions.get("c2pa.ai-disclosure")),
        generation=foreign_json.facts(assertions.get(GENERATION_LABEL)),
        review=_review(assertions.get(REVIEW_LABEL)),
        training=training,
        ingredients=tuple(
            foreign_json.line(i.get("title")) or "untitled" for i in ingredients[: foreign_json.MOST]
        ),
        prompt=_prompt(ingredients, texts),
        cut=max(len(actions), len(ingredients), *_lengths(assertions.get(REVIEW_LABEL)), len(uses))
        > foreign_json.MOST,
    )


def _prompt(ingredients: Sequence[Mapping[str, Any]], texts: Mapping[str, Any]) -> str:
    for ingredient in ingredients:
        kinds = {kind.get("type") for kind in foreign_json.mappings(ingredient.get("data_types"))}
        text = str(texts.get(str(foreign_json.mapping(ingredient.get("data")).get("identifier")), ""))
        if PROMPT_TYPE in kinds and text and not text.startswith("sha256:"):
            return text
    return ""


def _claim_generator(manifest: Mapping[str, Any]) -> str:
    infos = foreign_json.mappings(manifest.get("claim_generator_info"))
    if infos:
        return foreign_json.line(f"{infos[0].get('name', '')} {infos[0].get('version', '')}")
    return foreign_json.line(manifest.get("claim_generator"))


def _signer(info: Mapping[str, Any], certificate: Mapping[str, Any]) -> SignerSummary:
    subject, issuer = (
        foreign_json.mapping(certificate.get("subject")),
        foreign_json.mapping(certificate.get("issuer")),
    )
    validity = foreign_json.mapping(certificate.get("validity"))
    return SignerSummary(
        name=foreign_json.line(info.get("common_name") or subject.get("CN")),
        organisation=foreign_json.line(info.get("issuer") or subject.get("O")),
        issuer=foreign_json.line(issuer.get("CN") or issuer.get("O")),
        valid_from=foreign_json.line(validity.get("notBefore")),
        valid_until=foreign_json.line(validity.get("notAfter")),
    )


def _action(action: Mapping[str, Any]) -> ActionSummary:
    agent = action.get("softwareAgent")
    named = f"{foreign_json.mapping(agent).get('name', '')} {foreign_json.mapping(agent).get('version', '')}"
    code, source = foreign_json.line(action.get("action")), foreign_json.line(action.get("digitalSourceType"))
    return ActionSummary(
        code=code,
        words=labels.action(code),
        when=foreign_json.line(action.get("when")),
        agent=foreign_json.line(agent if isinstance(agent, str) else named),
        source=labels.source(source) if source else "",
    )


def _model(data: Mapping[str, Any] | None) -> ModelSummary | None:
    if data is None:
        return None
    level = foreign_json.line(foreign_json.mapping(data.get("contentProfile")).get("humanOversightLevel"))
    return ModelSummary(
        name=foreign_json.line(data.get("modelName")),
        identifier=foreign_json.line(data.get("modelIdentifier")),
        oversight=labels.OVERSIGHT.get(level, level),
    )


def _review(data: Mapping[str, Any] | None) -> ReviewSummary | None:
    if data is None:
        return None
    return ReviewSummary(
        decision=foreign_json.line(data.get("decision")),
        review=foreign_json.line(data.get("review")),
        organisation=foreign_json.line(data.get("organisation")),
        content_sha256=foreign_json.line(data.get("content_sha256")),
        stages=tuple(
            foreign_json.facts(stage, of=STAGE)
            for stage in foreign_json.mappings(data.get("stages"))[: foreign_json.MOST]
        ),
        uses=foreign_json.strings(data.get("uses")),
        territories=foreign_json.strings(data.get("territories")),
        valid_until=foreign_json.line(data.get("valid_until")),
        embargo_until=foreign_json.line(data.get("embargo_until")),
    )


def _lengths(review: Mapping[str, Any] | None) -> list[int]:
    lists = [(review or {}).get(name) for name in ("stages", "uses", "territories")]
    return [len(each) for each in lists if isinstance(each, list)]
