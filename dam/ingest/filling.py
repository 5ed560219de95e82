"""Having a brand's clips get the renditions that they lack, asked for on a page and made by workers.

What is asked for at each turn is what there is room for on the queue (dam.ingest.missing), so that new clips
come first. Where it stands is in the database: a worker that dies loses a turn of it and nothing else.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import errors
from dam.core.lazily import lazy
from dam.ingest import missing, step_specs
from dam.ingest.models import FillState, RenditionFill
from dam.media.errors import FileRefused
from dam.media.specs import RenditionSpec

TURN_SECONDS = 8.0


class FillUnderWay(errors.Refused):
    """This kind is being made for this brand already."""

    code = "fill_under_way"
    message = lazy("These are being made already.")


@dataclass(frozen=True)
class Filled:
    """A kind of rendition, and how the latest turn at making it stands; None where there was none."""

    spec: RenditionSpec
    title: str
    fill: RenditionFill | None

    @property
    def is_under_way(self) -> bool:
        return self.fill is not None and self.fill.state == FillState.MAKING


def of(brand: Brand) -> list[Filled]:
    """Every kind that can be made so; one query."""
    latest = RenditionFill.objects.filter(brand=brand).order_by("kind", "-started_at").distinct("kind")
    known = {fill.kind: fill for fill in latest}
    return [Filled(spec, _(step_specs.title_of(spec.kind)), known.get(spec.kind)) for spec in missing.kinds()]


def start(brand: Brand, kind: str, *, by: Principal) -> RenditionFill:
    """Raises PermissionDenied, missing.NoSuchKind, FillUnderWay."""
    by.require(Capability.MANAGE_BRAND, brand=brand)
    spec = missing.find(kind)
    try:
        with trail.recording():
            fill = RenditionFill.objects.create(brand=brand, kind=spec.kind)
            _record(Verb.RENDITIONS_ASKED, fill, by=by)
    except IntegrityError as twice:
        raise FillUnderWay from twice
    return fill


def stop(brand: Brand, kind: str, *, by: Principal, at: datetime) -> bool:
    """Ask for no more; what was asked for is still made. False where nothing is under way.

    Raises PermissionDenied.
    """
    by.require(Capability.MANAGE_BRAND, brand=brand)
    with trail.recording():
        fill = RenditionFill.objects.select_for_update().filter(
            brand=brand, kind=kind, state=FillState.MAKING
        )
        found = fill.first()
        if found is None:
            return False
        _end(found, FillState.STOPPED, at=at)
        _record(Verb.RENDITIONS_STOPPED, found, by=by)
    return True


def go_on(*, at: datetime) -> int:
    """A turn of everything that is under way; how many renditions were asked for."""
    ends = time.monotonic() + TURN_SECONDS
    under_way = RenditionFill.objects.filter(state=FillState.MAKING, brand__closed_at=None)
    return sum(
        _turn(fill, ends=ends, at=at) for fill in under_way.select_related("brand").order_by("started_at")
    )


def _turn(fill: RenditionFill, *, ends: float, at: datetime) -> int:
    try:
        spec = missing.find(fill.kind)
    except missing.NoSuchKind:  # of another release
        return 0
    if fill.of is None and time.monotonic() < ends:
        count = missing.of(spec, fill.brand).count()
        RenditionFill.objects.filter(pk=fill.pk, of=None).update(of=count)
    asked = 0
    after = (fill.last_created_at, fill.last_id) if fill.last_created_at and fill.last_id else None
    for version in missing.each(spec, fill.brand, after=after):
        if time.monotonic() >= ends or not missing.has_room(spec):
            return asked
        found = _ask(fill.pk, spec, version, at=at)
        if found is None:
            return asked
        asked += found
    with transaction.atomic():
        if (left := _under_way(fill.pk)) is not None:
            _end(left, FillState.DONE, at=at)
    return asked


def _ask(fill_id: int, spec: RenditionSpec, version: Version, *, at: datetime) -> bool | None:
    """Have it made of one clip; None where no more is to be asked for.

    In a transaction of its own, so that no clip is held longer than that takes.
    """
    try:
        with transaction.atomic():
            fill = _under_way(fill_id)
            if fill is None:
                return None
            asked = missing.ask(spec, version)
            fill.asked += asked
            fill.last_created_at, fill.last_id = version.created_at, version.pk
            fill.save(update_fields=["asked", "last_created_at", "last_id"])
            return asked
    except FileRefused as refused:
        with transaction.atomic():
            if (fill := _under_way(fill_id)) is not None:
                fill.reason = str(refused)[:300]
                _end(fill, FillState.REFUSED, at=at)
        return None


def _under_way(fill_id: int) -> RenditionFill | None:
    """Its row, held; None where it was stopped meanwhile."""
    rows = RenditionFill.objects.select_for_update().filter(pk=fill_id, state=FillState.MAKING)
    return rows.first()


def _end(fill: RenditionFill, state: FillState, *, at: datetime) -> None:
    fill.state, fill.ended_at = state, at
    fill.save(update_fields=["state", "reason", "ended_at"])


def _record(verb: Verb, fill: RenditionFill, *, by: Principal) -> None:
    with translation.override("en"):  # as the log keeps it, whoever caused the event
        target = str(step_specs.title_of(fill.kind))
    trail.record(
        verb, brand=fill.brand, target=target, actor=by, data={"kind": fill.kind, "count": fill.asked}
    )
