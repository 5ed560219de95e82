"""What each model's licence means for each brand, kept, and brought to the clips that were made with it.

A change is one row: what leaves is judged by it at once (`unspread`). The terms kept with a million clips
follow by a worker in slices, each one transaction; how far it came stands in the row.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog.models import Version
from dam.core import events, locks, tasks
from dam.rights.model_licences import terms, verdicts
from dam.rights.model_licences.models import MadeWith, ModelReading, ModelRecord, ModelStanding
from dam.rights.model_licences.verdicts import Reading, Verdict

SPREAD = "default.spread_model_licences"
SLICE = 500  # versions
FILLED_IN = ("licence", "source", "revision", "training")
TURN_SECONDS = 20.0  # so long a worker stays with it


@dataclass(frozen=True)
class Weights:
    """Which weights made a clip, as the folder of the model says."""

    sha256: str
    name: str
    version: str = ""
    family: str = ""
    licence: str = ""
    source: str = ""
    revision: str = ""
    training: str = ""


def require_installation_admin(by: Principal) -> None:
    if not by.runs_installation:
        raise PermissionDenied(_("Only an installation administrator can do this."))


def record_of(weights: Weights) -> ModelRecord:
    """The record of these weights, made where there is none. Raises ValueError without a sum."""
    if not weights.sha256:
        raise ValueError("A model is known by the sum of its weights.")
    made, _fresh = ModelRecord.objects.get_or_create(
        weights_sha256=weights.sha256,
        defaults={
            "name": weights.name[:200] or weights.sha256[:12],
            "version": weights.version[:100],
            "family": weights.family[:100],
            "licence": weights.licence[:200],
            "source": weights.source[:300],
            "revision": weights.revision[:100],
            "training": weights.training,
        },
    )
    return made


def fill_in(weights: Weights) -> bool:
    """Add to a record what wasn't known when it was made; whether something was added.

    What is known stays: a folder that says something else of the same weights doesn't change what was read.
    """
    with trail.recording():
        row = ModelRecord.objects.select_for_update(no_key=True).filter(weights_sha256=weights.sha256).first()
        if row is None or not weights.sha256:
            return False
        said = {name: getattr(weights, name) for name in FILLED_IN}
        added = {name: text for name, text in said.items() if text and not getattr(row, name)}
        for name, text in added.items():
            setattr(row, name, text)
        if added:
            row.save(update_fields=list(added))
        if "licence" in added:
            refresh(row)
    return bool(added)


def record(version: Version, weights: Weights) -> None:
    """Record what a new version was made with, in the caller's transaction, after its rights were written."""
    if not weights.sha256:
        return  # made by what has no weights: nothing could be read of it
    model = record_of(weights)
    _keep(model, version.brand)
    MadeWith.objects.create(version=version, model=model, brand_id=version.brand_id)


def reading_for(model: ModelRecord, brand: Brand) -> ModelReading | None:
    """The answer that holds for the brand: its own, else the one for all."""
    rows = ModelReading.objects.filter(Q(brand=brand) | Q(brand=None), model=model, ended_at=None)
    return min(rows.select_related("by"), key=lambda each: each.brand_id is None, default=None)


def verdict_of(model: ModelRecord, brand: Brand, reading: ModelReading | None) -> Verdict:
    said = Reading(reading.cleared, reading.everywhere) if reading is not None else None
    return verdicts.verdict(
        model.licence,
        terms.find(model.licence),
        country=brand.country,
        revenue=brand.revenue,
        reading=said,
    )


def refresh(model: ModelRecord) -> None:
    """Something changed about the model: judge it anew for each brand that has clips made with it."""
    rows = ModelStanding.objects.filter(model=model).select_related("brand", "model")
    _judge(rows.order_by("brand_id"))


def refresh_brand(brand: Brand) -> None:
    """Something changed about the brand that licences ask for. Within the transaction that changes it."""
    rows = ModelStanding.objects.filter(brand=brand).select_related("brand", "model")
    _judge(rows.order_by("model_id"))


def refresh_all() -> None:
    """The terms that come with the product may say something new."""
    for brand in Brand.objects.filter(pk__in=ModelStanding.objects.values("brand")).order_by("pk"):
        with trail.recording():
            refresh_brand(brand)


def unspread(brand_id: int) -> bool:
    """Whether clips of the brand may still have terms kept that a model's licence no longer allows."""
    return ModelStanding.objects.filter(brand=brand_id, to_spread=True).exists()


def spread(*, seconds: float = TURN_SECONDS) -> bool:
    """Slices until nothing is left or the time is over; whether more is left."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        waiting = ModelStanding.objects.filter(to_spread=True).order_by("pk")
        row = waiting.values_list("pk", "brand_id").first()
        if row is None:
            return False
        _slice(*row)
    return True


def _slice(standing_id: int, brand_id: int) -> None:
    """The next slice of this one. Two workers at once do it once."""
    with trail.recording():
        locks.hold(_lock(brand_id), shared=True)  # before the row, as whoever judges anew
        rows = ModelStanding.objects.select_for_update().filter(pk=standing_id, to_spread=True)
        standing = rows.first()
        if standing is None:
            return
        made = MadeWith.objects.filter(
            model=standing.model_id, brand=standing.brand_id, pk__gt=standing.spread_after
        ).order_by("pk")
        found = list(made.values_list("pk", "version_id")[: SLICE + 1])
        more, found = len(found) > SLICE, found[:SLICE]
        if found:
            with connection.cursor() as cursor:
                cursor.execute("SELECT dam_inherit(%s)", [[version for _pk, version in found]])
            standing.spread_after = found[-1][0]
        standing.to_spread = more
        standing.save(update_fields=["to_spread", "spread_after"])
        if not more:
            events.publish(brand_id=standing.brand_id, name="library")


def _keep(model: ModelRecord, brand: Brand) -> None:
    """Its row for the brand, made where there is none."""
    if ModelStanding.objects.filter(model=model, brand=brand).exists():
        return
    # Whoever changes what it is judged by waits here, or was waited for.
    model = ModelRecord.objects.select_for_update(no_key=True).get(pk=model.pk)
    brand = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    found = verdict_of(model, brand, reading_for(model, brand))
    ModelStanding.objects.bulk_create(
        [ModelStanding(model=model, brand=brand, stops=not found.cleared, places=_places(found))],
        ignore_conflicts=True,
    )


def _judge(rows: Iterable[ModelStanding]) -> None:
    for row in rows:
        found = verdict_of(row.model, row.brand, reading_for(row.model, row.brand))
        stops, places = not found.cleared, _places(found)
        if (row.stops, row.places) == (stops, places):
            continue
        # Alone: whoever records a clip meanwhile waits in the triggers, or is seen by the slices.
        locks.hold(_lock(row.brand_id))
        ModelStanding.objects.filter(pk=row.pk).update(
            stops=stops, places=places, to_spread=True, spread_after=0
        )
        tasks.enqueue(SPREAD)
        events.publish(brand_id=row.brand_id, name="library")


def _lock(brand_id: int) -> str:
    """The name that dam.rights.making and the database's own functions know it by, too."""
    return f"made from {brand_id}"


def _places(found: Verdict) -> list[str] | None:
    return list(found.places) if found.cleared and found.places is not None else None
