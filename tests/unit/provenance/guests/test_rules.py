"""When a link opens something, and what its guest may say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from provenance.guests import rules
from provenance.guests.rules import Facts, May, Standing

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Standing.OPEN),
        ({"expires_at": NOW + timedelta(microseconds=1)}, Standing.OPEN),
        ({"expires_at": NOW}, Standing.EXPIRED),
        ({"revoked": True}, Standing.REVOKED),
        ({"erased": True}, Standing.ERASED),
        ({"brand_shares": False}, Standing.SWITCHED_OFF),
        ({"brand_closed": True}, Standing.CLOSED),
        ({"trashed": True}, Standing.TRASHED),
        ({"source_stopped": True}, Standing.SOURCE_STOPPED),
        ({"source_stopped": True, "trashed": True}, Standing.TRASHED),
        ({"source_stopped": True, "over": True}, Standing.OVER),
        ({"over": True}, Standing.OVER),
        ({"inviter_gone": True}, Standing.INVITER_GONE),
        ({"over": True, "inviter_gone": True, "brand_closed": True}, Standing.OVER),
        ({"revoked": True, "expires_at": NOW}, Standing.REVOKED),
        ({"brand_closed": True, "expires_at": NOW}, Standing.EXPIRED),
        ({"brand_closed": True, "brand_shares": False, "trashed": True}, Standing.CLOSED),
    ],
)
def test_a_link_opens_something_only_while_nothing_ends_it(
    changes: dict[str, Any], expected: Standing
) -> None:
    assert rules.standing(Facts(**{"expires_at": LATER, **changes}), at=NOW) is expected


@pytest.mark.parametrize("granted", list(May))
@pytest.mark.parametrize("wanted", list(May))
def test_each_may_do_what_those_before_it_may(granted: May, wanted: May) -> None:
    order = [May.VIEW, May.COMMENT, May.RECOMMEND]
    assert rules.allows(granted, wanted) == (order.index(wanted) <= order.index(granted))


@pytest.mark.parametrize(
    ("granted", "wanted", "is_open", "newer", "refused"),
    [
        (May.VIEW, May.COMMENT, True, False, True),
        (May.COMMENT, May.COMMENT, True, False, False),
        (May.COMMENT, May.RECOMMEND, True, False, True),
        (May.RECOMMEND, May.RECOMMEND, True, False, False),
        (May.RECOMMEND, May.RECOMMEND, False, False, True),
        (May.RECOMMEND, May.COMMENT, False, True, True),
        (May.RECOMMEND, May.COMMENT, True, True, True),
    ],
)
def test_something_is_said_only_where_it_is_granted_and_the_review_is_on(
    granted: May, wanted: May, is_open: bool, newer: bool, refused: bool
) -> None:
    said = rules.refusal(granted, wanted, review_is_open=is_open, newer=newer)
    assert bool(said) is refused


def test_a_session_ends_with_its_link() -> None:
    assert rules.ends_at(NOW, link_expires=LATER) == NOW + rules.SESSION
    assert rules.ends_at(NOW, link_expires=NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
