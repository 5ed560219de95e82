"""The clips of a search that asks for similar prompts and nothing else that ranks: nearest first."""

from uuid import UUID

from dam.accounts.principals import Principal
from dam.rights import visibility
from dam.search import fusion, search, similar_prompts
from dam.search.query import Filters, Query
from dam.search.results import Results, Seeing
from dam.search.similar_prompts import FIELD, Asked


def first_text(parsed: Query, filters: Filters) -> str | None:
    """What the clips are ranked by: the first text that prompts are to be like."""
    return next(iter(parsed.filters.merged(filters)[FIELD]), None)


def rank(principal: Principal, *, parsed: Query, filters: Filters, asked: Asked) -> search.Ranked:
    """All that answers, for search.show. Call it where there is a `first_text`, and `asked` is ready."""
    text = first_text(parsed, filters)
    assert text is not None
    near = {each.version_id: each for each in similar_prompts.near(principal, text, asked)}
    assets = search.among(principal, parsed=parsed, filters=filters)
    shown = visibility.shown(principal)
    asset_of: dict[UUID, UUID] = dict(
        assets.filter(**{f"{shown}__in": list(near)}).order_by().values_list(shown, "pk")
    )
    hits = tuple(
        fusion.Fused(
            key=asset_of[version], score=min(1.0, each.deviations / 10), in_words=True, in_pictures=False
        )
        for version, each in near.items()
        if version in asset_of
    )
    results = Results(
        hits=(),
        total=len(hits),
        query=parsed,
        seeing=Seeing.NOT_ASKED,
        more=len(near) == similar_prompts.MOST,
        asset_ids=tuple(hit.key for hit in hits),
    )
    strength = {asset_of[version]: each.strength for version, each in near.items() if version in asset_of}
    return search.Ranked(principal, results, hits, strength)
