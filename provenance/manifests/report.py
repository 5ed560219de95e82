"""The verdict on a file, and its history, out of what the C2PA library read. Pure.

A failure may hide in three places: with the active manifest, in what validating an ingredient again
found, and in what was recorded when the ingredient was used. The verdict is the worst of all three
and of the library's own: an altered parent leaves the active list empty.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from provenance.manifests import labels, validation_codes
from provenance.manifests.claims import GENERATION_LABEL, PROMPT_TYPE, REVIEW_LABEL
from provenance.manifests.validation_codes import State

DEVELOPMENT_ANCHOR = "Reelproof development CA — not on any trust list"
DEVELOPMENT_ORGANISATION = "Reelproof development CA (not on any trust list)"
LONGEST_CHAIN = 60
DEEPEST = 64

_TRUSTED_BY = re.compile(r"found in \[(.*)\] trust anchors")
_LABEL = re.compile(r"self#jumbf=/?c2pa/([^/]+)")
_CREDENTIAL = "signingCredential."


@dataclass(frozen=True)
class Finding:
    """One failure: its code, what it means, where it was found and in which manifest."""

    code: str
    reason: str
    state: State
    where: str  # "active", "ingredient" or "recorded"
    manifest: str


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
    stages: tuple[dict[str, str], ...]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    valid_until: str


@dataclass(frozen=True)
class ManifestSummary:
    """One manifest of the chain. `relation` says how it came in: active, parentOf, componentOf, inputTo."""

    label: str
    relation: str
    state: State
    title: str
    claim_generator: str
    signer: SignerSummary
    trusted_by: str
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

    @property
    def development(self) -> bool:
        # A parent's trust is only told where it differs from what was recorded; its name tells too.
        return self.trusted_by == DEVELOPMENT_ANCHOR or self.signer.organisation == DEVELOPMENT_ORGANISATION

    @property
    def signed_at(self) -> str:
        """When, as well as it is known: the time-stamp, else the last time that an action names."""
        return self.time_stamp or max((action.when for action in self.actions), default="")


@dataclass(frozen=True)
class Report:
    """The verdict, its findings and the chain, newest first. `raw` is what the library said."""

    state: State
    findings: tuple[Finding, ...] = ()
    chain: tuple[ManifestSummary, ...] = ()
    note: str = ""  # why there is nothing to report, or which list gave trust
    raw: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sentences for people, never empty."""
        return tuple(dict.fromkeys(finding.reason for finding in self.findings)) or (self.note,)

    @property
    def active(self) -> ManifestSummary | None:
        return self.chain[0] if self.chain else None

    @property
    def development(self) -> bool:
        """Some trust in it comes from a development CA, which proves nothing to the world."""
        return any(manifest.development for manifest in self.chain)

    @property
    def ai_generated(self) -> bool:
        return any(m.ai_generated for m in self.chain if m.relation in ("active", "parentOf"))

    @property
    def review(self) -> ReviewSummary | None:
        """The newest review in the chain."""
        return next((m.review for m in self.chain if m.review), None)

    @property
    def model(self) -> ModelSummary | None:
        return next((m.model for m in self.chain if m.model), None)

    def to_json(self, *, raw: bool = False) -> dict[str, Any]:
        """{state, codes, reasons, findings, manifests, development, note}, and `raw` if asked for."""
        data: dict[str, Any] = {
            "state": self.state.value,
            "codes": list(self.codes),
            "reasons": list(self.reasons),
            "findings": [asdict(finding) for finding in self.findings],
            "manifests": [
                asdict(m) | {"signed_at": m.signed_at, "development": m.development} for m in self.chain
            ],
            "development": self.development,
            "note": self.note,
        }
        return data | ({"raw": self.raw} if raw else {})


NO_CREDENTIALS = "It carries no Content Credentials. That says nothing about what it shows."
ELSEWHERE = "Its credentials are kept elsewhere, at an address it names. Nothing was fetched from there."
UNREADABLE = "The file, or the credentials in it, cannot be read. It may be damaged."
KIND_UNKNOWN = "This is not a kind of file that can carry Content Credentials."
KIND_WITHOUT = "Files of this kind carry no Content Credentials."
TOO_MUCH = "Reading it took more time or memory than a sound file needs, so it was stopped."


def without_chain(state: State, note: str) -> Report:
    return Report(state=state, note=note)


def of(reading: Mapping[str, Any], *, anchors: Mapping[str, str]) -> Report:
    """The report on a c2pa_io.ManifestReading in its JSON form.

    `anchors` gives the name that people know for each anchor's address in the reading.
    """
    match reading["outcome"]:
        case "none":
            return without_chain(State.NONE, NO_CREDENTIALS)
        case "elsewhere":
            return without_chain(State.UNREADABLE, ELSEWHERE)
        case "unreadable":
            return without_chain(State.UNREADABLE, UNREADABLE)
    reading = _clean(reading)
    store = reading["store"]
    findings = tuple(sorted(_findings(store), key=lambda each: -validation_codes.badness(each.state)))
    state = validation_codes.worst([_library_state(store), *(finding.state for finding in findings)])
    chain = tuple(_chain(reading, findings, anchors))
    return Report(state=state, findings=findings, chain=chain, note=_note(state, chain), raw=store)


