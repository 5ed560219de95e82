"""Saved searches: whose they are, who may change them, and that each is kept once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.search.query import Filters
from dam.search.saved import saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import SavedSearch
from tests.factories import BrandFactory, member

BOTTLES = Asked(words="red bottle", filters=Filters(state=["draft"]))


def test_a_private_search_is_its_owners_alone_and_leaves_no_event(brand: Brand, librarian: Member) -> None:
    search = saved_searches.save(BOTTLES, name="Bottles", by=librarian)
    assert list(saved_searches.visible(librarian)) == [search]
    assert not saved_searches.visible(member(brand, Role.ADMIN)).exists()
    assert not Event.objects.filter(verb__startswith="search.").exists()
    assert saved_searches.question(search) == BOTTLES


def test_a_shared_search_is_the_brands_and_leaves_an_event(brand: Brand, librarian: Member) -> None:
    search = saved_searches.save(BOTTLES, name="Bottles", by=librarian, shared=True)
    assert list(saved_searches.visible(member(brand, Role.VIEWER))) == [search]
    assert not saved_searches.visible(member(BrandFactory.create(), Role.ADMIN)).exists()
    assert Event.objects.get(verb="search.shared").target == "Bottles"


def test_a_viewer_can_save_but_not_share(brand: Brand) -> None:
    viewer = member(brand, Role.VIEWER)
    search = saved_searches.save(BOTTLES, name="Mine", by=viewer)
    with pytest.raises(PermissionDenied):
        saved_searches.edit(search, by=viewer, name="Mine", shared=True, collection=False)


def test_the_same_search_is_saved_once_and_says_under_which_name(brand: Brand, librarian: Member) -> None:
    saved_searches.save(BOTTLES, name="Bottles", by=librarian, shared=True)
    again = Asked(words="Red  Bottle", filters=Filters(state=["draft"]))
    for person in (librarian, member(brand, Role.CREATOR)):
        with pytest.raises(saved_searches.AlreadySaved, match="“Bottles”"):
            saved_searches.save(again, name="Others", by=person)


def test_only_its_owner_or_who_curates_changes_what_is_shared(brand: Brand) -> None:
    owner, other = member(brand, Role.CREATOR), member(brand, Role.CREATOR)
    search = saved_searches.save(BOTTLES, name="Bottles", by=owner, shared=True)
    with pytest.raises(PermissionDenied):
        saved_searches.delete(search, by=other)
    assert saved_searches.edit(
        search, by=member(brand, Role.LIBRARIAN), name="Red bottles", shared=True, collection=True
    )
    assert saved_searches.visible(owner).get().name == "Red bottles"


def test_it_can_ask_something_else_from_now_on(librarian: Member) -> None:
    search = saved_searches.save(BOTTLES, name="Bottles", by=librarian)
    saved_searches.ask_instead(search, Asked(words="green bottle"), by=librarian)
    search.refresh_from_db()
    assert saved_searches.question(search) == Asked(words="green bottle")


def test_a_deletion_is_taken_back_and_forgotten_in_time(librarian: Member) -> None:
    search = saved_searches.save(BOTTLES, name="Bottles", by=librarian)
    saved_searches.delete(search, by=librarian)
    assert not saved_searches.visible(librarian).exists()
    assert saved_searches.restore(search.pk, by=librarian) == search
    saved_searches.delete(search, by=librarian)
    saved_searches.forget_deleted(at=timezone.now() + timedelta(days=31))
    assert not SavedSearch.objects.exists()


def test_how_many_there_can_be_is_said(librarian: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "MOST_OWN", 1)
    saved_searches.save(BOTTLES, name="Bottles", by=librarian)
    with pytest.raises(saved_searches.SearchRefused, match="You have 1 saved searches, which is the most"):
        saved_searches.save(Asked(words="cans"), name="Cans", by=librarian)
