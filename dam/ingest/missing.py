"""Renditions that versions from before there were some haven't got: counted, and made a few at a time.

A version lacks a rendition that a new one like it would get on arrival, unless its step waits, runs, failed
(that is retried where failures are listed) or found that there is none to be had. What is asked for becomes
an ordinary step, which workers take in turn with others; nothing is added while the queue is full of others,
so that new clips come first. What was added stays when whoever asks is stopped, and isn't asked for again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from dam.accounts.models import Brand
from dam.catalog.models import Rendition, Version
from dam.core import errors
from dam.ingest import disk_space, step_specs, steps
from dam.ingest.models import Step, StepState
from dam.media import specs
from dam.media.probe import MediaInfo
from dam.media.specs import MadeWhen, RenditionSpec

AT_ONCE = 8  # steps that wait or run on the queue
SLICE = 200  # versions read in one go
_UNSETTLED = (StepState.WAITING, StepState.RUNNING, StepState.FAILED)


class NoSuchKind(errors.Refused):
    """No rendition of this kind is made of clips on arrival."""

    code = "no_such_rendition"


@dataclass(frozen=True)
class Lacking:
    """How many versions lack a rendition, and how many bytes it takes of all of them at most."""

    spec: RenditionSpec
    versions: int
    bytes: int


def kinds() -> tuple[RenditionSpec, ...]:
    """What every clip of the right kind and length gets."""
    return tuple(spec for spec in specs.RENDITIONS if spec.made is MadeWhen.ON_ARRIVAL)


def find(kind: str) -> RenditionSpec:
    """Raises NoSuchKind."""
    found = next((spec for spec in kinds() if spec.kind == kind), None)
    if found is None:
        names = ", ".join(spec.kind for spec in kinds())
        raise NoSuchKind(f"There is no rendition {kind!r}. There are: {names}.")
    return found


def of(spec: RenditionSpec, brand: Brand | None = None) -> QuerySet[Version]:
    """The versions that lack it, of clips out of the trash, the newest first."""
    mine = Step.objects.filter(version=OuterRef("pk"), name=spec.kind)
    # One that was looked at and has none, and not one that waited until somebody asks.
    found_none = Q(state=StepState.SKIPPED, started_at__isnull=False)
    rows = Version.objects.annotate(length=Coalesce(F("duration_ms"), 0)).filter(
        kind__in=[kind.value for kind in spec.of],
        length__gte=spec.least_ms,
        asset__trashed_at=None,
        brand__closed_at=None,
    )
    rows = rows.exclude(media_info={}).exclude(
        Exists(Rendition.objects.filter(version=OuterRef("pk"), kind=spec.kind))
    )
    rows = rows.exclude(Exists(mine.filter(Q(state__in=_UNSETTLED) | found_none)))
    rows = rows.filter(brand=brand) if brand is not None else rows
    return rows.order_by("-created_at", "-pk")


def count(spec: RenditionSpec, brand: Brand | None = None) -> Lacking:
    """Reads the versions in slices, so that a large library takes a while and no memory."""
    versions = total = 0
    for version in each(spec, brand):
        versions += 1
        total += most_bytes(spec, version)
    return Lacking(spec, versions, total)


def most_bytes(spec: RenditionSpec, version: Version) -> int:
    """What it takes of this version at most, about: of a stream by its rates, else as its master."""
    if spec.kind != "stream":
        return version.size
    rungs = specs.ladder(MediaInfo.from_json(version.media_info))
    kbps = sum(rung.most_kbps + specs.STREAM.audio_kbps for rung, _size in rungs)
    return kbps * 1000 // 8 * (version.duration_ms or 0) // 1000


Place = tuple[datetime, UUID]
"""When a version was made, and its id: where in the line it stands."""


def each(spec: RenditionSpec, brand: Brand | None = None, *, after: Place | None = None) -> Iterator[Version]:
    """Those that lack it, a slice at a time: walked once, however long it takes; from `after` on."""
    while True:
        rows = of(spec, brand)
        if after is not None:
            created_at, last = after
            rows = rows.filter(created_at__lte=created_at).exclude(created_at=created_at, pk__gte=last)
        found = list(rows[:SLICE])
        yield from found
        if len(found) < SLICE:
            return
        after = (found[-1].created_at, found[-1].pk)


def has_room(spec: RenditionSpec) -> bool:
    """Whether fewer than AT_ONCE steps wait or run on its queue, be they asked for here or of new clips."""
    names = [step.name for step in step_specs.table() if step.task == f"{spec.lane}.render"]
    # By the index step_due: a count of all but the settled ones would read every step there ever was.
    rows = Step.objects.filter(name__in=names, state__in=[StepState.WAITING, StepState.RUNNING])
    return rows.order_by()[:AT_ONCE].count() < AT_ONCE


def ask(spec: RenditionSpec, version: Version) -> bool:
    """Have it made of this version; False where it has it by now, or its clip is gone.

    Raises FileRefused("disk_full") where there is no room for what it takes at most.
    """
    if not of(spec).filter(pk=version.pk).exists():
        return False
    disk_space.require_work(most_bytes(spec, version))
    return steps.make_missing(version.pk, spec.kind)
