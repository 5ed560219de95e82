"""Between what a saved search asks and the page of the library that answers it."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.search.query import Filters
from dam.search.saved import alerts, saved_searches
from dam.search.saved import recent as recents
from dam.search.saved.asked import Asked
from dam.search.saved.models import RecentSearch, SavedSearch
from dam.web import listing
from dam.web.listing import ListingQuery

LONGEST = 64 * 1024  # of a query string: no server takes a longer address


def asked(query: ListingQuery) -> Asked:
    like = Filters(like=[str(query.like)]) if query.like else Filters()
    return Asked(words=query.words, filters=query.filters, like=like)


def sent(address: str, *, brand: Brand) -> ListingQuery:
    """What a form or a script names as the query string of its page. Never fails."""
    return listing.read(QueryDict(address.removeprefix("?")[:LONGEST]), brand=brand)


def query_of(question: Asked, *, search: SavedSearch | None = None) -> ListingQuery:
    return ListingQuery(
        words=question.words,
        filters=question.filters,
        like=question.likeness,
        saved=search.pk if search else None,
    )


def library(slug: str, query: ListingQuery) -> str:
    """The library's page that answers the query."""
    return reverse("library", args=[slug]) + query.address()


def of_recent(recent: RecentSearch, slug: str) -> str:
    return library(slug, query_of(recents.asked_by(recent)))


MENU = 12  # saved searches in the menu of the library


def context(principal: Principal, query: ListingQuery) -> dict[str, Any]:
    """What the library says of saved searches: those there are, and how what it shows stands to them.

    `saved_state` is "new" for a search that could be saved, "same" or "changed" for one that comes from
    `saved_search`; empty where nothing is asked.
    """
    wanted = asked(query)
    found = saved_searches.visible(principal).filter(pk=query.saved).first() if query.saved else None
    state = ""
    if principal.user is not None and wanted:
        state = "new" if found is None else "same" if found.digest == wanted.digest else "changed"
    elif found is not None:
        state = "changed"
    return {
        "saved_menu": list(saved_searches.listed(principal)[:MENU]),
        "saved_state": state,
        "saved_search": found,
        "saved_title": wanted.title,
        "saved_may_change": found is not None and saved_searches.may_change(found, by=principal),
        "saved_tells": found is not None and alerts.theirs(principal).filter(search=found).exists(),
    }
