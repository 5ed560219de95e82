"""Personal data that is removed leaves what bulk edits keep of it, too: that can't be undone any more."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from dam.accounts.models import Brand
from dam.bulk import terms
from dam.bulk.models import BulkEdit, BulkItem
from dam.rights import consent_lists

_AT_ONCE = 1000  # items


def consent(brand: Brand, assets: Collection[UUID], name: str, key: int) -> None:
    """What was said of the consents of these clips, and all that names this person or owner.

    `key` is of the consent: other clips may have needed it, and have been rid of it by a file.
    """
    items = BulkItem.objects.filter(edit__brand=brand)
    rows = items.filter(
        Q(done__has_key=terms.CONSENTS)
        | Q(wanted__terms__has_key=terms.CONSENTS)
        | Q(wanted__was__has_key=terms.CONSENTS)
    )
    kept = [f"{part}__{terms.CONSENTS}" for part in ("done", "wanted__terms", "wanted__was")]
    of_theirs = set(assets)
    naming = [
        pk
        for pk, asset_id, done, *texts in rows.order_by("pk").values_list("pk", "asset_id", *kept).iterator()
        if asset_id in of_theirs
        or consent_lists.steps_name(done or (), name, key)
        or any(consent_lists.lines_name(text or "", name, key) for text in texts)
    ]
    for start in range(0, len(naming), _AT_ONCE):
        some = naming[start : start + _AT_ONCE]
        _forget(list(items.filter(pk__in=some).select_for_update(of=("self",)).order_by("pk")))
    for part in ("consent", "withdrawn") if name else ():
        for edit in BulkEdit.objects.filter(**{"brand": brand, f"change__{part}__1": name}).order_by("pk"):
            edit.change = {key: value for key, value in edit.change.items() if key != part}
            edit.save(update_fields=["change"])


def _forget(items: list[BulkItem]) -> None:
    for item in items:
        if item.done:
            item.done = {key: value for key, value in item.done.items() if key != terms.CONSENTS} or None
        if item.wanted:
            for part in ("terms", "was"):
                item.wanted.get(part, {}).pop(terms.CONSENTS, None)
    BulkItem.objects.bulk_update(items, ["done", "wanted"], batch_size=500)
