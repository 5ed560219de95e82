"""The clips of a collection: which of them somebody sees, putting them in, taking them out, and their order.

Changes of one collection take turns: its row is locked.
"""

from collections.abc import Collection as Many
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.collections import collections, places
from dam.collections.collections import CollectionRefused
from dam.collections.models import Collection, CollectionItem
from dam.core import language
from dam.rights import visibility

MOST = 100_000  # of a collection
MOST_AT_ONCE = 1_000
MOST_COUNTED = 1_000
# Searches in which clips are found by their collections are told of them (dam.search is above).
NOTICE = "dam.search.saved.alerts.notice_collected"
_WINDOW = 32  # so many on either side get new places first, where there is no room between two


class To(StrEnum):
    """Where a clip is moved."""

    START = "start"
    UP = "up"  # before the one that stands before it, of those that are seen
    DOWN = "down"
    END = "end"
    BEFORE = "before"  # another clip
    AFTER = "after"


@dataclass(frozen=True)
class Added:
    """What came of putting clips in: how many came in, and how many were there already."""

    count: int
    there: int


def of(collection: Collection) -> QuerySet[CollectionItem]:
    """All that is in it, whether it is seen or not."""
    return CollectionItem.objects.filter(collection=collection, removed_at=None)


def seen(collection: Collection, principal: Principal) -> QuerySet[CollectionItem]:
    """What of it the principal may see, in its order. Clips in the trash are away, and come back."""
    return of(collection).filter(asset__in=visibility.visible_assets(principal)).order_by("place")


def count(collection: Collection, principal: Principal) -> int:
    """How many of them the principal sees, up to one more than MOST_COUNTED."""
    return seen(collection, principal).order_by()[: MOST_COUNTED + 1].count()


def add(collection: Collection, chosen: Many[UUID], *, by: Principal, at: datetime | None = None) -> Added:
    """Put clips that the principal sees at the end; what is there already stays where it is.

    `at` names what was put in together. Raises CollectionRefused, PermissionDenied.
    """
    at = at or timezone.now()
    if len(chosen) > MOST_AT_ONCE:
        raise CollectionRefused(
            _("Add at most %(most)s clips at once.") % {"most": language.number(MOST_AT_ONCE)}
        )
    with trail.recording():
        row = collections.changing(collection.pk, by=by)
        assets = visibility.visible_assets(by).filter(pk__in=chosen).in_bulk()
        wanted = [key for key in dict.fromkeys(chosen) if key in assets]
        known = {
            item.asset_id: item for item in CollectionItem.objects.filter(collection=row, asset__in=wanted)
        }
        there = {key for key, item in known.items() if item.removed_at is None}
        coming = [key for key in wanted if key not in there]
        if not coming:
            return Added(0, len(there))
        if of(row).count() + len(coming) > MOST:
            raise CollectionRefused(
                _("A collection holds at most %(most)s clips.") % {"most": language.number(MOST)}
            )
        last = (
            CollectionItem.objects.filter(collection=row).order_by("-place").values_list("place", flat=True)
        )
        new = places.after(last.first(), len(coming))
        CollectionItem.objects.filter(pk__in=[known[key].pk for key in coming if key in known]).delete()
        CollectionItem.objects.bulk_create(
            CollectionItem(collection=row, asset_id=key, place=place, added_by=by.user, added_at=at)
            for key, place in zip(coming, new, strict=True)
        )
        import_string(NOTICE)(coming, brand_id=row.brand_id)
        _changed(Verb.COLLECTION_CLIPS_ADDED, row, [assets[key].title for key in coming], by=by)
    return Added(len(coming), len(there))


def remove(collection: Collection, chosen: Many[UUID], *, by: Principal, at: datetime | None = None) -> int:
    """Take clips out; they stay in the library. How many there were.

    `at` names what was taken out together. Raises CollectionRefused, PermissionDenied.
    """
    with trail.recording():
        row = collections.changing(collection.pk, by=by)
        return _take_out(row, seen(row, by).filter(asset__in=chosen), by=by, at=at or timezone.now())


def undo_add(collection: Collection, *, by: Principal, at: datetime) -> int:
    """Take out again what this person put in together then."""
    with trail.recording():
        row = collections.changing(collection.pk, by=by)
        return _take_out(row, of(row).filter(added_by=by.user, added_at=at), by=by, at=timezone.now())


def undo_remove(collection: Collection, *, by: Principal, at: datetime) -> int:
    """Put what was taken out together then back where it stood."""
    with trail.recording():
        row = collections.changing(collection.pk, by=by)
        gone = CollectionItem.objects.filter(collection=row, removed_at=at)
        seen_ones = gone.filter(asset__in=visibility.visible_assets(by))
        return _set(Verb.COLLECTION_CLIPS_ADDED, row, seen_ones, removed_at=None, by=by)


