"""What words find, in another order than the best matches first.

A search reads each of its rankings to `search.DEPTH`, however large the library is: what it found so is what
stands in the order, and each page begins behind the last clip of the page before, as in every list.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from dam.rights import visibility
from dam.search import orders, search, similarity
from dam.search.orders import Order, Place
from dam.search.results import Results
from dam.search.strengths import Strength


@dataclass(frozen=True)
class Reordered:
    """A page of what was found, and the place after which it goes on; None at the end."""

    results: Results
    following: Place | None
    left_out: int  # how many are less likely, and so in no order


def answers(results: Results) -> tuple[UUID, ...]:
    """Those that stand in an order: without what is less likely, unless there is nothing else."""
    return results.asset_ids[: results.good or None]


def page(ranked: search.Ranked, order: Order, *, after: Place | None, size: int) -> Reordered:
    """The order is one that `orders.offered` to whoever asked."""
    keys, principal = answers(ranked.results), ranked.principal
    found, following = orders.page(
        search.of_keys(keys),
        order,
        shown=visibility.shown(principal),
        brand_id=principal.brand.pk,
        after=after,
        size=size,
    )
    hits = {hit.key: hit for hit in ranked.hits}
    shown = search.show(replace(ranked, hits=tuple(hits[key] for key in found)), limit=size)
    left_out = ranked.results.total - len(keys)
    results = replace(
        shown,
        total=len(keys),
        weak=ranked.results.weak - left_out,
        asset_ids=keys,
        more=_more(ranked) if left_out else ranked.results.more,
    )
    return Reordered(results, following, left_out)


def _more(ranked: search.Ranked) -> bool:
    """Whether a ranking may have ended before those that are strong or likely did."""
    beyond = any(each.strength is Strength.WEAK for each in ranked.seen)
    return ranked.in_words.more or (len(ranked.seen) == similarity.DEPTH and not beyond)
