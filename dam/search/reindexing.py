"""Building the index of another encoder while the library is searched, and keeping one complete.

Workers go through all versions, newest first, and look at each that the encoder has not seen. Where the
walk is stands in the row of the index, moved on by whoever takes a version: so several work side by side, and
any may stop. What was taken and never done is found in the next pass. When a pass finds nothing, the index is
complete: searches ask it, and the earlier one is dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dam.accounts.models import Brand
from dam.catalog.models import AssetKind, Version
from dam.core import events
from dam.search import encoder_indexes
from dam.search.models import Embedding, EncoderIndex, IndexState

WINDOW = 500  # versions looked through in one query
MOST_PASSES = 10  # what was taken so often and never done is left out
FORGOTTEN = timedelta(days=7)  # an index that nobody builds on, for its encoder is installed no longer

Narrow = Callable[[QuerySet[Version]], QuerySet[Version]]


@dataclass(frozen=True)
class Found:
    """A version to look at; `complete` where there is none and the pass is over."""

    version_id: UUID | None = None
    complete: bool = False


def to_build(identity: str) -> EncoderIndex | None:
    """The index of the installed encoder, ready to be built on; None where it has seen nothing yet.

    One that was on its way out comes back. Others that were begun and left are given up.
    """
    at = timezone.now()
    left = EncoderIndex.objects.filter(state=IndexState.BUILDING, started_at__lt=at - FORGOTTEN)
    left.exclude(identity=identity).update(state=IndexState.RETIRED, finished_at=at)
    gone = EncoderIndex.objects.filter(identity=identity, state=IndexState.RETIRED)
    gone.update(
        state=IndexState.BUILDING,
        started_at=at,
        finished_at=None,
        **_BEGINNING,
        passes=0,
        done=0,
        tags_at=None,
        tags_reached_at=None,
        tags_reached_id=None,
        prompts_at=None,
        prompts_reached_at=None,
        prompts_reached_id=None,
    )
    return encoder_indexes.find(identity)


def take(index: EncoderIndex, *, narrow: Narrow, windows: int = 20) -> Found:
    """The next version to look at, of `windows` windows at most; none may mean that there are more to come.

    `narrow` leaves out what its own step looks at.
    """
    with transaction.atomic():
        row = EncoderIndex.objects.select_for_update(no_key=True).get(pk=index.pk)
        if row.passes == 0 and row.total == 0:
            row.total = shown().count()
        for _ in range(windows):
            window = list(_after(row).values_list("created_at", "pk")[:WINDOW])
            if not window:
                complete = _end_pass(row)
                row.save()
                return Found(complete=complete)
            keys = [key for _, key in window]
            missing = set(narrow(behind(row).filter(pk__in=keys)).values_list("pk", flat=True))
            found = next((place for place in window if place[1] in missing), None)
            row.reached_at, row.reached_id = found or window[-1]
            if found:
                row.tried += 1
                row.save()
                return Found(version_id=found[1])
        row.save()
        return Found()


def did(index: EncoderIndex, *, failed: bool = False) -> None:
    """Count a version that was taken: looked at, or such that it can't be."""
    counted = {"failed": F("failed") + 1} if failed else {"done": F("done") + 1}
    EncoderIndex.objects.filter(pk=index.pk).update(**counted)


def finish(index: EncoderIndex, *, switch: bool = True) -> None:
    """It is complete. Have searches ask it from now on, and open pages show it, by one hint to each brand."""
    if not switch:
        EncoderIndex.objects.filter(pk=index.pk).update(finished_at=timezone.now())
        return
    with transaction.atomic():
        encoder_indexes.activate(index)
        for brand in Brand.objects.values_list("pk", flat=True):
            events.publish(brand_id=brand, name="library", to_all=True)


def shown() -> QuerySet[Version]:
    """What a search may look at: latest and released versions of assets outside the trash, but for sound."""
    return Version.objects.filter(
        Q(latest_of__isnull=False) | Q(released_of__isnull=False),
        ~Q(kind=AssetKind.SOUND),
        asset__trashed_at=None,
    )


def behind(index: EncoderIndex) -> QuerySet[Version]:
    """Of these, what the encoder has not seen."""
    return shown().filter(~Exists(Embedding.objects.filter(encoder=index, version=OuterRef("pk"))))


_BEGINNING = {"reached_at": None, "reached_id": None, "tried": 0, "failed": 0}


def _after(row: EncoderIndex) -> QuerySet[Version]:
    versions = Version.objects.order_by("-created_at", "-pk")
    if row.reached_at is None:
        return versions
    older = Q(created_at__lt=row.reached_at) | Q(created_at=row.reached_at, pk__lt=row.reached_id)
    return versions.filter(older, created_at__lte=row.reached_at)


def _end_pass(row: EncoderIndex) -> bool:
    """Begin anew; whether nothing was left to do in the pass that ends."""
    complete = row.tried <= row.failed or row.passes + 1 >= MOST_PASSES
    if row.tried and not row.done and row.state == IndexState.BUILDING:
        complete = False  # not one could be looked at: that is no index to switch to
    row.passes = 0 if complete else row.passes + 1
    for name, value in _BEGINNING.items():
        setattr(row, name, value)
    return complete