def _note(state: State, chain: Sequence[ManifestSummary]) -> str:
    if state is State.TRUSTED:
        lists = dict.fromkeys(manifest.trusted_by for manifest in chain if manifest.trusted_by)
        return f"Nothing was changed since it was signed. Trusted because of: {', '.join(lists)}."
    if state is State.VALID:
        return "Nothing was changed since it was signed, but the signer is on no list that is trusted here."
    return "Its credentials do not hold."


def _library_state(store: Mapping[str, Any]) -> State:
    known = {"Trusted": State.TRUSTED, "Valid": State.VALID}
    return known.get(str(store.get("validation_state")), State.INVALID)


def _findings(store: Mapping[str, Any]) -> Iterator[Finding]:
    """Failures of all three places, each once."""
    results = _map(store.get("validation_results"))
    seen: set[tuple[str, str]] = set()
    settled = {
        (entry.get("code"), entry.get("url"))
        for delta in _list(results.get("ingredientDeltas"))
        for entry in _list(_map(delta.get("validationDeltas")).get("success"))
    }
    for where, entry in _failures(store, results):
        code, url = str(entry.get("code", "")), str(entry.get("url", ""))
        meaning = validation_codes.meaning(code)
        if meaning is None or (code, url) in seen:
            continue
        # A signer unknown at the time whom we trust now: the fresh look counts.
        if where == "recorded" and code.startswith(_CREDENTIAL) and (f"{_CREDENTIAL}trusted", url) in settled:
            continue
        seen.add((code, url))
        label = _LABEL.search(url)
        yield Finding(code, meaning.words, meaning.state, where, label.group(1) if label else "")


