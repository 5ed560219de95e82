"""A report in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from provenance.manifests.validation_codes import State
from provenance.releases.known import KnownRelease, Standing
from provenance.web import credentials_summary

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


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
        "signer": {"name": "Sam", "organisation": ""},
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


def test_a_development_ca_makes_a_test_certificate_in_amber() -> None:
    verdict = credentials_summary.verdict(report(State.TRUSTED, development=True))
    assert (verdict.title, verdict.tone) == ("Signed with a test certificate", "warn")
    assert credentials_summary.verdict(report(State.TRUSTED)).tone == "ok"


def test_what_an_unknown_signer_says_is_no_heading() -> None:
    review = {"decision": "approved", "organisation": "Northwind Drinks"}
    found = entry(review=review, state="valid", proven=False)
    assert (found.heading, found.vouched) == ("Signed by an unknown signer", False)
    assert found.claim == "“Approved for release by Northwind Drinks”"


def test_a_report_of_earlier_days_is_believed_only_when_all_of_it_was_trusted() -> None:
    (old,) = credentials_summary.chain(report(State.VALID, manifests=[manifest()]))
    assert not old.vouched
    assert entry().vouched


def known(**changes: Any) -> KnownRelease:
    fields: dict[str, Any] = {"brand": "Northwind", "released_at": AT, "standing": Standing.CLEARED}
    return KnownRelease(**fields | changes)


@pytest.mark.parametrize("standing", [each for each in Standing if each != Standing.CLEARED])
@pytest.mark.parametrize("development", [True, False])
def test_a_headline_says_first_that_a_file_may_not_be_used(standing: Standing, development: bool) -> None:
    release = known(standing=standing, ended_at=AT, valid_until=AT, embargo_until=AT)
    found = credentials_summary.verdict(
        report(State.TRUSTED, development=development), release=release, at=AT
    )
    assert found.tone in ("warn", "bad")
    assert "rusted" not in found.title
    undated = (Standing.REMOVED, Standing.STOPPED, Standing.INSIDE)
    assert "22 November 2026" in found.title + found.sentence or standing in undated


def test_a_clearance_that_a_foreign_library_signed_has_its_end() -> None:
    review = {"decision": "approved", "organisation": "X", "valid_until": "2026-11-01T00:00:00Z"}
    whole = report(State.TRUSTED, manifests=[manifest(review=review, proven=True)])
    assert "Clearance has ended" in credentials_summary.verdict(whole, at=AT).title
    assert "trusted" in credentials_summary.verdict(whole, at=AT.replace(month=10)).title


def test_a_link_of_the_chain_says_what_happened() -> None:
    made = action("Created", agent="previz-dit 0.1", source="AI-generated")
    assert entry(ai_generated=True, actions=[made]).heading == "AI-generated with previz-dit 0.1"
    assert entry(actions=[action("Opened"), action("Re-encoded")]).heading == "Opened, re-encoded"
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


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2026-11-22T12:00:00", "9999"),
        # No calendar has them in the time zones of those who read the page.
        *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_a_time_that_nobody_can_be_shown_is_none(text: str) -> None:
    review = {"decision": "approved", "organisation": "Somebody", "valid_until": text}
    assert entry(signed_at=text).at is None
    assert entry(review=review).valid_until is None


def test_a_stored_report_is_told_in_the_language_of_its_reader() -> None:
    note = "Nothing was changed since it was signed. Trusted because of: List A."
    finding = {"code": "claim.missing", "reason": "The signed claim is missing.", "where": "active"}
    listed = manifest(
        actions=[action("Opened"), action("Converted to another format", source="Recorded by a camera")],
        model={"name": "M", "identifier": "", "oversight": "checked by a person"},
    )
    stored = report(State.TRUSTED, note=note, findings=[finding], reasons=[note], manifests=[listed])
    with translation.override("de"):
        told = credentials_summary.said(stored)
        verdict = credentials_summary.verdict(told)
        (told_entry,) = credentials_summary.chain(told)
    assert "List A" in verdict.sentence
    assert "signed" not in verdict.sentence
    assert told["findings"][0]["reason"] == "Der signierte Claim fehlt."
    assert told_entry.heading == "Geöffnet, In ein anderes Format umgewandelt"
    assert told_entry.manifest["model"]["oversight"] == "von einer Person geprüft"
    assert stored["findings"] == [finding]  # which stays as it is stored
    assert credentials_summary.said(stored) == stored


def test_the_day_of_an_end_is_written_as_its_reader_does() -> None:
    release = known(standing=Standing.WITHDRAWN, ended_at=AT)
    with translation.override("de"):
        found = credentials_summary.verdict(report(State.TRUSTED), release=release, at=AT)
    assert "22. November 2026" in found.sentence


def test_a_role_in_a_review_is_called_as_people_call_it() -> None:
    review = {
        "decision": "approved",
        "organisation": "N",
        "stages": [{"role": "legal_reviewer"}, {"role": "odd_one"}],
    }
    told = credentials_summary.said(report(State.TRUSTED, manifests=[manifest(review=review)]))
    assert [each["role"] for each in told["manifests"][0]["review"]["stages"]] == [
        "Legal reviewer",
        "Odd one",
    ]
