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
    asked = 0
    for fill in RenditionFill.objects.filter(state=FillState.MAKING).order_by("started_at").values_list("pk"):
        if time.monotonic() < ends:
            asked += _turn(fill[0], ends=ends, at=at)
    return asked


def _turn(fill_id: int, *, ends: float, at: datetime) -> int:
    # Held for the whole turn: whoever stops it waits for seconds, and two workers never walk the same.
    with transaction.atomic():
        rows = RenditionFill.objects.select_for_update(skip_locked=True).select_related("brand")
        fill = rows.filter(pk=fill_id, state=FillState.MAKING).first()
        if fill is None:
            return 0
        try:
            spec = missing.find(fill.kind)
        except missing.NoSuchKind:  # of another release
            return 0
        if fill.of is None:
            fill.of = missing.of(spec, fill.brand).count()
        before = fill.asked
        after = (fill.last_created_at, fill.last_id) if fill.last_created_at and fill.last_id else None
        for version in missing.each(spec, fill.brand, after=after):
            if time.monotonic() >= ends or not missing.has_room(spec):
                break
            try:
                fill.asked += missing.ask(spec, version)
            except FileRefused as refused:
                fill.reason = str(refused)[:300]
                _end(fill, FillState.REFUSED, at=at)
                break
            fill.last_created_at, fill.last_id = version.created_at, version.pk
        else:
            _end(fill, FillState.DONE, at=at)
        fill.save()
        return fill.asked - before


def _end(fill: RenditionFill, state: FillState, *, at: datetime) -> None:
    fill.state, fill.ended_at = state, at
    fill.save(update_fields=["state", "ended_at"])


def _record(verb: Verb, fill: RenditionFill, *, by: Principal) -> None:
    with translation.override("en"):  # as the log keeps it, whoever caused the event
        target = str(step_specs.title_of(fill.kind))
    trail.record(
        verb, brand=fill.brand, target=target, actor=by, data={"kind": fill.kind, "count": fill.asked}
    )
