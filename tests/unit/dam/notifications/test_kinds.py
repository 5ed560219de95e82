"""The table of what people can hear of."""

from dam.accounts.capabilities import GRANTS, Capability, Role
from dam.audit.verbs import Verb
from dam.notifications import kinds
from dam.notifications.kinds import KINDS, Mail


def names(verb: Verb, **data: object) -> list[str]:
    return [kind.name for kind in kinds.of(verb, data)]


def test_an_approved_stage_asks_the_next_reviewers_and_tells_the_makers() -> None:
    assert names(Verb.REVIEW_APPROVED_STAGE) == ["asked", "decided"]
    assert names(Verb.REVIEW_APPROVED_STAGE, asked=[7]) == ["asked", "decided", "standing_in"]


def test_a_new_version_is_a_take_only_when_it_was_generated() -> None:
    assert names(Verb.VERSION_ADDED, origin="uploaded") == ["changes_made"]
    assert names(Verb.VERSION_ADDED, origin="generated") == ["take", "changes_made"]


def test_a_comment_that_names_or_answers_somebody_is_told_to_them_as_such() -> None:
    assert names(Verb.COMMENT_ADDED) == ["commented"]
    assert names(Verb.COMMENT_ADDED, mentions=[7]) == ["mentioned", "commented"]
    assert names(Verb.COMMENT_ADDED, replies_to=[7], mentions=[]) == ["replied", "commented"]


def test_whoever_a_comment_is_assigned_to_is_told_so() -> None:
    assert names(Verb.COMMENT_ASSIGNED, assigned_to=7) == ["assigned", "standing_in"]
    assert KINDS["assigned"].named == "assigned_to"


def test_what_no_event_sets_off_is_not_offered() -> None:
    offered = {kind.name for kind in kinds.offered(frozenset(Capability))}
    assert offered == {kind.name for kind in KINDS.values() if kind.follows or kind.by_alerts}


def test_a_viewer_is_offered_nothing_of_work_in_progress() -> None:
    offered = {kind.name for kind in kinds.offered(GRANTS[Role.VIEWER])}
    assert offered == {"recalled", "take_down", "rights_ending", "new_in_search", "invited"}


def test_a_viewer_gets_no_mail_at_once_unless_they_choose_it() -> None:
    at_once = [
        kind.name for kind in KINDS.values() if kinds.default_mail(kind, GRANTS[Role.VIEWER]) is Mail.AT_ONCE
    ]
    assert at_once == ["take_down"]  # what must come down can't wait for a digest


def test_a_webhook_hears_of_a_withdrawal_once() -> None:
    assert KINDS["recalled"].webhooks
    assert not KINDS["take_down"].webhooks


def test_names_fit_their_column() -> None:
    assert all(len(name) <= 20 for name in KINDS)
