from datetime import UTC, datetime

import pytest

from provenance.recalls import copies
from provenance.recalls.copies import Download

MONDAY, TUESDAY = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("reference", "person", "token"),
    [
        ("user:12", "user:12", None),
        ("token:3 user:12", "user:12", 3),
        ("guest:5", "guest:5", None),
        ("guest_link:5", "guest_link:5", None),
        ("system", "", None),
        ("", "", None),
        ("user:", "", None),
        ("user:²", "", None),
    ],
)
def test_whoever_answers_for_a_download(reference: str, person: str, token: int | None) -> None:
    assert (copies.person_of(reference), copies.token_of(reference)) == (person, token)


def test_a_person_is_there_once_with_what_their_tokens_took() -> None:
    found = copies.by_person(
        [
            Download("user:1", "", "web", "DE", 2, MONDAY),
            Download("token:3 user:1", "Square", "", "", 1, TUESDAY),
            Download("guest:1", "", "", "", 1, MONDAY),
            Download("system", "", "", "", 1, MONDAY),
        ]
    )
    assert set(found) == {"user:1", "guest:1"}
    one = found["user:1"]
    assert one.user_id == 1
    assert [(each["format"], each["token"]) for each in one.kept()] == [("Square", 3), ("", None)]
    assert found["guest:1"].user_id is None
