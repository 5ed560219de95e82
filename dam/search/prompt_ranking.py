"""The clips of a search that asks for similar prompts and nothing else that ranks: nearest first."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.rights import visibility
from dam.search import fusion, passages, search, similar_prompts
from dam.search.named import Named
from dam.search.query import Filters, Query
from dam.search.results import Part, Passage, Results, Seeing
from dam.search.search import Ask
from dam.search.similar_prompts import FIELD, Asked, Near, State


def find(principal: Principal, *, words: str, limit: int, ask: Ask) -> Results:
    """As search.find does, but the clips of similar prompts nearest first where nothing else ranks them."""
    parsed = search.parse(words, by=principal)
    asked = similar_prompts.read(parsed)
    if parsed.has_words or asked.state is not State.READY or first_text(parsed, Filters()) is None:
        return search.find(principal, words=words, limit=limit, ask=ask)
    return search.show(rank(principal, parsed=parsed, filters=Filters(), asked=asked), limit=limit)


def near(versions: Collection[Version], *, parsed: Query, filters: Filters, asked: Asked) -> dict[UUID, Near]:
    """How near the prompts of a page are to what is asked for, by version; nothing where none is."""
    wanted = similar_prompts.texts(parsed, filters)
    return similar_prompts.of_versions([version.pk for version in versions], asked, wanted) if wanted else {}


def with_prompt(found: Sequence[Passage], version: Version, near: Near | None) -> tuple[Passage, ...]:
    """The passages of a clip, its prompt first where that is near: whoever asks for it may read it."""
    if near is None:
        return tuple(found)
    prompts = [each for each in found if each.part is Part.PROMPT]
    shown = prompts[0] if prompts else Passage(Part.PROMPT, passages.beginning(version.prompt))
    return (replace(shown, strength=near.strength), *(each for each in found if each is not shown))


def first_text(parsed: Query, filters: Filters) -> str | None:
    """What the clips are ranked by: the first text that prompts are to be like."""
    return next(iter(parsed.filters.merged(filters)[FIELD]), None)


def rank(
    principal: Principal, *, parsed: Query, filters: Filters, asked: Asked, named: Named | None = None
) -> search.Ranked:
    """All that answers, for search.show. Call it where there is a `first_text`, and `asked` is ready.

    `named` is as in search.among.
    """
    text = first_text(parsed, filters)
    assert text is not None
    near = {each.version_id: each for each in similar_prompts.near(principal, text, asked)}
    assets = search.among(principal, parsed=parsed, filters=filters, named=named)
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
