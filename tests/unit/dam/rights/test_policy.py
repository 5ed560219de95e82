"""Every reason for which something may not leave, and what does not stop it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dam.rights import policy
from dam.rights.policy import Terms, Use

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CLEARED = Terms(
    approval="approved",
    credentials="trusted",
    uses=("web", "social"),
    territories=("EU", "CH"),
    embargo_until=NOW - DAY,
    valid_until=NOW + DAY,
)


def test_what_is_cleared_may_leave() -> None:
    assert policy.decide(CLEARED, use=Use.WEB, territory="DE", at=NOW) == policy.Verdict(allowed=True)


@pytest.mark.parametrize(
    ("approval", "reason"),
    [
        ("draft", "It hasn't been sent to review."),
        ("in_review", "Its review is still in progress."),
        ("changes_requested", "A reviewer requested changes."),
        ("rejected", "A reviewer rejected it."),
        ("withdrawn", "Its approval was withdrawn."),
        ("something_new", "It isn't approved."),
    ],
)
def test_only_what_is_approved_leaves(approval: str, reason: str) -> None:
    assert policy.decide(replace(CLEARED, approval=approval), at=NOW).reasons == (reason,)


@pytest.mark.parametrize("credentials", ["altered", "invalid"])
def test_broken_credentials_stop_it(credentials: str) -> None:
    assert not policy.decide(replace(CLEARED, credentials=credentials), at=NOW).allowed


@pytest.mark.parametrize("credentials", ["unchecked", "trusted", "valid", "unreadable", "none"])
def test_missing_or_unknown_credentials_do_not(credentials: str) -> None:
    assert policy.decide(replace(CLEARED, credentials=credentials), at=NOW).allowed


@pytest.mark.parametrize(("use", "allowed"), [(use, use in ("web", "social")) for use in Use])
def test_only_the_cleared_uses(use: Use, allowed: bool) -> None:
    assert policy.decide(CLEARED, use=use, at=NOW).allowed is allowed


def test_a_use_is_named_in_words() -> None:
    verdict = policy.decide(CLEARED, use=Use.OUT_OF_HOME, at=NOW)
    assert verdict.reasons == ("It isn't cleared for out of home.",)


def test_an_approval_for_no_use_clears_nothing() -> None:
    assert policy.decide(replace(CLEARED, uses=()), at=NOW).reasons == ("It isn't cleared for any use.",)


@pytest.mark.parametrize(("territory", "allowed"), [("FR", True), ("CH", True), ("EU", True), ("US", False)])
def test_only_the_cleared_territories(territory: str, allowed: bool) -> None:
    assert policy.decide(CLEARED, territory=territory, at=NOW).allowed is allowed


def test_a_territory_is_named_in_words() -> None:
    verdict = policy.decide(CLEARED, territory="US", at=NOW)
    assert verdict.reasons == ("It isn't cleared for United States.",)


@pytest.mark.parametrize(
    ("until", "allowed"), [(NOW + DAY, False), (NOW, True), (NOW - DAY, True), (None, True)]
)
def test_nothing_leaves_before_the_embargo_ends(until: datetime | None, allowed: bool) -> None:
    assert policy.decide(replace(CLEARED, embargo_until=until), at=NOW).allowed is allowed


@pytest.mark.parametrize(
    ("until", "allowed"), [(NOW + DAY, True), (NOW, False), (NOW - DAY, False), (None, True)]
)
def test_nothing_leaves_after_the_clearance_ended(until: datetime | None, allowed: bool) -> None:
    assert policy.decide(replace(CLEARED, valid_until=until), at=NOW).allowed is allowed


@pytest.mark.parametrize(
    ("until", "allowed"), [(NOW + DAY, True), (NOW, False), (NOW - DAY, False), (None, True)]
)
def test_nothing_leaves_once_a_consent_ended(until: datetime | None, allowed: bool) -> None:
    verdict = policy.decide(replace(CLEARED, consents_until=until), at=NOW)
    assert verdict.allowed is allowed
    assert allowed or verdict.reasons[0].startswith("A consent that it needs ended on ")


def test_dates_are_told_in_the_time_zone_of_the_question() -> None:
    west = timezone(timedelta(hours=-8))
    ended = datetime(2026, 1, 1, 7, 59, tzinfo=UTC)  # still the old year over there
    verdict = policy.decide(replace(CLEARED, valid_until=ended), at=NOW.astimezone(west))
    assert verdict.reasons == ("Its clearance ended on 31 December 2025.",)


def test_what_is_in_the_trash_stays() -> None:
    assert not policy.decide(replace(CLEARED, trashed=True), at=NOW).allowed


def test_every_reason_is_told_at_once() -> None:
    terms = replace(CLEARED, approval="rejected", valid_until=NOW - DAY, trashed=True)
    assert len(policy.decide(terms, use=Use.BROADCAST, territory="US", at=NOW).reasons) == 5
