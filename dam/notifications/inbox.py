"""What a person was told, as far as they may see it at this moment: the one door to it for pages and mails.

Rows hold ids. Whether their reader still has the right to the kind, and still sees a clip of it, is part of
each query, so with the right the notifications go.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Lookup, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from dam.accounts.principals import Principal, person
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.notifications import kinds
from dam.notifications.models import Notification
from dam.rights import visibility

COUNTED = 99  # beyond this the bell says "99+"
ALERTS = "dam.search.saved.alerts.theirs"  # which alerts a person still has; it stands above
QUOTED = "provenance.review.linking.quoted"  # the same with titles of clips for addresses, and these
WORDS = "provenance.review.comments.words_of"  # what comments say now, by their ids; it stands above


class _IsAnyOf(Lookup):
    """PostgreSQL's `= ANY (array)`, which an index answers."""

    lookup_name = "is_any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} = ANY {right}", (*left_values, *right_values)


@dataclass(frozen=True)
class Told:
    """A notification and the clips of it that its reader may see, of which the first one is named."""

    row: Notification
    assets: tuple[Asset, ...]
    others: int  # further clips, of those that are seen or were not kept by id
    quoted: bool = True  # False where its author edited or deleted the comment that it tells of
    words: str = ""  # of one comment, where it tells of one: as they are now, or as they were said
    links: tuple[tuple[str, str], ...] = ()  # title, address: of clips it points at, as seen

    @property
    def asset(self) -> Asset | None:
        return self.assets[0] if self.assets else None

    @property
    def event(self) -> Event | None:
        """The newest of it; what an alert found has none."""
        return self.row.newest


def readable(principal: Principal) -> QuerySet[Notification]:
    """What this person was told and may still know."""
    names = [kind.name for kind in kinds.KINDS.values() if principal.can(kind.needs)]
    visible = visibility.visible_assets(principal).filter(_IsAnyOf(F("pk"), OuterRef("asset_ids")))
    mine = Notification.objects.filter(user=person(principal), brand=principal.brand, kind__in=names)
    alerts = Q(alert=None) | Q(alert__in=import_string(ALERTS)(principal))
    return mine.filter(alerts, Q(asset_ids=[]) | Exists(visible)).select_related(
        "brand", "newest__actor", "newest__actor_label", "alert__search"
    )


def listed(principal: Principal, *, unread_only: bool = False) -> QuerySet[Notification]:
    """The list of the page, the newest first."""
    rows = readable(principal).filter(listed=True)
    return (rows.filter(read_at=None) if unread_only else rows).order_by("-at", "-pk")


def before(rows: QuerySet[Notification], at: datetime, pk: int) -> QuerySet[Notification]:
    """Of the newest first, those that follow this place."""
    return rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))


def unread(principal: Principal) -> int:
    """How many are unread; COUNTED + 1 where there are more than COUNTED."""
    return readable(principal).filter(listed=True, read_at=None)[: COUNTED + 1].count()


def told(rows: Iterable[Notification], *, to: Principal) -> list[Told]:
    """The rows with their events and clips, in four queries, and two more where comments point at clips.

    Without rows whose clips are all hidden.
    """
    found = list(rows)
    wanted = {key for row in found for key in row.asset_ids}
    visible = visibility.visible_assets(to).in_bulk(list(wanted)) if wanted else {}
    changed = _changed(found)
    texts = _words(found) | _said(found)
    quotes = import_string(QUOTED)(texts, to=to) if texts else {}
    return [each for row in found if (each := _told(row, visible, changed, quotes)) is not None]


def _said(rows: Iterable[Notification]) -> dict[int, str]:
    """What the comments that were added said then, by their ids."""
    newest = [row.newest for row in rows if row.count == 1 and row.newest]
    return {
        event.data["comment"]: str(event.data.get("body") or "")
        for event in newest
        if event.verb == Verb.COMMENT_ADDED and "comment" in event.data
    }


def _words(rows: Iterable[Notification]) -> dict[int, str]:
    """Of the comments that were assigned, by their ids. Their events don't repeat them."""
    keys = {
        row.newest.data["comment"]
        for row in rows
        if row.count == 1 and row.newest and row.newest.verb == Verb.COMMENT_ASSIGNED
    }
    return import_string(WORDS)(keys) if keys else {}


def _changed(rows: Iterable[Notification]) -> set[int]:
    """Ids of the comments that these tell of and that their authors edited or deleted since."""
    of = {row.newest.asset_id for row in rows if row.newest and row.newest.verb == Verb.COMMENT_ADDED}
    verbs = (Verb.COMMENT_EDITED, Verb.COMMENT_DELETED)
    since = Event.objects.filter(asset_id__in=of, verb__in=verbs) if of else Event.objects.none()
    return set(since.values_list("data__comment", flat=True))


def _told(
    row: Notification,
    visible: dict[UUID, Asset],
    changed: Collection[int],
    quotes: Mapping[int, tuple[str, tuple[tuple[str, str], ...]]],
) -> Told | None:
    seen = tuple(visible[key] for key in row.asset_ids if key in visible)
    if row.asset_ids and not seen:
        return None
    hidden = len(row.asset_ids) - len(seen)
    comment = row.newest.data.get("comment") if row.newest else None
    others = max(0, row.asset_count - hidden - 1)
    words, links = quotes.get(comment or 0, ("", ()))
    return Told(row, seen, others, comment is None or comment not in changed, words, links)


def read(principal: Principal, *, keys: Sequence[int] | None = None, at: datetime | None = None) -> int:
    """Mark as read: these, or all that this person was told here. Whatever is read isn't mailed any more."""
    rows = Notification.objects.filter(user=person(principal), brand=principal.brand, read_at=None)
    if keys is not None:
        rows = rows.filter(pk__in=keys)
    return rows.update(read_at=at or timezone.now(), mail_due_at=None)


def unread_again(principal: Principal, key: int) -> int:
    mine = Notification.objects.filter(user=person(principal), brand=principal.brand, pk=key)
    return mine.update(read_at=None)
