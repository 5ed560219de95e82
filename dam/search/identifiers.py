"""What is found by its exact name: an asset's or a version's id, a SHA-256 or its beginning."""

import re
from uuid import UUID

from django.db.models import Q, QuerySet

from dam.catalog.models import Asset
from dam.search.query import Query

_HEX = re.compile(r"[0-9a-f]{8,64}")
MOST = 20


def find(assets: QuerySet[Asset], query: Query, *, shown: str) -> list[tuple[UUID, UUID]]:
    """The assets, with their version that is shown, that the search names."""
    word = query.terms[0][0].text.strip().lower() if len(query.terms) == 1 else ""
    named = Q()
    if _HEX.fullmatch(word):
        named |= Q(**{f"{shown}__sha256__gte": word, f"{shown}__sha256__lt": f"{word}g"})
    if (key := _uuid(word)) is not None:
        named |= Q(pk=key) | Q(**{f"{shown}": key})
    if not named:
        return []
    return list(assets.filter(named).order_by("-created_at").values_list("pk", f"{shown}_id")[:MOST])


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None
