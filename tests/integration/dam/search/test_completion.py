"""What a half-typed field takes."""

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.search import completion
from tests.factories import member

pytestmark = pytest.mark.django_db


def texts(last: str, person: Member) -> list[str]:
    return [each.text for each in completion.complete(last, principal=person)]


def test_a_field_that_is_begun_says_what_it_takes(librarian: Member) -> None:
    (offered,) = completion.complete("sta", principal=librarian)
    assert offered.text == "state:"
    assert offered.label.startswith("state: draft, in_review")


def test_a_field_is_found_by_what_people_call_it(librarian: Member) -> None:
    assert texts("leng", librarian) == ["duration:"]


def test_a_field_without_a_value_shows_some(librarian: Member) -> None:
    assert {"<5s", ">10s", "1:30"} <= {
        text.removeprefix("duration:") for text in texts("duration:", librarian)
    }


def test_a_further_value_is_completed_and_none_is_offered_twice(librarian: Member) -> None:
    assert texts("-state:draft,d", librarian) == []
    assert texts("-state:draft,app", librarian) == ["-state:draft,approved"]


def test_a_word_that_is_no_field_is_left_alone(librarian: Member) -> None:
    assert texts("foo:", librarian) == texts("s", librarian) == []


def test_fields_that_somebody_may_not_ask_are_not_offered(brand: Brand) -> None:
    assert texts("see", member(brand, Role.VIEWER)) == texts("prompt:", member(brand, Role.VIEWER)) == []
