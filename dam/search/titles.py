"""Clips by what they are called, for pickers that name one: no ranking, and every part of a word finds it."""

from django.db.models import QuerySet

from dam.catalog.models import Asset


def with_words(assets: QuerySet[Asset], words: str) -> QuerySet[Asset]:
    """Those with each of these words in their title, the newest first (the index `asset_title_part`)."""
    for word in words.split():
        assets = assets.filter(title__icontains=word)
    return assets.order_by("-created_at", "-pk")
