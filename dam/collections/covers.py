"""The clip that stands for a collection: the chosen one, for those who see it; else its first clips."""

from uuid import UUID

from django.utils.translation import gettext as _

from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.collections import collections, items
from dam.collections.collections import CollectionRefused
from dam.collections.models import Collection

MOST = 4  # clips on a cover that nobody chose


def choose(collection: Collection, asset_id: UUID | None, *, by: Principal) -> bool:
    """Have this clip of it as its cover; without one, its first clips again. True when that changed anything.

    Raises CollectionRefused, PermissionDenied.
    """
    with trail.recording():
        row = collections.managing(collection.pk, by=by)
        if row.cover_id == asset_id:
            return False
        titles = ["", ""]
        for number, key in enumerate((row.cover_id, asset_id)):
            item = items.seen(row, by).select_related("asset").filter(asset=key).first() if key else None
            titles[number] = item.asset.title if item else ""
            if item is None and key is not None and key == asset_id:
                raise CollectionRefused(_("This clip is no longer in the collection."))
        row.cover_id = asset_id
        row.save(update_fields=["cover"])
        collections.touch([row.pk], by=by)
        collections.record(Verb.COLLECTION_EDITED, row, by=by, data={"cover": titles})
    return True


def shown(collection: Collection, principal: Principal) -> list[UUID]:
    """The chosen clip alone, as long as it is in the collection and seen; else the first ones that are."""
    found = items.seen(collection, principal)
    if collection.cover_id is not None and found.filter(asset=collection.cover_id).exists():
        return [collection.cover_id]
    return list(found.values_list("asset", flat=True)[:MOST])
