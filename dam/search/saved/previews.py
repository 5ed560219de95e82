"""What a saved search shows on a card: its newest or best clips, and how many there are."""

from dataclasses import dataclass

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.search import likeness
from dam.search import search as searching
from dam.search.saved import saved_searches
from dam.search.saved.models import SavedSearch
from dam.search.search import Ask
from dam.search.strengths import Strength

POSTERS = 4


@dataclass(frozen=True)
class Preview:
    """What this person finds by it now. `assets` have their parts (search.with_parts)."""

    assets: tuple[Asset, ...]
    count: int
    more: bool = False  # there are more than are counted
    problem: str = ""  # why it can find nothing, for people


def of(search: SavedSearch, *, principal: Principal, ask: Ask | None = None) -> Preview:
    """In a fixed number of queries. Weak matches don't count, as on the page of results."""
    if not saved_searches.is_usable(search, brand=principal.brand):
        return Preview((), 0)
    wanted = saved_searches.question(search)
    try:
        found = searching.find(
            principal,
            words=wanted.words,
            filters=wanted.filters,
            like=wanted.likeness,
            limit=POSTERS,
            ask=ask,
        )
    except likeness.NotThere as missing:
        return Preview((), 0, problem=missing.message)
    if found.refused:
        return Preview((), 0, problem=found.refused.message)
    sure = tuple(hit.asset for hit in found.hits if hit.strength is not Strength.WEAK)
    return Preview(sure, found.good, found.more)
