"""The verdict on a file, and its history, out of what the C2PA library read. Pure.

A failure may hide in three places: with the active manifest, in what validating an ingredient again
found, and in what was recorded when the ingredient was used. The verdict is the worst of all three
and of the library's own: an altered parent leaves the active list empty.

Each manifest is judged by its own signer. Whose signature leads to nobody that is trusted here may write
what it likes, in the names of others and ours too: that is `trusted`, and what pages must ask first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from dam.core import foreign_text
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
_TRUST = f"{_CREDENTIAL}trusted"
# What was recorded when an ingredient was used was written by whoever used it. The library leaves out of
# its own findings what is recorded already: these count wherever they are written.
_HIDING = ("timeStamp.", "cawg.")


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
        """Some trust in it comes from our development CA, which proves nothing to the world."""
        return any(manifest.development for manifest in self.chain)

    @property
    def ai_generated(self) -> bool:
        return any(m.ai_generated for m in self.chain if m.relation in ("active", "parentOf"))

    @property
    def review(self) -> ReviewSummary | None:
        """The newest review in the chain that somebody trusted here vouches for."""
        return next((m.review for m in self.chain if m.review and m.proven), None)

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
                asdict(m) | {"signed_at": m.signed_at, "development": m.development, "proven": m.proven}
                for m in self.chain
            ],
            "development": self.development,
            "note": self.note,
        }
        return data | ({"raw": self.raw} if raw else {})


NO_CREDENTIALS = "This file has no Content Credentials. That doesn't say anything about what it shows."
ELSEWHERE = "Its Content Credentials are stored at another address. They weren't fetched."
UNREADABLE = "The file or its Content Credentials can't be read. It may be damaged."
KIND_UNKNOWN = "This type of file isn't recognised, so it can't be checked for Content Credentials."
KIND_WITHOUT = "This type of file can't hold Content Credentials."
TOO_MUCH = "Checking stopped because it took too much time or memory."


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
    chain = tuple(_chain(reading, findings, anchors))
    seen = [*(finding.state for finding in findings), *(manifest.state for manifest in chain)]
    state = validation_codes.worst([_library_state(store), *seen])
    return Report(state=state, findings=findings, chain=chain, note=_note(state, chain), raw=store)


def _note(state: State, chain: Sequence[ManifestSummary]) -> str:
    if state is State.TRUSTED:
        lists = dict.fromkeys(manifest.trusted_by for manifest in chain if manifest.trusted_by)
        return f"Nothing was changed since it was signed. Trusted because of: {', '.join(lists)}."
    if state is State.VALID:
        return "Nothing was changed since it was signed, but the signer is on no list that is trusted here."
    return "Its Content Credentials are invalid."


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
    for where, owner, entry in _failures(store, results):
        code, url = str(entry.get("code", "")), str(entry.get("url", ""))
        meaning = validation_codes.meaning(code)
        if meaning is None or (code, url) in seen:
            continue
        # A signer unknown at the time whom we trust now: the fresh look counts.
        if where == "recorded" and code.startswith(_CREDENTIAL) and (_TRUST, url) in settled:
            continue
        seen.add((code, url))
        label = _LABEL.search(url)
        manifest = label.group(1) if label else owner
        yield Finding(foreign_text.line(code), meaning.words, meaning.state, where, manifest)


def _failures(
    store: Mapping[str, Any], results: Mapping[str, Any]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(where, the manifest that it is about unless its address names another, what was found)."""
    active = str(store.get("active_manifest"))
    for entry in _list(_map(results.get("activeManifest")).get("failure")):
        yield "active", active, entry
    for delta in _list(results.get("ingredientDeltas")):
        for entry in _list(_map(delta.get("validationDeltas")).get("failure")):
            yield "ingredient", "", entry
    for manifest in _map(store.get("manifests")).values():
        for ingredient in _list(manifest.get("ingredients")):
            owner = str(ingredient.get("active_manifest") or "")
            for entry in _recorded_failures(_map(ingredient.get("validation_results"))):
                yield "recorded", owner, entry
            for entry in _list(ingredient.get("validation_status")):  # before claim version 2
                yield "recorded", owner, entry


