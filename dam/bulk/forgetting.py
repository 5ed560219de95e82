"""Personal data that is removed leaves what bulk edits keep of it, too: that can't be undone any more."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from dam.accounts.models import Brand
from dam.bulk import terms
from dam.bulk.models import BulkEdit, BulkItem


def consent(brand: Brand, assets: Collection[UUID], name: str) -> None:
    """What was said of the consents of these clips, and edits that name this person or owner."""
    items = BulkItem.objects.filter(edit__brand=brand, asset__in=assets)
    kept = items.filter(Q(done__has_key=terms.CONSENTS) | Q(wanted__terms__has_key=terms.CONSENTS))
    changed = []
    for item in kept.select_for_update(of=("self",)).order_by("pk"):
        if item.done:
            item.done = {key: value for key, value in item.done.items() if key != terms.CONSENTS} or None
        if item.wanted:
            for part in ("terms", "was"):
                item.wanted.get(part, {}).pop(terms.CONSENTS, None)
        changed.append(item)
    BulkItem.objects.bulk_update(changed, ["done", "wanted"], batch_size=500)
    for part in ("consent", "withdrawn") if name else ():
        for edit in BulkEdit.objects.filter(**{"brand": brand, f"change__{part}__1": name}).order_by("pk"):
            edit.change = {key: value for key, value in edit.change.items() if key != part}
            edit.save(update_fields=["change"])
