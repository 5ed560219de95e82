"""Recent searches: the last few, each once, and nobody else's."""

from datetime import timedelta

from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.search.query import Filters
from dam.search.saved import recent
from dam.search.saved.asked import Asked
from tests.factories import member


def test_the_last_ones_stay_each_once_and_newest_first(librarian: Member) -> None:
    at = timezone.now()
    for place in range(recent.MOST + 2):
        recent.keep(Asked(words=f"can {place}"), by=librarian, at=at + timedelta(seconds=place))
    recent.keep(Asked(words="CAN 5"), by=librarian, at=at + timedelta(minutes=1))
    kept = [each.words for each in recent.of(librarian)]
    assert len(kept) == recent.MOST
    assert kept[:2] == ["CAN 5", f"can {recent.MOST + 1}"]
    assert not {"can 5", "can 0"} & set(kept)


def test_they_are_private_and_can_be_forgotten(brand: Brand, librarian: Member) -> None:
    for words in ("red", "green"):
        recent.keep(Asked(words=words), by=librarian)
    assert not recent.of(member(brand, Role.ADMIN)).exists()
    newest = recent.of(librarian)[0]
    recent.forget(member(brand, Role.ADMIN), one=newest.pk)
    recent.forget(librarian, one=newest.pk)
    assert [each.words for each in recent.of(librarian)] == ["red"]
    recent.forget(librarian)
    assert not recent.of(librarian).exists()


def test_those_with_the_same_words_are_told_apart_by_their_filters(librarian: Member) -> None:
    for filters in (
        Filters(),
        Filters(state=["in_review"], tag=["summer"]),
        Filters(gone=["as kept"]),
    ):
        recent.keep(Asked(words="red can", filters=filters), by=librarian)
    recent.keep(Asked(filters=Filters(duration=["..5"])), by=librarian)
    assert [recent.asked_by(each).label for each in recent.of(librarian)] == [
        "up to 5 s",
        "red can · as kept",
        "red can · summer, in review",
        "red can",
    ]
