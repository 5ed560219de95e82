"""The verdict out of three lists, and the chain, from readings as the library gives them."""

import json
from typing import Any

import pytest

from provenance.manifests import report, trust
from provenance.manifests.report import Report
from provenance.manifests.validation_codes import State

ACTIVE, PARENT = "urn:c2pa:active", "urn:c2pa:parent"
ANCHORS = {"urn:reelproof:anchor:0": "Some list"}


def status(code: str, manifest: str = ACTIVE, explanation: str = "") -> dict[str, str]:
    return {"code": code, "url": f"self#jumbf=/c2pa/{manifest}/c2pa.signature", "explanation": explanation}


TRUSTED = status("signingCredential.trusted", explanation="found in [urn:reelproof:anchor:0] trust anchors")


def read(
    *,
    state: str = "Trusted",
    active: list[dict[str, str]] | None = None,
    delta: list[dict[str, str]] | None = None,
    settled: list[dict[str, str]] | None = None,
    recorded: list[dict[str, str]] | None = None,
    known: list[dict[str, str]] | None = None,
    parent: dict[str, Any] | None = None,
    **manifest: Any,
) -> Report:
    if recorded is None and known is None:  # as whoever trusted the parent wrote
        known = [status("signingCredential.trusted", PARENT)]
    unknown = any(entry["code"] == "signingCredential.untrusted" for entry in active or [])
    ingredient = {
        "title": "Master",
        "relationship": "parentOf",
        "active_manifest": PARENT,
        "validation_results": {
            "activeManifest": {"success": known or [], "failure": recorded or []},
        },
    }
    changes = {"success": settled or [], "failure": delta or []}
    store = {
        "active_manifest": ACTIVE,
        "validation_state": state,
        "manifests": {ACTIVE: {"ingredients": [ingredient]} | manifest, PARENT: parent or {}},
        "validation_results": {
            "activeManifest": {"success": [] if unknown else [TRUSTED], "failure": active or []},
            "ingredientDeltas": [{"validationDeltas": changes}],
        },
    }
    return report.of({"outcome": "read", "store": store, "certificates": {}}, anchors=ANCHORS)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("none", State.NONE), ("elsewhere", State.UNREADABLE), ("unreadable", State.UNREADABLE)],
)
def test_what_was_not_read_has_a_reason(outcome: str, state: State) -> None:
    found = report.of({"outcome": outcome}, anchors={})
    assert found.state is state
    assert found.reasons[0].endswith(".")
    assert found.codes == ()


def test_a_clean_reading_is_trusted_because_of_a_named_list() -> None:
    found = read()
    assert found.state is State.TRUSTED
    assert found.chain[0].trusted_by == "Some list"
    assert "Some list" in found.reasons[0]


def test_the_librarys_own_verdict_counts_without_any_code() -> None:
    assert read(state="Invalid").state is State.INVALID
    assert read(state="A word of the future").state is State.INVALID


def test_a_parent_altered_in_the_chain_makes_the_file_altered() -> None:
    found = read(state="Trusted", delta=[status("assertion.hashedURI.mismatch", PARENT)])
    assert found.state is State.ALTERED
    assert [m.state for m in found.chain] == [State.TRUSTED, State.ALTERED]


def test_a_parent_that_was_broken_when_used_makes_the_file_altered() -> None:
    found = read(state="Trusted", recorded=[status("assertion.bmffHash.mismatch", PARENT)])
    assert found.state is State.ALTERED
    assert found.findings[0].where == "recorded"


def test_a_signer_unknown_then_and_trusted_now_is_trusted() -> None:
    unknown = status("signingCredential.untrusted", PARENT)
    assert read(recorded=[unknown]).state is State.VALID
    assert (
        read(recorded=[unknown], settled=[status("signingCredential.trusted", PARENT)]).state is State.TRUSTED
    )


def test_an_alteration_is_never_settled() -> None:
    broken = status("claimSignature.mismatch", PARENT)
    assert (
        read(recorded=[broken], settled=[status("signingCredential.trusted", PARENT)]).state is State.ALTERED
    )


def test_the_worst_reason_comes_first() -> None:
    found = read(active=[status("signingCredential.untrusted"), status("assertion.bmffHash.mismatch")])
    assert found.codes == ("assertion.bmffHash.mismatch", "signingCredential.untrusted")


def test_the_chain_runs_from_the_newest_to_the_oldest() -> None:
    assert [(m.label, m.relation) for m in read().chain] == [(ACTIVE, "active"), (PARENT, "parentOf")]


def test_a_chain_that_bites_its_tail_ends() -> None:
    circle = {"ingredients": [{"relationship": "parentOf", "active_manifest": ACTIVE}]}
    assert len(read(parent=circle).chain) == 2


