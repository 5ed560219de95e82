"""What a bulk edit was to change, in sentences, and what came of its clips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from dam.accounts import times as zones
from dam.accounts.principals import Principal
from dam.bulk import changes, field_words, stating, terms
from dam.bulk.changes import Change, Describe
from dam.bulk.models import BulkEdit, BulkItem, Outcome
from dam.catalog.models import Asset
from dam.collections import audience
from dam.core import language, numbers
from dam.rights.visibility import trashed_assets, visible_assets
from dam.web import times


class Verb(Protocol):
    def __call__(self, edit: BulkEdit, *, by: Principal) -> None: ...


@dataclass(frozen=True)
class Told:
    """One clip and what came of it; without `asset` it isn't seen any more."""

    item: BulkItem
    asset: Asset | None
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Tab:
    outcome: Outcome
    count: int


def said(rows: Sequence[BulkEdit], *, by: Principal) -> list[tuple[str, ...]]:
    """What each of them changes, in sentences; their collections are looked up together."""
    wanted = [changes.read(row.change) for row in rows]
    keys = {change.collection for change in wanted if change.collection}
    named = dict(audience.visible(by).filter(pk__in=keys).values_list("pk", "name")) if keys else {}
    zone = zones.of_brand(by.brand)
    filled = field_words.asked([change.fields for change in wanted], by=by)
    return [
        _said(row, change, fields, named, zone)
        for row, change, fields in zip(rows, wanted, filled, strict=True)
    ]


def _said(
    edit: BulkEdit, change: Change, fields: Sequence[str], named: Mapping[UUID, str], zone: ZoneInfo
) -> tuple[str, ...]:
    told = [*_of_words(change), *fields, *stating.asked(change.stated)]
    told += terms.asked(change, zone=zone)
    if change.rows:
        told.append(_("Import “%(file)s”") % {"file": (edit.file or {}).get("name", "")})
    if change.collection:
        name = named.get(change.collection)
        told.append(_("Add to “%(name)s”") % {"name": name} if name else _("Add to a collection"))
    if change.hold:
        told.append(_("Place under legal hold: “%(reason)s”") % {"reason": change.hold})
    if change.trash:
        told.append(_("Move to trash"))
    return tuple(told)


def _of_words(change: Change) -> list[str]:
    told = []
    if change.add_tags:
        told.append(_("Add tags: %(tags)s") % {"tags": language.listed(change.add_tags)})
    if change.remove_tags:
        told.append(_("Remove tags: %(tags)s") % {"tags": language.listed(change.remove_tags)})
    if change.find and change.replace:
        told.append(
            _("Replace “%(find)s” in titles with “%(replace)s”")
            % {"find": change.find, "replace": change.replace}
        )
    elif change.find:
        told.append(_("Take “%(find)s” out of titles") % {"find": change.find})
    if change.title:
        told.append(_("New title: “%(title)s”") % {"title": change.title})
    described = {
        Describe.REPLACE: _("Replace the description"),
        Describe.APPEND: _("Add to the description"),
        Describe.CLEAR: _("Remove the description"),
    }
    if change.describe:
        told.append(described[change.describe])
    return told


def tabs(edit: BulkEdit) -> tuple[Tab, ...]:
    """The outcomes that there are, and how many clips have each."""
    counts = (
        (Outcome.CHANGED, max(0, edit.changed - edit.undone - edit.partly - edit.kept)),
        (Outcome.UNDONE, edit.undone),
        (Outcome.PARTLY, edit.partly),
        (Outcome.KEPT, edit.kept),
        (Outcome.LEFT, edit.left),
        (Outcome.SAME, edit.same),
    )
    return tuple(Tab(outcome, count) for outcome, count in counts if count)


def most_telling(edit: BulkEdit) -> str:
    """What is shown first: what did not go as it was asked."""
    there = {tab.outcome for tab in tabs(edit)}
    order = (Outcome.KEPT, Outcome.PARTLY, Outcome.LEFT, Outcome.UNDONE, Outcome.CHANGED, Outcome.SAME)
    return next((each for each in order if each in there), Outcome.CHANGED)


def items(edit: BulkEdit, outcome: str, after: str, *, by: Principal, size: int) -> tuple[list[Told], str]:
    """A page of its clips with that outcome, and where the next one begins; empty at the end."""
    rows = edit.items.filter(outcome=outcome).order_by("pk")
    last = numbers.read(after)
    if last is not None:
        rows = rows.filter(pk__gt=last)
    page = list(rows[: size + 1])
    shown = page[:size]
    keys = [each.asset_id for each in shown]
    seen = {**trashed_assets(by).in_bulk(keys), **visible_assets(by).in_bulk(keys)}
    of_each = [(each.done or {}).get("fields", {}) for each in shown]
    zone = zones.of_brand(by.brand)
    filled = field_words.differences([_sides(done) for done in of_each], by=by)
    told = [
        Told(each, seen.get(each.asset_id), differences(each.done or {}, filled=fields, zone=zone))
        for each, fields in zip(shown, filled, strict=True)
    ]
    return told, str(shown[-1].pk) if len(page) > size else ""


def _sides(done: Mapping[str, Sequence[Sequence[str]]]) -> field_words.Pair:
    return {key: pair[0] for key, pair in done.items()}, {key: pair[1] for key, pair in done.items()}


def differences(done: Mapping[str, Any], *, zone: ZoneInfo, filled: Sequence[str] = ()) -> tuple[str, ...]:
    """What was changed of one clip, in sentences; `filled` are those of the brand's own fields."""
    told = []
    if "words" in done:
        before, after = done["words"]
        if before["title"] != after["title"]:
            told.append(
                _("Title: “%(before)s” → “%(after)s”") % {"before": before["title"], "after": after["title"]}
            )
        if before["description"] != after["description"]:
            told.append(_("Description changed"))
        tags = [f"+ {name}" for name in after["tags"] if name not in before["tags"]]
        tags += [f"− {name}" for name in before["tags"] if name not in after["tags"]]
        if tags:
            told.append(_("Tags: %(tags)s") % {"tags": ", ".join(tags)})
    told += [*filled, *stating.differences(done.get("stated", {}))]
    told += terms.told(done, zone=zone)
    if "collected" in done:
        told.append(_("Added to the collection"))
    if done.get("held"):
        told.append(_("Placed under legal hold"))
    if "trashed" in done:
        told.append(_("Moved to trash"))
    return tuple(told)


def page(rows: QuerySet[BulkEdit], after: str, *, size: int) -> tuple[list[BulkEdit], str]:
    """Newest first, from behind the one that `after` names; and what the next page begins with."""
    moment, _place, key = after.partition("_")
    at = times.read(moment)
    if at is not None and (pk := _uuid(key)):
        rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk))
    found = list(rows.order_by("-created_at", "-pk")[: size + 1])
    shown = found[:size]
    return shown, _cursor(shown[-1].created_at, shown[-1].pk) if len(found) > size else ""


def _cursor(at: datetime, key: UUID) -> str:
    return f"{at.isoformat()}_{key}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