def _recorded_failures(recorded: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    deltas = (_map(delta.get("validationDeltas")) for delta in _list(recorded.get("ingredientDeltas")))
    for lists in (_map(recorded.get("activeManifest")), *deltas):
        yield from _list(lists.get("failure"))
        for entry in (*_list(lists.get("success")), *_list(lists.get("informational"))):
            code = str(entry.get("code", ""))
            if validation_codes.is_failure(code) and not code.startswith(_HIDING):
                yield entry


def _chain(
    reading: Mapping[str, Any], findings: Sequence[Finding], anchors: Mapping[str, str]
) -> Iterator[ManifestSummary]:
    """From the active manifest down: parents first, then what else went in. Each once."""
    store, certificates = reading["store"], _map(reading.get("certificates"))
    manifests = _map(store.get("manifests"))
    told = dict(_trust(store, anchors))
    recorded: set[str] = set()  # manifests of which somebody trusted recorded that they were trusted
    waiting = [(str(store.get("active_manifest")), "active", True)]
    seen: set[str] = set()
    while waiting and len(seen) < LONGEST_CHAIN:
        label, relation, linked = waiting.pop(0)
        if label in seen or label not in manifests:
            continue
        seen.add(label)
        manifest = _map(manifests[label])
        ingredients = _list(manifest.get("ingredients"))
        summary = _summary(
            label,
            relation,
            manifest,
            certificate=_map(_map(certificates.get(label)).get("certificateInfo")),
            trusted=label in told or label in recorded,
            trusted_by=told.get(label, ""),
            linked=linked,
            findings=[finding for finding in findings if finding.manifest == label],
            prompt=_prompt(ingredients, _map(reading.get("texts"))),
        )
        yield summary
        if summary.trusted:
            recorded |= set(_recorded_trust(ingredients))
        parents = [i for i in ingredients if i.get("relationship") == "parentOf"]
        others = [i for i in ingredients if i.get("relationship") != "parentOf"]
        waiting = [
            *((str(i.get("active_manifest")), "parentOf", summary.proven) for i in parents),
            *waiting,
            *((str(i.get("active_manifest")), str(i.get("relationship")), summary.proven) for i in others),
        ]


def _recorded_trust(ingredients: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Labels of manifests that were trusted when they were used, as the user of them writes.

    What the library finds now and was recorded then it does not tell again. So this is to be believed
    of somebody trusted, whose word the library has compared with what it found.
    """
    for ingredient in ingredients:
        recorded = _map(ingredient.get("validation_results"))
        deltas = (_map(d.get("validationDeltas")) for d in _list(recorded.get("ingredientDeltas")))
        for lists in (_map(recorded.get("activeManifest")), *deltas):
            for entry in _list(lists.get("success")):
                label = _LABEL.search(str(entry.get("url", "")))
                if entry.get("code") == _TRUST and label:
                    yield label.group(1)


def _trust(store: Mapping[str, Any], anchors: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(manifest label, name of the anchor that gave it trust) for each signer found trusted just now."""
    results = _map(store.get("validation_results"))
    lists = [_map(results.get("activeManifest")).get("success")]
    lists += [_map(d.get("validationDeltas")).get("success") for d in _list(results.get("ingredientDeltas"))]
    for entries in lists:
        for entry in _list(entries):
            label = _LABEL.search(str(entry.get("url", "")))
            anchor = _TRUSTED_BY.search(str(entry.get("explanation", "")))
            if entry.get("code") == _TRUST and label:
                name = anchor.group(1) if anchor else ""
                yield label.group(1), anchors.get(name, name)


def _summary(
    label: str,
    relation: str,
    manifest: Mapping[str, Any],
    *,
    certificate: Mapping[str, Any],
    trusted: bool,
    trusted_by: str,
    linked: bool,
    findings: Sequence[Finding],
    prompt: str,
) -> ManifestSummary:
    assertions = {str(a.get("label")): _map(a.get("data")) for a in _list(manifest.get("assertions"))}
    listed = next((data for key, data in assertions.items() if key.startswith("c2pa.actions")), {})
    actions = _list(listed.get("actions"))
    # One that is trusted and of which a failure was found that concerns its signer is not.
    trusted = trusted and not any(finding.code.startswith(_CREDENTIAL) for finding in findings)
    own = State.TRUSTED if trusted else State.VALID
    return ManifestSummary(
        label=label,
        relation=relation,
        state=validation_codes.worst([own, *(finding.state for finding in findings)]),
        title=_line(manifest.get("title")),
        claim_generator=_claim_generator(manifest),
        signer=_signer(_map(manifest.get("signature_info")), certificate),
        trusted=trusted,
        trusted_by=trusted_by if trusted else "",
        linked=linked,
        time_stamp=str(_map(manifest.get("signature_info")).get("time") or ""),
        actions=tuple(_action(action) for action in actions),
        complete=listed.get("allActionsIncluded") is True,
        ai_generated=any(labels.is_ai(str(action.get("digitalSourceType") or "")) for action in actions),
        model=_model(assertions.get("c2pa.ai-disclosure")),
        generation=dict(assertions.get(GENERATION_LABEL, {})),
        review=_review(assertions.get(REVIEW_LABEL)),
        training={
            _line(kind): _line(_map(entry).get("use"))
            for kind, entry in _map(assertions.get("cawg.training-mining", {}).get("entries")).items()
        },
        ingredients=tuple(_line(i.get("title")) or "untitled" for i in _list(manifest.get("ingredients"))),
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
        return _line(f"{infos[0].get('name', '')} {infos[0].get('version', '')}")
    return _line(manifest.get("claim_generator"))


def _signer(info: Mapping[str, Any], certificate: Mapping[str, Any]) -> SignerSummary:
    subject, issuer = _map(certificate.get("subject")), _map(certificate.get("issuer"))
    validity = _map(certificate.get("validity"))
    return SignerSummary(
        name=_line(info.get("common_name") or subject.get("CN")),
        organisation=_line(info.get("issuer") or subject.get("O")),
        issuer=_line(issuer.get("CN") or issuer.get("O")),
        valid_from=_line(validity.get("notBefore")),
        valid_until=_line(validity.get("notAfter")),
    )


def _action(action: Mapping[str, Any]) -> ActionSummary:
    agent = action.get("softwareAgent")
    named = f"{_map(agent).get('name', '')} {_map(agent).get('version', '')}"
    code, source = _line(action.get("action")), _line(action.get("digitalSourceType"))
    return ActionSummary(
        code=code,
        words=labels.action(code),
        when=_line(action.get("when")),
        agent=_line(agent if isinstance(agent, str) else named),
        source=labels.source(source) if source else "",
    )


def _model(data: Mapping[str, Any] | None) -> ModelSummary | None:
    if data is None:
        return None
    level = _line(_map(data.get("contentProfile")).get("humanOversightLevel"))
    return ModelSummary(
        name=_line(data.get("modelName")),
        identifier=_line(data.get("modelIdentifier")),
        oversight=labels.OVERSIGHT.get(level, level),
    )


def _review(data: Mapping[str, Any] | None) -> ReviewSummary | None:
    if data is None:
        return None
    return ReviewSummary(
        decision=_line(data.get("decision")),
        review=_line(data.get("review")),
        organisation=_line(data.get("organisation")),
        content_sha256=_line(data.get("content_sha256")),
        stages=tuple({_line(k): _line(v) for k, v in stage.items()} for stage in _list(data.get("stages"))),
        uses=_strings(data.get("uses")),
        territories=_strings(data.get("territories")),
        valid_until=_line(data.get("valid_until")),
    )


def _map(value: Any) -> Mapping[str, Any]:
    """A signed file may hold anything anywhere: what is no object counts as an empty one."""
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(value: Any) -> tuple[str, ...]:
    return tuple(_line(item) for item in value) if isinstance(value, list) else ()


def _line(value: Any) -> str:
    """A name as the file has it, in one line that shows all it holds; nothing for nothing."""
    return foreign_text.line(str(value or ""))


def _clean(value: Any, *, depth: int = 0) -> Any:
    """Without what neither a database nor a page can hold: hidden characters, endless nesting."""
    if isinstance(value, str):
        return foreign_text.neutral(value, mark="\ufffd")
    if isinstance(value, Mapping | list) and depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_clean(item, depth=depth + 1) for item in value]
    return value