def _failures(
    store: Mapping[str, Any], results: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for entry in _list(_map(results.get("activeManifest")).get("failure")):
        yield "active", entry
    for entry in _delta_failures(results):
        yield "ingredient", entry
    for manifest in _map(store.get("manifests")).values():
        for ingredient in _list(manifest.get("ingredients")):
            recorded = _map(ingredient.get("validation_results"))
            for entry in _list(_map(recorded.get("activeManifest")).get("failure")):
                yield "recorded", entry
            for entry in _delta_failures(recorded):
                yield "recorded", entry
            for entry in _list(ingredient.get("validation_status")):  # before claim version 2
                yield "recorded", entry


def _delta_failures(results: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for delta in _list(results.get("ingredientDeltas")):
        yield from _list(_map(delta.get("validationDeltas")).get("failure"))


def _chain(
    reading: Mapping[str, Any], findings: Sequence[Finding], anchors: Mapping[str, str]
) -> Iterator[ManifestSummary]:
    """From the active manifest down: parents first, then what else went in. Each once."""
    store, certificates = reading["store"], _map(reading.get("certificates"))
    manifests = _map(store.get("manifests"))
    trust = dict(_trust(store, anchors))
    waiting = [(str(store.get("active_manifest")), "active")]
    seen: set[str] = set()
    while waiting and len(seen) < LONGEST_CHAIN:
        label, relation = waiting.pop(0)
        if label in seen or label not in manifests:
            continue
        seen.add(label)
        manifest = _map(manifests[label])
        ingredients = _list(manifest.get("ingredients"))
        yield _summary(
            label,
            relation,
            manifest,
            certificate=_map(_map(certificates.get(label)).get("certificateInfo")),
            trusted_by=trust.get(label, ""),
            findings=[finding for finding in findings if finding.manifest == label],
            prompt=_prompt(ingredients, _map(reading.get("texts"))),
        )
        parents = [i for i in ingredients if i.get("relationship") == "parentOf"]
        others = [i for i in ingredients if i.get("relationship") != "parentOf"]
        waiting = [
            *((str(i.get("active_manifest")), "parentOf") for i in parents),
            *waiting,
            *((str(i.get("active_manifest")), str(i.get("relationship"))) for i in others),
        ]


def _trust(store: Mapping[str, Any], anchors: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(manifest label, name of the anchor that gave it trust) for each trusted signer."""
    results = _map(store.get("validation_results"))
    lists = [_map(results.get("activeManifest")).get("success")]
    lists += [_map(d.get("validationDeltas")).get("success") for d in _list(results.get("ingredientDeltas"))]
    for entries in lists:
        for entry in _list(entries):
            label = _LABEL.search(str(entry.get("url", "")))
            anchor = _TRUSTED_BY.search(str(entry.get("explanation", "")))
            if entry.get("code") == f"{_CREDENTIAL}trusted" and label and anchor:
                yield label.group(1), anchors.get(anchor.group(1), anchor.group(1))


def _summary(
    label: str,
    relation: str,
    manifest: Mapping[str, Any],
    *,
    certificate: Mapping[str, Any],
    trusted_by: str,
    findings: Sequence[Finding],
    prompt: str,
) -> ManifestSummary:
    assertions = {str(a.get("label")): _map(a.get("data")) for a in _list(manifest.get("assertions"))}
    listed = next((data for key, data in assertions.items() if key.startswith("c2pa.actions")), {})
    actions = _list(listed.get("actions"))
    return ManifestSummary(
        label=label,
        relation=relation,
        state=validation_codes.worst([State.TRUSTED, *(finding.state for finding in findings)]),
        title=str(manifest.get("title") or ""),
        claim_generator=_claim_generator(manifest),
        signer=_signer(_map(manifest.get("signature_info")), certificate),
        trusted_by=trusted_by,
        time_stamp=str(_map(manifest.get("signature_info")).get("time") or ""),
        actions=tuple(_action(action) for action in actions),
        complete=listed.get("allActionsIncluded") is True,
        ai_generated=any(labels.is_ai(str(action.get("digitalSourceType") or "")) for action in actions),
        model=_model(assertions.get("c2pa.ai-disclosure")),
        generation=dict(assertions.get(GENERATION_LABEL, {})),
        review=_review(assertions.get(REVIEW_LABEL)),
        training={
            str(kind): str(_map(entry).get("use", ""))
            for kind, entry in _map(assertions.get("cawg.training-mining", {}).get("entries")).items()
        },
        ingredients=tuple(str(i.get("title") or "untitled") for i in _list(manifest.get("ingredients"))),
        prompt=prompt,
    )


def _prompt(ingredients: Sequence[Mapping[str, Any]], texts: Mapping[str, Any]) -> str:
    for ingredient in ingredients:
        kinds = {kind.get("type") for kind in _list(ingredient.get("data_types"))}
        text = str(texts.get(str(_map(ingredient.get("data")).get("identifier")), ""))
        if PROMPT_TYPE in kinds and text and not text.startswith("sha256:"):
            return text
    return ""


def _claim_generator(manifest: Mapping[str, Any]) -> str:
    infos = _list(manifest.get("claim_generator_info"))
    if infos:
        return f"{infos[0].get('name', '')} {infos[0].get('version', '')}".strip()
    return str(manifest.get("claim_generator") or "")


def _signer(info: Mapping[str, Any], certificate: Mapping[str, Any]) -> SignerSummary:
    subject, issuer = _map(certificate.get("subject")), _map(certificate.get("issuer"))
    validity = _map(certificate.get("validity"))
    return SignerSummary(
        name=str(info.get("common_name") or subject.get("CN") or ""),
        organisation=str(info.get("issuer") or subject.get("O") or ""),
        issuer=str(issuer.get("CN") or issuer.get("O") or ""),
        valid_from=str(validity.get("notBefore") or ""),
        valid_until=str(validity.get("notAfter") or ""),
    )


def _action(action: Mapping[str, Any]) -> ActionSummary:
    agent = action.get("softwareAgent")
    named = f"{_map(agent).get('name', '')} {_map(agent).get('version', '')}".strip()
    code, source = str(action.get("action", "")), str(action.get("digitalSourceType") or "")
    return ActionSummary(
        code=code,
        words=labels.action(code),
        when=str(action.get("when") or ""),
        agent=agent if isinstance(agent, str) else named,
        source=labels.source(source) if source else "",
    )


def _model(data: Mapping[str, Any] | None) -> ModelSummary | None:
    if data is None:
        return None
    level = str(_map(data.get("contentProfile")).get("humanOversightLevel") or "")
    return ModelSummary(
        name=str(data.get("modelName") or ""),
        identifier=str(data.get("modelIdentifier") or ""),
        oversight=labels.OVERSIGHT.get(level, level),
    )


def _review(data: Mapping[str, Any] | None) -> ReviewSummary | None:
    if data is None:
        return None
    return ReviewSummary(
        decision=str(data.get("decision") or ""),
        review=str(data.get("review") or ""),
        organisation=str(data.get("organisation") or ""),
        content_sha256=str(data.get("content_sha256") or ""),
        stages=tuple({str(k): str(v) for k, v in stage.items()} for stage in _list(data.get("stages"))),
        uses=_strings(data.get("uses")),
        territories=_strings(data.get("territories")),
        valid_until=str(data.get("valid_until") or ""),
    )


def _map(value: Any) -> Mapping[str, Any]:
    """A signed file may hold anything anywhere: what is no object counts as an empty one."""
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _clean(value: Any, *, depth: int = 0) -> Any:
    """Without what neither a database nor a page can hold: NUL, half surrogate pairs, endless nesting."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping | list) and depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth=depth + 1) for item in value]
    return value
