"""A report in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from provenance.manifests.validation_codes import State
from provenance.web import credentials_summary


def report(state: State, **changes: Any) -> dict[str, Any]:
    data = {
        "state": state.value,
        "reasons": ["Because."],
        "note": "Note.",
        "development": False,
        "manifests": [],
    }
    return data | changes


def manifest(**changes: Any) -> dict[str, Any]:
    data = {
        "state": "trusted",
        "review": None,
        "actions": [],
        "ai_generated": False,
        "signed_at": "2026-11-22T12:00:00Z",
        "time_stamp": "",
        "ingredients": ["Master", "Logo"],
    }
    return data | changes


def action(words: str, **changes: str) -> dict[str, str]:
    return {"words": words, "agent": "", "source": ""} | changes


def entry(**changes: Any) -> credentials_summary.ManifestEntry:
    (found,) = credentials_summary.chain(report(State.TRUSTED, manifests=[manifest(**changes)]))
    return found


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_pin_and_a_sentence(state: State) -> None:
    verdict = credentials_summary.verdict(report(state))
    assert verdict.icon.startswith("shield")
    assert verdict.sentence


def test_an_unknown_signer_is_never_called_invalid() -> None:
    verdict = credentials_summary.verdict(report(State.VALID))
    assert "nvalid" not in verdict.title + verdict.sentence
    assert verdict.tone == "info"


def test_a_development_ca_is_named_in_the_verdict() -> None:
    assert "development CA" in credentials_summary.verdict(report(State.TRUSTED, development=True)).title
    assert "development" not in credentials_summary.verdict(report(State.TRUSTED)).title


def test_a_link_of_the_chain_says_what_happened() -> None:
    made = action("Created", agent="previz-dit 0.1", source="AI-generated")
    assert entry(ai_generated=True, actions=[made]).heading == "AI-generated with previz-dit 0.1"
    assert entry(actions=[action("Opened"), action("Encoded again")]).heading == "Opened, encoded again"
    assert entry().heading == "Signed"


def test_a_review_is_told_with_its_limits() -> None:
    review = {
        "decision": "approved",
        "organisation": "Northwind Drinks",
        "uses": ["paid_advertising"],
        "territories": ["DE", "EU"],
        "valid_until": "2027-06-30T00:00:00Z",
    }
    found = entry(review=review)
    assert found.heading == "Approved for release by Northwind Drinks"
    assert (found.uses, found.territories) == (("paid advertising",), ("Germany", "the EU"))
    assert found.valid_until == datetime(2027, 6, 30, tzinfo=UTC)


def test_what_else_it_was_made_from_is_named() -> None:
    assert entry().inputs == ("Logo",)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-22T12:00:00", "9999"])
def test_a_time_that_is_none_is_no_time(text: str) -> None:
    assert credentials_summary.moment(text) is None
