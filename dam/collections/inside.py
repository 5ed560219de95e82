"""The order of collections inside another: by name, until somebody moves one.

From then on each has a place (dam.collections.places). What comes later has none yet and stands behind them,
by name.
"""

from uuid import UUID

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.collections import collections, places
from dam.collections.collections import CollectionRefused
from dam.collections.items import To
from dam.collections.models import Collection
from dam.core import locks, sorting

BEHIND = Case(When(place="", then=Value(1)), default=Value(0))  # what has no place yet


def in_order(rows: QuerySet[Collection]) -> QuerySet[Collection]:
    """Those of one collection."""
    return rows.order_by(BEHIND, "place", sorting.alphabetical("name"), "pk")


def move(collection: Collection, *, to: To, by: Principal, beside: UUID | None = None) -> bool:
    """Give it another place among those that lie in the same; True when it has one.

    `beside` is the collection that BEFORE and AFTER mean. Raises CollectionRefused, PermissionDenied.
    """
    with trail.recording():
        locks.hold(f"collections:{by.brand.pk}")
        row = collections.changing(collection.pk, by=by)
        if row.parent_id is None:
            raise CollectionRefused(_("This collection isn't inside another any more."))
        parent = collections.changing(row.parent_id, by=by)
        all_of_them = list(in_order(Collection.objects.filter(parent=parent, deleted_at=None)))
        at = all_of_them.index(row)
        row = all_of_them.pop(at)
        spot = _spot(all_of_them, at, to, beside=beside)
        if spot == at:
            return False
        all_of_them.insert(spot, row)
        changed = _place(all_of_them, spot)
        Collection.objects.bulk_update(changed, ["place"], batch_size=1_000)
        collections.touch([parent.pk], by=by)
        collections.record(Verb.COLLECTION_INSIDE_MOVED, parent, by=by)
    return True


def _spot(others: list[Collection], at: int, to: To, *, beside: UUID | None) -> int:
    """Before how many of the others it is to stand."""
    match to:
        case To.START:
            return 0
        case To.UP:
            return max(0, at - 1)
        case To.DOWN:
            return min(at + 1, len(others))
        case To.END:
            return len(others)
    found = next((place for place, each in enumerate(others) if each.pk == beside), None)
    if found is None:
        raise CollectionRefused(_("The collection to move it to is no longer here."))
    return found + (to is To.AFTER)


def _place(ordered: list[Collection], spot: int) -> list[Collection]:
    """Give the one at `spot` a place. Which have another now: it alone, where all others have theirs."""
    others = [each.place for each in ordered]
    del others[spot]
    if all(low < high for low, high in zip(["", *others], others, strict=False)):
        low, high = (others[spot - 1] if spot else None), (others[spot] if spot < len(others) else None)
        place = places.between(low, high)
        if len(place) <= places.LONGEST:
            ordered[spot].place = place
            return [ordered[spot]]
    for each, place in zip(ordered, places.after(None, len(ordered)), strict=True):
        each.place = place
    return ordered
