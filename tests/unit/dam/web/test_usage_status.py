from datetime import UTC, datetime

import pytest

from dam.rights.policy import Terms
from dam.web import usage_status

NOW = datetime(2026, 3, 10, tzinfo=UTC)
LATER = datetime(2027, 6, 1, tzinfo=UTC)


def terms(**changes: object) -> Terms:
    facts: dict[str, object] = {"approval": "approved", "credentials": "trusted"}
    return Terms(**(facts | {"uses": ("web", "social")} | changes))  # type: ignore[arg-type]


def test_an_approved_clip_says_for_what_where_and_until_when() -> None:
    shown = usage_status.of(
        origin="generated", terms=terms(territories=("EU", "CH"), valid_until=LATER), at=NOW
    )
    assert shown.tone == "ok"
    assert shown.answer == "Cleared for web and social media, in the EU and Switzerland, until 1 June 2027."


def test_a_clearance_without_end_says_so() -> None:
    assert usage_status.of(origin="uploaded", terms=terms(), at=NOW).answer.endswith(
        "worldwide, with no end date."
    )


@pytest.mark.parametrize(
    ("changes", "tone"),
    [
        ({"approval": "draft"}, "info"),
        ({"approval": "in_review"}, "info"),
        ({"approval": "withdrawn"}, "warn"),
        ({"approval": "rejected"}, "bad"),
        ({"credentials": "altered"}, "bad"),
        ({"valid_until": NOW}, "warn"),
    ],
)
def test_what_may_not_be_used_says_why(changes: dict[str, object], tone: str) -> None:
    shown = usage_status.of(origin="uploaded", terms=terms(**changes), at=NOW)
    assert shown.tone == tone
    assert shown.answer.startswith("Not cleared for use")
    assert shown.details


def test_a_card_warns_only_of_what_was_approved() -> None:
    assert usage_status.warning(terms=terms(approval="draft"), at=NOW) == ""
    assert usage_status.warning(terms=terms(), at=NOW) == ""
    assert (
        usage_status.warning(terms=terms(valid_until=NOW), at=NOW) == "Its clearance ended on 10 March 2026."
    )


@pytest.mark.parametrize("release", ["", "signing", "failed", "superseded", "withdrawn"])
def test_an_approval_without_a_signed_file_is_no_green_light(release: str) -> None:
    shown = usage_status.of(origin="uploaded", terms=terms(), at=NOW, release=release)
    assert shown.tone != "ok"
    assert not shown.answer.startswith(("Approved", "Cleared"))
    assert shown.details == ("Approved for web and social media, worldwide, with no end date.",)