@pytest.mark.parametrize(
    "manifest",
    [
        {"assertions": "no list"},
        {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": 3}}]},
        {
            "assertions": [
                {"created": True, "label": "app.reelproof.review", "data": {"stages": "x", "uses": 5}}
            ]
        },
        {"assertions": [{"label": "cawg.training-mining", "data": {"entries": ["x"]}}]},
        {"claim_generator_info": [{}], "signature_info": None},
        {"ingredients": [None, {"validation_results": "x"}]},
    ],
)
def test_a_signed_file_may_hold_anything_anywhere(manifest: dict[str, Any]) -> None:
    assert read(**manifest).chain[0].label == ACTIVE


def test_what_a_database_cannot_hold_is_replaced() -> None:
    found = read(title="a\x00b\ud800c")
    assert found.chain[0].title == "a\ufffdb?c"


def test_endless_nesting_is_cut() -> None:
    deep: Any = "bottom"
    for _ in range(500):
        deep = {"down": deep}
    assert "bottom" not in str(read(title="x", assertions=[{"label": "x", "data": deep}]).to_json(raw=True))


def test_however_much_a_file_says_what_is_kept_of_it_has_an_end() -> None:
    text, many = "W" * 1000, 120
    action = {"action": text, "softwareAgent": {"name": text}, "when": text}
    stage: dict[str, Any] = {"role": text} | {f"key {n}": text for n in range(10)}
    review = {"decision": text, "stages": [stage] * many, "uses": [text] * many, "territories": [text] * many}
    training = {"entries": {f"kind {n}": {"use": text} for n in range(many)}}
    generation = {"seed": text} | {f"key {n}": [text] for n in range(many)}
    manifest: dict[str, Any] = {
        "ingredients": [{"title": text, "relationship": "componentOf", "active_manifest": PARENT}] * many,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [action] * many}},
            {"created": True, "label": "app.reelproof.review", "data": review},
            {"label": "cawg.training-mining", "data": training},
            {"created": True, "label": "app.reelproof.generation", "data": generation},
        ],
    }
    failures = [status(f"assertion.x{n}.mismatch") for n in range(many)]
    found = read(active=failures, parent=manifest, **manifest)
    assert found.state is State.ALTERED
    assert found.chain[0].cut
    assert not read().chain[0].cut
    assert len(found.findings) + found.more_findings == many
    assert read().to_json()["more_findings"] == 0
    assert len(json.dumps(found.to_json(raw=True))) < 1_000_000
    assert found.to_json(raw=True)["raw"] == {}
    assert read().to_json(raw=True)["raw"]


def test_a_history_of_long_entries_is_cut_and_says_so() -> None:
    texts: dict[str, Any] = {
        f"m{place}": {"ingredients": [{"data_types": [{"type": "c2pa.types.generator.prompt"}]}]}
        for place in range(50)
    }
    store: dict[str, Any] = {"active_manifest": "m0", "validation_state": "Trusted", "manifests": texts}
    for place in range(50):
        ingredient = texts[f"m{place}"]["ingredients"][0]
        ingredient |= {
            "data": {"identifier": "x"},
            "relationship": "parentOf",
            "active_manifest": f"m{place + 1}",
        }
    found = report.of({"outcome": "read", "store": store, "texts": {"x": "W" * 16_000}}, anchors={})
    assert (found.shortened, 20 < len(found.chain) < 50) == (True, True)


def test_the_development_ca_is_named() -> None:
    signer = {"issuer": trust.DEVELOPMENT_ORGANISATION, "common_name": "x"}
    assert read(parent={"signature_info": signer}).to_json()["development"] is True
    assert read().to_json()["development"] is False


def test_a_stranger_who_names_himself_like_the_development_ca_is_none() -> None:
    signer = {"issuer": trust.DEVELOPMENT_ORGANISATION, "common_name": "x"}
    found = read(active=[status("signingCredential.untrusted")], signature_info=signer)
    assert not found.development
    assert (found.chain[0].trusted, found.chain[0].proven, found.state) == (False, False, State.VALID)


def test_an_anchor_with_another_name_is_no_development_ca() -> None:
    assert read(signature_info={"issuer": trust.DEVELOPMENT_ORGANISATION}).chain[0].trusted_by == "Some list"
    assert not read(signature_info={"issuer": trust.DEVELOPMENT_ORGANISATION}).development


UNKNOWN = status("signingCredential.untrusted")
UNKNOWN_PARENT = status("signingCredential.untrusted", PARENT)
TRUSTED_PARENT = status("signingCredential.trusted", PARENT)


def test_a_parent_that_nobody_vouches_for_is_not_trusted() -> None:
    found = read(known=[])
    assert (found.state, found.chain[1].state, found.chain[1].trusted) == (State.VALID, State.VALID, False)


def test_what_a_stranger_recorded_makes_nobody_trusted() -> None:
    found = read(active=[UNKNOWN], known=[TRUSTED_PARENT])
    assert [manifest.trusted for manifest in found.chain] == [False, False]


