"""What a saved search shows on a card: its newest or best clips, and how many there are."""

from dataclasses import dataclass

from dam.accounts.principals import Principal
from dam.catalog.models import Asset
from dam.search import likeness
from dam.search import search as searching
from dam.search.saved import saved_searches
from dam.search.saved.models import SavedSearch
from dam.search.search import Ask

POSTERS = 4
COUNTED = 1000


@dataclass(frozen=True)
class Preview:
    """What this person finds by it now. `assets` have their parts (search.with_parts)."""

    assets: tuple[Asset, ...]
    count: int
    more: bool = False  # there are more than are counted


def of(search: SavedSearch, *, principal: Principal, ask: Ask | None = None) -> Preview:
    """In a fixed number of queries; counts no further than COUNTED."""
    if not saved_searches.is_usable(search):
        return Preview((), 0)
    wanted = saved_searches.question(search)
    parsed = searching.parse(wanted.words, by=principal)
    if parsed.has_words or wanted.likeness:
        try:
            found = searching.find(
                principal,
                words=wanted.words,
                filters=wanted.filters,
                like=wanted.likeness,
                limit=POSTERS,
                ask=ask,
            )
        except likeness.NotThere:
            return Preview((), 0)
        return Preview(tuple(hit.asset for hit in found.hits), found.total, found.more)
    assets = searching.among(principal, parsed=parsed, filters=wanted.filters)
    newest = searching.with_parts(assets, principal).order_by("-created_at", "-pk")[:POSTERS]
    count = assets.order_by()[: COUNTED + 1].count()
    return Preview(tuple(newest), min(count, COUNTED), more=count > COUNTED)
