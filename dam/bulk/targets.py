"""Which clips a bulk edit is about, of those that a principal may see."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from dam.accounts.principals import Principal
from dam.bulk.models import BulkEdit, BulkItem
from dam.catalog.models import Asset
from dam.rights.visibility import visible_assets
from dam.search import search, similar_prompts
from dam.search.likes import Like
from dam.search.query import Filters

BATCH = 1_000


def kept(words: str, filters: Filters) -> dict[str, Any]:
    """A search as BulkEdit.query holds it."""
    return {"words": words, "filters": {name: list(values) for name, values in filters.items()}}


def found(query: Mapping[str, Any], *, by: Principal) -> QuerySet[Asset]:
    """What the search finds now. Raises similar_prompts.NotCompared."""
    parsed, filters = search.parse(query["words"], by=by), Filters(query["filters"])
    similar_prompts.require(parsed, filters)
    return search.among(by, parsed=parsed, filters=filters)


def ranked(words: str, filters: Filters, like: Like | None, *, by: Principal) -> tuple[UUID, ...]:
    """What a search by words or likeness answers, weak matches left out: as many as its page says.

    Raises likeness.NotThere, similar_prompts.NotCompared.
    """
    similar_prompts.require(search.parse(words, by=by), filters)
    results = search.find(by, words=words, filters=filters, like=like, limit=1)
    return results.asset_ids[: results.good]


def is_ranked(words: str, like: Like | None, *, by: Principal) -> bool:
    """Whether such a search ranks, and so answers with so many clips and no more."""
    return bool(like) or search.parse(words, by=by).has_words


def of(edit: BulkEdit, *, by: Principal) -> QuerySet[Asset]:
    """The clips that it is about and that this principal sees now."""
    if edit.query is not None and not edit.started_at:
        return found(edit.query, by=by)
    return visible_assets(by).filter(pk__in=edit.items.values("asset"))


def name(edit: BulkEdit, keys: Collection[UUID], *, by: Principal) -> int:
    """Make those of the keys that they see its items; how many."""
    count = 0
    ordered = list(dict.fromkeys(keys))
    for start in range(0, len(ordered), BATCH):
        some = ordered[start : start + BATCH]
        seen = set(visible_assets(by).filter(pk__in=some).values_list("pk", flat=True))
        BulkItem.objects.bulk_create(BulkItem(edit=edit, asset_id=key) for key in some if key in seen)
        count += len(seen)
    return count


def gather(edit: BulkEdit, *, by: Principal) -> int:
    """Make all that its search finds its items, without reading them here; how many.

    What came into the library after somebody asked is left alone. Raises similar_prompts.NotCompared.
    """
    assert edit.query is not None
    assert edit.started_at is not None
    assets = found(edit.query, by=by).filter(created_at__lte=edit.started_at)
    try:
        sql, values = assets.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # there can't be any, so Django has no query for it
        return 0
    table, quote = BulkItem._meta.db_table, connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(table)} (edit_id, asset_id) "
            f"SELECT %s, found.id FROM ({sql}) AS found (id) ON CONFLICT DO NOTHING",
            [edit.pk, *values],
        )
        count: int = cursor.rowcount
        return count
