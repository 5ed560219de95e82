"""How a recall reaches what was made from the withdrawn version, at any remove: a worker does it in slices.

Each version that was made from it gets a recall of its own, because of the first. A slice is some of the
links that lead on from one version: one transaction, with its recalls, whom they ask, and how far it came. A
worker that is killed loses the slice that it was at, and nothing else; what is still to be done stands in the
rows (`to_spread`), which the database itself sets anew when something is recorded as made from them.
"""

import logging
import time
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Version
from dam.core import events
from dam.rights import making
from dam.rights.models import MadeFrom
from provenance.recalls import recalls
from provenance.recalls.models import Recall, RecallNotice

log = logging.getLogger(__name__)

SLICE = 100  # versions
TURN_SECONDS = 20.0  # so long a worker stays with it


def run(*, seconds: float = TURN_SECONDS, at: datetime | None = None) -> bool:
    """Slices until nothing is left or the time is over; whether more is left."""
    until, failed = time.monotonic() + seconds, set[int]()
    while time.monotonic() < until:
        waiting = Recall.objects.filter(to_spread=True).exclude(pk__in=failed).order_by("pk")
        next_one = waiting.values_list("pk", "because_of_id", "brand_id").first()
        if next_one is None:
            return False
        try:
            step(*next_one, at=at)
        except (OperationalError, InterfaceError):  # the database is away, or others held the rows
            raise
        except Exception:  # the others go on; this one is tried again in a minute
            log.exception("Recall %s can't be spread.", next_one[0])
            failed.add(next_one[0])
    return True


def step(recall_id: int, origin_id: int | None, brand_id: int, *, at: datetime | None = None) -> None:
    """The next slice of this one. Two workers at once do it once."""
    with trail.recording():
        # In this order: whoever records what was made from what sets `to_spread` behind the same lock.
        making.hold_still(brand_id)
        list(Recall.objects.filter(pk=origin_id or recall_id).select_for_update().values_list("pk"))
        rows = Recall.objects.select_for_update(of=("self",)).filter(pk=recall_id, to_spread=True)
        recall = rows.select_related("brand", "because_of__by", "by").first()
        if recall is not None:
            _spread(recall, at=at or timezone.now())


def _spread(recall: Recall, *, at: datetime) -> None:
    links: Sequence[tuple[int, UUID]] = ()
    if _stands(recall):
        onwards = MadeFrom.objects.filter(source=recall.version_id, pk__gt=recall.spread_after).order_by("pk")
        links = list(onwards.values_list("pk", "version_id")[: SLICE + 1])
    more, links = len(links) > SLICE, links[:SLICE]
    if links:
        _reach(recall.origin, [version for _link, version in links], at=at)
    after = links[-1][0] if links else recall.spread_after
    Recall.objects.filter(pk=recall.pk).update(to_spread=more, spread_after=after)


def _stands(recall: Recall) -> bool:
    """Whether what was withdrawn still is, and this one was made from it: links can be taken away again."""
    origin = recall.origin
    cleared = Version.objects.filter(pk=origin.version_id, approval=Approval.APPROVED)
    if cleared.exists():
        return False
    return recall.because_of_id is None or origin.version_id in making.all_sources(recall.version_id)


def _reach(origin: Recall, keys: Collection[UUID], *, at: datetime) -> None:
    """Recall these versions too, but for those that it has reached already."""
    leads_on = Exists(MadeFrom.objects.filter(source=OuterRef("pk")))
    known = Recall.objects.filter(because_of=origin, version__in=keys).values("version")
    rows = Version.objects.filter(pk__in=keys).exclude(pk__in=known).exclude(pk=origin.version_id)
    versions = list(rows.select_related("asset").annotate(leads_on=leads_on).order_by("pk"))
    made = Recall.objects.bulk_create(
        Recall(
            because_of=origin,
            brand_id=origin.brand_id,
            version=each,
            title=each.asset.title[:200],
            by_id=origin.by_id,
            at=at,
            to_spread=each.leads_on,
        )
        for each in versions
    )
    asked = recalls.ask(made, at=at)
    if asked:
        _record(origin, asked, at=at)
    events.publish(brand_id=origin.brand_id, name="recalls")


def _record(origin: Recall, asked: Collection[RecallNotice], *, at: datetime) -> None:
    """One event for all of the slice: it tells each person once. Those were told already whom another recall
    asked for all the copies they have of it.
    """
    reached = {notice.recall_id: notice.recall for notice in asked}
    fresh = {notice.user_id for notice in asked if not notice.asked_before}
    told_before = sorted({notice.user_id for notice in asked if notice.user_id} - fresh)
    keys = sorted(reached)
    data: dict[str, object] = {
        "recall": keys[0] if len(keys) == 1 else keys,
        "because_of": origin.pk,
        "people": len({notice.reference for notice in asked}),
        "clips": len(keys),
    }
    if len(keys) == 1:
        data["title"] = reached[keys[0]].title
    if told_before:
        data["not_asked"] = told_before
    trail.record(
        Verb.RECALL_REACHED,
        brand=origin.brand,
        target=origin.title,
        actor=origin.by,
        data=data,
        at=at,
    )
    for recall in reached.values():
        events.publish(brand_id=origin.brand_id, name=f"version-{recall.version_id}")
