"""Documents of assets that were there before documents were: built by a worker, the newest assets first.

Meanwhile a search finds what has been built, and says that there will be more.
"""

import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef

from dam.catalog.models import Asset
from dam.search import documents
from dam.search.models import DocumentBuild, SearchDocument

BATCH = 100
SECONDS = 15.0  # of one turn: other work waits on the same queue


def is_under_way(brand_id: int) -> bool:
    return DocumentBuild.objects.filter(brand=brand_id).exists()


def go_on(*, clock: Callable[[], float] = time.monotonic) -> int:
    """Build documents for a while; of how many assets. Several workers share the brands among them."""
    until, built = clock() + SECONDS, 0
    while (count := _build_some()) is not None:
        built += count
        if clock() >= until:
            break
    return built


def _build_some() -> int | None:
    """The next assets of one brand; None when no brand is left, or others are at them all."""
    with transaction.atomic():
        build = DocumentBuild.objects.order_by("pk").select_for_update(skip_locked=True).first()
        if build is None:
            return None
        missing = Asset.objects.filter(
            ~Exists(SearchDocument.objects.filter(asset=OuterRef("pk"))), brand=build.brand_id
        )
        if build.before is not None:
            missing = missing.filter(created_at__lte=build.before)
        assets = list(missing.order_by("-created_at", "-pk")[:BATCH])
        documents.refresh_many(assets)
        if len(assets) < BATCH:
            build.delete()
        else:
            DocumentBuild.objects.filter(pk=build.pk).update(before=assets[-1].created_at)
        return len(assets)
