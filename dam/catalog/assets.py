"""Editing an asset's words, and putting it into the trash and back.

Callers have checked the person's capability. After `edit`, refresh the search text
(dam.search.fulltext.refresh): search lies above the catalogue.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.catalog import tags
from dam.catalog.models import Asset
from dam.core import events

LONGEST_TITLE = 200


class EmptyTitle(ValueError):
    """An asset without a title can't be named in a list."""


class AlreadyThere(Exception):
    """The asset is in the trash already, or out of it already."""


def edit(
    asset: Asset,
    *,
    by: Principal,
    title: str | None = None,
    description: str | None = None,
    tag_names: Iterable[str] | None = None,
) -> bool:
    """Change the words that are given; True when anything changed. Raises EmptyTitle, PermissionDenied.

    The audit event carries each changed field's words before and after.
    """
    by.require(Capability.EDIT, brand=asset.brand)
    with transaction.atomic():
        locked = Asset.objects.select_for_update(no_key=True).get(pk=asset.pk)
        changes: dict[str, list[object]] = {}
        if title is not None:
            title = " ".join(title.split())[:LONGEST_TITLE]
            if not title:
                raise EmptyTitle("Give it a title: lists and links need one.")
            if title != locked.title:
                changes["title"] = [locked.title, title]
                locked.title = title
        if description is not None and description.strip() != locked.description:
            changes["description"] = [locked.description, description.strip()]
            locked.description = description.strip()
        if tag_names is not None:
            before = sorted(locked.tags.values_list("name", flat=True))
            if tags.assign(locked, tag_names):
                changes["tags"] = [before, sorted(locked.tags.values_list("name", flat=True))]
        if not changes:
            return False
        locked.save(update_fields=["title", "description", "updated_at"])
        trail.record(
            "asset.edited",
            brand=locked.brand,
            target=locked.title,
            actor=by,
            asset_id=locked.pk,
            data=changes,
        )
        _publish(locked)
    asset.title, asset.description = locked.title, locked.description
    return True


def trash(asset: Asset, *, by: Principal, at: datetime | None = None) -> None:
    """Out of every list, until somebody restores it. Raises AlreadyThere, PermissionDenied."""
    _move(asset, by=by, trashed_at=at or timezone.now())


def restore(asset: Asset, *, by: Principal) -> None:
    """Out of the trash, back to where it was. Raises AlreadyThere, PermissionDenied."""
    _move(asset, by=by, trashed_at=None)


def _move(asset: Asset, *, by: Principal, trashed_at: datetime | None) -> None:
    by.require(Capability.TRASH, brand=asset.brand)
    restoring = trashed_at is None
    with transaction.atomic():
        moved = Asset.objects.filter(pk=asset.pk, trashed_at__isnull=not restoring).update(
            trashed_at=trashed_at, updated_at=timezone.now()
        )
        if not moved:
            raise AlreadyThere("It is not in the trash." if restoring else "It is in the trash already.")
        trail.record(
            "asset.restored" if restoring else "asset.trashed",
            brand=asset.brand,
            target=asset.title,
            actor=by,
            asset_id=asset.pk,
        )
        _publish(asset)
    asset.trashed_at = trashed_at


def _publish(asset: Asset) -> None:
    events.publish(brand_id=asset.brand_id, name="library", to_all=asset.released_id is not None)
    for version_id in {asset.latest_id, asset.released_id} - {None}:
        to_all = version_id == asset.released_id
        events.publish(brand_id=asset.brand_id, name=f"version-{version_id}", to_all=to_all)
