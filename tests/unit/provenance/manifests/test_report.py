"""The verdict out of three lists, and the chain, from readings as the library gives them."""

from typing import Any

import pytest

from provenance.manifests import report
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
    parent: dict[str, Any] | None = None,
    **manifest: Any,
) -> Report:
    ingredient = {
        "title": "Master",
        "relationship": "parentOf",
        "active_manifest": PARENT,
        "validation_results": {"activeManifest": {"failure": recorded or []}},
    }
    changes = {"success": settled or [], "failure": delta or []}
    store = {
        "active_manifest": ACTIVE,
        "validation_state": state,
        "manifests": {ACTIVE: {"ingredients": [ingredient]} | manifest, PARENT: parent or {}},
        "validation_results": {
            "activeManifest": {"success": [TRUSTED], "failure": active or []},
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
        {"assertions": [{"label": "app.reelproof.review", "data": {"stages": "x", "uses": 5}}]},
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


def test_the_development_ca_is_named() -> None:
    signer = {"issuer": report.DEVELOPMENT_ORGANISATION, "common_name": "x"}
    assert read(signature_info=signer).to_json()["development"] is True
    assert read().to_json()["development"] is False


def test_the_prompt_is_shown_where_the_file_holds_its_words() -> None:
    ingredient = {"data_types": [{"type": "c2pa.types.generator.prompt"}], "data": {"identifier": "x"}}
    store: dict[str, Any] = {"active_manifest": ACTIVE, "validation_state": "Trusted"}
    store |= {"manifests": {ACTIVE: {"ingredients": [ingredient]}}}
    for text, shown in (("a red kite", "a red kite"), ("sha256:00", "")):
        reading = {"outcome": "read", "store": store, "texts": {"x": text}}
        assert report.of(reading, anchors={}).chain[0].prompt == shown