def test_a_parent_is_judged_by_its_own_signer_under_a_stranger() -> None:
    found = read(
        active=[UNKNOWN], known=[], settled=[TRUSTED_PARENT | {"explanation": TRUSTED["explanation"]}]
    )
    assert [(m.trusted, m.linked, m.proven) for m in found.chain] == [
        (False, True, False),
        (True, False, False),
    ]


@pytest.mark.parametrize("place", ["success", "informational", "failure"])
@pytest.mark.parametrize("url", [UNKNOWN_PARENT["url"], "self#jumbf=c2pa.signature"])
def test_a_failure_cannot_be_hidden_in_what_was_recorded(place: str, url: str) -> None:
    hidden = {"activeManifest": {"success": [TRUSTED_PARENT]}}
    hidden["activeManifest"].setdefault(place, []).append(UNKNOWN_PARENT | {"url": url})
    ingredient = {"relationship": "parentOf", "active_manifest": PARENT, "validation_results": hidden}
    found = read(ingredients=[ingredient])
    assert (found.state, found.chain[1].trusted) == (State.VALID, False)


TIME = "2026-11-22T14:00:19+00:00"
STAMPED_PARENT = status("timeStamp.trusted", PARENT)


@pytest.mark.parametrize(
    ("reading", "proven"),
    [
        ({}, ""),  # a time-stamp of somebody's own authority: the library tells its time all the same
        ({"settled": [STAMPED_PARENT]}, TIME),
        ({"known": [TRUSTED_PARENT, STAMPED_PARENT]}, TIME),
        ({"active": [UNKNOWN], "known": [TRUSTED_PARENT, STAMPED_PARENT]}, ""),  # recorded by a stranger
    ],
)
def test_only_an_authority_that_is_trusted_here_proves_a_time(reading: dict[str, Any], proven: str) -> None:
    found = read(parent={"signature_info": {"time": TIME}}, **reading)
    assert found.chain[1].time_stamp == proven


@pytest.mark.parametrize(("created", "told"), [(True, True), (False, False), (None, False), ("yes", False)])
def test_a_review_that_its_signer_only_passes_on_is_not_told_as_his(created: object, told: bool) -> None:
    review = {"label": "app.reelproof.review", "data": {"decision": "approved"}, "created": created}
    assert (read(assertions=[review]).review is not None) is told


def test_an_approval_in_a_file_that_was_changed_is_not_proven() -> None:
    found = read(active=[status("assertion.bmffHash.mismatch")])
    assert not found.chain[0].proven


@pytest.mark.parametrize("trick", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x1b", "\x00", "\n"])
def test_no_name_in_a_manifest_hides_anything(trick: str) -> None:
    text = f"Open{trick}AI"
    action = {"action": text, "softwareAgent": {"name": text}, "digitalSourceType": text, "when": text}
    review = {"decision": text, "organisation": text, "stages": [{"role": text}], "uses": [text]}
    training = {"entries": {text: {"use": text}}}
    found = read(
        title=text,
        claim_generator_info=[{"name": text}],
        signature_info={"common_name": text, "issuer": text},
        ingredients=[{"title": text}],
        assertions=[
            {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
            {"created": True, "label": "app.reelproof.review", "data": review | {"territories": [text]}},
            {"label": "c2pa.ai-disclosure", "data": {"modelName": text, "modelIdentifier": text}},
            {"label": "cawg.training-mining", "data": training},
            {"created": True, "label": "app.reelproof.generation", "data": {"seed": text}},
        ],
    )
    assert trick not in str(found.to_json()) + str(found.chain)


def test_the_prompt_is_shown_where_the_file_holds_its_words() -> None:
    ingredient = {"data_types": [{"type": "c2pa.types.generator.prompt"}], "data": {"identifier": "x"}}
    store: dict[str, Any] = {"active_manifest": ACTIVE, "validation_state": "Trusted"}
    store |= {"manifests": {ACTIVE: {"ingredients": [ingredient]}}}
    for text, shown in (("a red kite", "a red kite"), ("sha256:00", "")):
        reading = {"outcome": "read", "store": store, "texts": {"x": text}}
        assert report.of(reading, anchors={}).chain[0].prompt == shown


@pytest.mark.parametrize(("manifests", "shortened"), [(60, False), (61, True)])
def test_a_history_that_is_not_shown_whole_says_so(manifests: int, shortened: bool) -> None:
    store: dict[str, Any] = {"active_manifest": "m0", "validation_state": "Trusted"}
    store["manifests"] = {
        f"m{place}": {"ingredients": [{"relationship": "parentOf", "active_manifest": f"m{place + 1}"}]}
        for place in range(manifests)
    }
    found = report.of({"outcome": "read", "store": store}, anchors={})
    assert len(found.chain) == 60
    assert found.to_json()["shortened"] is shortened
