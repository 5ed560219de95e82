"""Setting the fields of many clips in one go, each in its own way; what one can't take is said of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog import assets
from dam.catalog.models import Asset
from dam.core.errors import Refused
from dam.custom_fields import clip_kinds, reading, schema, values
from dam.custom_fields.definitions import EMPTY, Schema
from dam.custom_fields.values import Values

Make = Callable[[Asset, Values], Values]


@dataclass(frozen=True)
class Rewritten:
    """`assets` that changed, with what changed of each before and after; why others can't have it."""

    assets: tuple[Asset, ...] = ()
    values: Mapping[UUID, tuple[Values, Values]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


def rewrite(
    chosen: Collection[Asset], new: Make, *, by: Principal, noted: Mapping[str, Any] | None = None
) -> Rewritten:
    """Give each clip of a brand the values that `new` makes of those it has, in a fixed number of queries.

    `new` is asked about the clips as they are once they are locked, in the order of their ids, and answers
    with what it sets, by the keys of the fields; it may raise Refused. A clip takes all of it or nothing.
    `noted` stands in each event. Refresh the search text of what changed. Raises PermissionDenied.
    """
    for asset in chosen:
        by.require(Capability.EDIT, brand=asset.brand)
    known = schema.of(by.brand)
    with trail.recording():
        locked = assets.lock(chosen)
        before, kinds = values.of(locked, known=known), clip_kinds.of(locked, known)
        after: dict[Asset, Values] = {}
        refused: dict[UUID, str] = {}
        for asset in locked:
            has = before[asset.pk]
            try:
                after[asset] = fitting(new(asset, has), has, known, kind=kinds[asset.pk])
            except Refused as refusal:
                refused[asset.pk] = refusal.message
        saved = values.save(after, before, known, by=by, noted=noted)
    pairs = {
        asset.pk: ({key: before[asset.pk].get(key, EMPTY) for key in after[asset]}, after[asset])
        for asset in saved
    }
    return Rewritten(tuple(saved), pairs, refused)


def fitting(wanted: Values, has: Values, known: Schema, *, kind: str | None) -> Values:
    """What of it differs from what the clip, which is of this kind, has.

    Raises ValueRefused where the two don't go together, or a field isn't for clips of this kind.
    """
    changed = {key: value for key, value in wanted.items() if value != has.get(key, EMPTY)}
    clip_kinds.require(known, changed, has, kind)
    reading.require_fit(known, {**has, **changed}, changed=list(changed))
    return changed
