"""Changing the words of many assets in one go: title, description and tags, each asset in its own way."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.trail import PendingEvent
from dam.audit.verbs import Verb
from dam.catalog import assets, tags
from dam.catalog.models import Asset
from dam.core.errors import Refused


@dataclass(frozen=True)
class Words:
    """What people write about an asset."""

    title: str
    description: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Rewritten:
    """`assets` that changed, with their words before and after; why others can't have what was asked."""

    assets: tuple[Asset, ...] = ()
    words: Mapping[UUID, tuple[Words, Words]] = field(default_factory=dict)
    refused: Mapping[UUID, str] = field(default_factory=dict)


def words_of(chosen: Collection[Asset]) -> dict[UUID, Words]:
    """The words of many assets, in one query."""
    names = tags.of(chosen)
    return {asset.pk: Words(asset.title, asset.description, frozenset(names[asset.pk])) for asset in chosen}


def clean(words: Words, *, was: Words) -> Words:
    """As they are kept. Raises EmptyTitle, TitleTooLong, DescriptionTooLong, TagRefused.

    The description of `was` may stay: older ones are longer than is taken today.
    """
    stays = words.description == was.description
    return Words(
        assets.clean_title(words.title),
        words.description if stays else assets.clean_description(words.description),
        frozenset(tags.clean(words.tags)),
    )


def rewrite(
    chosen: Collection[Asset],
    new: Callable[[Asset, Words], Words],
    *,
    by: Principal,
    noted: Mapping[str, Any] | None = None,
    back: bool = False,
) -> Rewritten:
    """Give each asset the words that `new` makes of those it has, in a fixed number of queries.

    `new` is asked about the rows as they are once they are locked, in the order of their ids. What can't be
    kept is left as it was, and the answer says why; it may raise Refused, too. `noted` stands in each event;
    `back`: they had these words before, so they may have them again, however long they are.
    Refresh the search text of what changed. Raises PermissionDenied.
    """
    for asset in chosen:
        by.require(Capability.EDIT, brand=asset.brand)
    with trail.recording():
        locked = assets.lock(chosen)
        before = words_of(locked)
        after: dict[UUID, Words] = {}
        refused: dict[UUID, str] = {}
        for asset in locked:
            try:
                was = before[asset.pk]
                wanted = new(asset, was)
                after[asset.pk] = wanted if wanted == was else clean(wanted, was=wanted if back else was)
            except Refused as refusal:
                refused[asset.pk] = refusal.message
        changed = [each for each in locked if each.pk in after and after[each.pk] != before[each.pk]]
        _write(changed, before, after)
        trail.record_many(
            PendingEvent(
                Verb.ASSET_EDITED,
                brand=asset.brand,
                target=asset.title,
                actor=by,
                asset_id=asset.pk,
                data={**_differences(before[asset.pk], after[asset.pk]), **(noted or {})},
            )
            for asset in changed
        )
        assets.publish(changed)
    return Rewritten(
        tuple(changed), {each.pk: (before[each.pk], after[each.pk]) for each in changed}, refused
    )


def _write(changed: Collection[Asset], before: Mapping[UUID, Words], after: Mapping[UUID, Words]) -> None:
    at = timezone.now()
    for asset in changed:
        asset.title, asset.description = after[asset.pk].title, after[asset.pk].description
        asset.updated_at = at
    Asset.objects.bulk_update(changed, ["title", "description", "updated_at"])
    tags.add({each: after[each.pk].tags - before[each.pk].tags for each in changed})
    tags.remove({each: before[each.pk].tags - after[each.pk].tags for each in changed})


def _differences(before: Words, after: Words) -> dict[str, list[Any]]:
    """Each field that changed, as events have it: what it held before and after."""
    different: dict[str, list[Any]] = {}
    if before.title != after.title:
        different["title"] = [before.title, after.title]
    if before.description != after.description:
        different["description"] = [before.description, after.description]
    if before.tags != after.tags:
        different["tags"] = [assets.in_order(before.tags), assets.in_order(after.tags)]
    return different