def move(
    collection: Collection, asset_id: UUID, *, to: To, by: Principal, beside: UUID | None = None
) -> bool:
    """Give a clip another place; True when it has one. Of those that are not seen none changes its order.

    `beside` is the clip that BEFORE and AFTER mean. Raises CollectionRefused, PermissionDenied.
    """
    with trail.recording():
        row = collections.changing(collection.pk, by=by)
        item = seen(row, by).select_related("asset").filter(asset=asset_id).first()
        if item is None:
            raise CollectionRefused(_("This clip is no longer in the collection."))
        target = _target(item, to, beside=beside, by=by)
        if target is None:
            return False
        place = _place(row, item, *target)
        if len(place) > places.LONGEST:
            _make_room(row, around=place)
            item.refresh_from_db(fields=["place"])
            place = _place(row, item, *(_target(item, to, beside=beside, by=by) or target))
        item.place = place
        item.save(update_fields=["place"])
        _changed(Verb.COLLECTION_CLIPS_MOVED, row, [item.asset.title], by=by)
    return True


def _target(
    item: CollectionItem, to: To, *, beside: UUID | None, by: Principal
) -> tuple[CollectionItem, bool] | None:
    """Beside which clip it goes, and whether after it; None where it stands there."""
    others = seen(item.collection, by).exclude(pk=item.pk)
    before = others.filter(place__lt=item.place).order_by("-place")
    after = others.filter(place__gt=item.place).order_by("place")
    match to:
        case To.UP | To.START:
            found = before.first() if to is To.UP else before.last()
            return (found, False) if found else None
        case To.DOWN | To.END:
            found = after.first() if to is To.DOWN else after.last()
            return (found, True) if found else None
    found = others.filter(asset=beside).first()
    if found is None:
        raise CollectionRefused(_("The clip to move it to is no longer in the collection."))
    return found, to is To.AFTER


def _place(row: Collection, item: CollectionItem, target: CollectionItem, goes_after: bool) -> str:
    """Right before or after the target, whatever else stands there, seen or not."""
    others = CollectionItem.objects.filter(collection=row).exclude(pk=item.pk)
    if goes_after:
        next_one = others.filter(place__gt=target.place).order_by("place")
        return places.between(target.place, next_one.values_list("place", flat=True).first())
    previous = others.filter(place__lt=target.place).order_by("-place")
    return places.between(previous.values_list("place", flat=True).first(), target.place)


def _make_room(row: Collection, *, around: str) -> None:
    """New, short places for those around that one; more of them where they stand close, too."""
    items = CollectionItem.objects.filter(collection=row)
    before = items.filter(place__lt=around).order_by("-place")
    after = items.filter(place__gte=around).order_by("place")
    window = _WINDOW
    while True:
        left, right = list(before[: window + 1]), list(after[: window + 1])
        low = left.pop().place if len(left) > window else None
        high = right.pop().place if len(right) > window else None
        chosen = [*reversed(left), *right]
        new = places.spread(low, high, len(chosen))
        if max(map(len, new)) <= places.LONGEST // 2 or (low is None and high is None):
            break
        window *= 4
    for item, place in zip(chosen, new, strict=True):
        item.place = place
    CollectionItem.objects.bulk_update(chosen, ["place"], batch_size=1_000)


def _take_out(row: Collection, chosen: QuerySet[CollectionItem], *, by: Principal, at: datetime) -> int:
    """All of them, however many."""
    return _set(Verb.COLLECTION_CLIPS_REMOVED, row, chosen, removed_at=at, by=by)


def _set(
    verb: Verb,
    row: Collection,
    chosen: QuerySet[CollectionItem],
    *,
    removed_at: datetime | None,
    by: Principal,
) -> int:
    found = list(chosen.values_list("pk", "asset_id", "asset__title"))
    for start in range(0, len(found), MOST_AT_ONCE):
        some = [pk for pk, _asset, _title in found[start : start + MOST_AT_ONCE]]
        CollectionItem.objects.filter(pk__in=some).update(removed_at=removed_at)
    if found:
        import_string(NOTICE)([asset for _pk, asset, _title in found], brand_id=row.brand_id)
        _changed(verb, row, [title for _pk, _asset, title in found], by=by)
    return len(found)


def _changed(verb: Verb, row: Collection, titles: Many[str], *, by: Principal) -> None:
    """One event for all of these clips."""
    collections.touch([row.pk], by=by)
    data: dict[str, object] = {"clips": len(titles)}
    if len(titles) == 1:
        data["clip"] = next(iter(titles))
    collections.record(verb, row, by=by, data=data)
