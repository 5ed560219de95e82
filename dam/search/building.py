"""Documents of assets that were there before documents were: built by a worker, the newest assets first.

Meanwhile a search finds what has been built, and says that there will be more. Where the words of a brand's
own field have changed, the documents of the clips that have a value in it are written anew in the same way.
"""

import time
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dam.catalog.models import Asset
from dam.custom_fields.models import FieldValue, StaleWords
from dam.search import documents
from dam.search.models import DocumentBuild, SearchDocument

BATCH = 100
SECONDS = 15.0  # of one turn: other work waits on the same queue


def is_under_way(brand_id: int) -> bool:
    return DocumentBuild.objects.filter(brand=brand_id).exists()


def go_on(*, clock: Callable[[], float] = time.monotonic) -> int:
    """Build documents for a while; of how many assets. Several workers share brands and fields among them."""
    until, built = clock() + SECONDS, 0
    while (count := _some()) is not None:
        built += count
        if clock() >= until:
            break
    return built


def write_all_anew() -> Iterator[int]:
    """Write every document anew, the newest clips first: as after a change of how words are taken apart.

    Yields how many are done. It may be stopped: a document holds what it held until it is written.
    """
    done, before = 0, None
    while True:
        assets = Asset.objects.order_by("-created_at", "-pk")
        if before is not None:
            assets = assets.filter(Q(created_at__lt=before[0]) | Q(created_at=before[0], pk__lt=before[1]))
        some = list(assets[:BATCH])
        if not some:
            return
        documents.refresh_many(some)
        done, before = done + len(some), (some[-1].created_at, some[-1].pk)
        yield done


def _some() -> int | None:
    built = _build_some()
    return _write_some_anew() if built is None else built


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


def _write_some_anew() -> int | None:
    """The next clips with a value in a field whose words have changed; None as above.

    Values are gone through in the order of their keys, each once: so any slice may stop, and a field of a
    million values is read once.
    """
    with transaction.atomic():
        stale = StaleWords.objects.order_by("pk").select_for_update(skip_locked=True).first()
        if stale is None:
            return None
        values = FieldValue.objects.filter(field=stale.field_id, pk__gt=stale.after).order_by("pk")
        found = list(values.values_list("pk", "asset_id")[:BATCH])
        documents.refresh_many(list(Asset.objects.filter(pk__in={asset for _, asset in found})))
        if len(found) < BATCH:
            stale.delete()
        else:
            StaleWords.objects.filter(pk=stale.pk).update(after=found[-1][0])
        return len(found)
