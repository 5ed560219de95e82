"""Matching what is new against the alerts of a brand: in passes, each bounded, none lost.

A pass takes the assets that have changed since the last one (at most MOST_ASSETS from each source) and shows
them to every alert of the brand, CHUNK alerts in one transaction that keeps what they found and how far the
pass has come. A worker that dies leaves at most one chunk to do again, which finds what it found before. What
is asked is the search itself, by the owner's own principal of that moment and among these assets alone, so
that its cost depends on them and not on the library.

After a pass a brand's alerts rest RESTS times as long as it took, so they take a third of a worker at most;
when they fall behind, passes grow in assets, not in number. 10,000 different alerts at 50 ms (measured on
a busy machine, 500 assets) are 500 seconds a pass and a pass each 25 minutes, for 4,800 assets an hour.
"""

import logging
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Count
from django.utils import timezone

from dam.accounts import principals
from dam.accounts.capabilities import AnyRole, Capability
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Asset
from dam.collections.models import CollectionItem
from dam.notifications.finds import Finds
from dam.rights import visibility
from dam.rights.models import RightsRecord
from dam.search import likeness
from dam.search import search as searching
from dam.search.results import Seeing
from dam.search.saved import alerts, saved_searches
from dam.search.saved.models import Alert, AlertCandidate, AlertMatch, AlertPass, SavedSearch
from dam.search.search import Ask
from dam.search.strengths import Strength

log = logging.getLogger(__name__)

MOST_ASSETS = 2000
MOST_EVENTS = 4000  # of the trail that are read at once
CHUNK = 50
SLICE_SECONDS = 10.0  # of one task: others wait for the same worker
LEAST_REST = timedelta(seconds=2)
RESTS = 2
BUSY_REST = timedelta(seconds=20)  # until the encoder is asked again
MOST_TRIES = 5  # of a chunk while the encoder is busy; then the words alone answer
FORGOTTEN = timedelta(days=7)  # after so long a downtime what is older is no news

# What can make an asset match, or be seen by more people. Its index is told of by alerts.notice.
TELLING = frozenset(
    {
        *(verb for verb in Verb if verb.startswith(("review.", "release.", "comment."))),
        Verb.ASSET_EDITED,
        Verb.ASSET_RESTORED,
        Verb.VERSION_ADDED,
    }
) - {Verb.RELEASE_DOWNLOADED}

# Clips that are put into a collection or taken out are told of by alerts.notice_collected.
COLLECTIONS = frozenset({Verb.COLLECTION_EDITED, Verb.COLLECTION_SHARED, Verb.COLLECTION_RESTORED})


# Of which alerts the answer is the same: search, role, and the person where it depends on them.
_Same = tuple[str, AnyRole, int | None]


@dataclass(frozen=True)
class _Found:
    asset_ids: tuple[UUID, ...]
    busy: bool = False  # the encoder gave no answer, so there may be more


def run_all(*, ask: Ask | None = None) -> bool:
    """A slice for each brand that has alerts; True when one has more to do at once."""
    due = AlertPass.objects.filter(not_before__lte=timezone.now()).order_by("not_before")
    brands = list(due.values_list("brand_id", flat=True))
    more = False
    for brand_id in brands:
        more = run(brand_id, ask=ask) or more
    return more


def run(brand_id: int, *, ask: Ask | None = None, seconds: float = SLICE_SECONDS) -> bool:
    """Go on with the brand's pass, or begin one; True when there is more to do at once.

    Of two that run at once the second does nothing. `ask` as for search.find.
    """
    until = time.monotonic() + seconds
    memo: dict[_Same, _Found] = {}
    while _chunk(brand_id, ask, memo):
        if time.monotonic() >= until:
            return True
    return False


def _chunk(brand_id: int, ask: Ask | None, memo: dict[_Same, _Found]) -> bool:
    """One step of the pass; whether another can follow at once."""
    began, at = time.monotonic(), timezone.now()
    with transaction.atomic():
        state = AlertPass.objects.select_for_update(skip_locked=True).filter(brand_id=brand_id).first()
        if state is None or state.not_before > at:
            return False
        if not state.asset_ids:
            memo.clear()
            return _begin(state, at)
        rows = Alert.objects.filter(brand_id=brand_id, pk__gt=state.after).order_by("pk")
        chunk = list(rows.select_related("search", "user", "brand").defer("known")[:CHUNK])
        if not chunk:
            return _end(state, at)
        if not _look(chunk, state, ask, memo):
            state.tries += 1
            state.not_before = at + BUSY_REST
            state.save(update_fields=["tries", "not_before"])
            return False
        state.after, state.tries = chunk[-1].pk, 0
        state.seconds += time.monotonic() - began
        state.save(update_fields=["after", "tries", "seconds"])
    return True


def _begin(state: AlertPass, at: datetime) -> bool:
    """Take what has changed; False when that is nothing."""
    if not Alert.objects.filter(brand_id=state.brand_id).exists():
        state.delete()  # the next alert begins at the trail's end of that time
        AlertCandidate.objects.filter(brand_id=state.brand_id).delete()
        return False
    changed, more = _from_trail(state, at)
    state.asset_ids = list(dict.fromkeys([*_indexed(state, at), *_out_of_embargo(state, at), *changed]))
    state.after, state.tries, state.seconds = 0, 0, 0.0
    state.save()
    return bool(state.asset_ids) or more


def _indexed(state: AlertPass, at: datetime) -> list[UUID]:
    waiting = AlertCandidate.objects.filter(brand_id=state.brand_id)
    waiting.filter(at__lt=at - FORGOTTEN).delete()
    rows = list(waiting.order_by("at", "pk").values_list("pk", "asset_id")[:MOST_ASSETS])
    AlertCandidate.objects.filter(pk__in=[key for key, _ in rows]).delete()
    return [asset_id for _, asset_id in rows]


def _from_trail(state: AlertPass, at: datetime) -> tuple[list[UUID], bool]:
    """Assets of the next events, and whether more events follow. A chain grows at its end and has no gaps."""
    events = Event.objects.filter(brand_id=state.brand_id, sequence__gt=state.sequence).order_by("sequence")
    changed: dict[UUID, None] = {}
    collections: set[UUID] = set()
    rows = list(events.values_list("sequence", "verb", "asset_id", "at", "data__collection")[:MOST_EVENTS])
    for sequence, verb, asset_id, happened_at, collection in rows:
        state.sequence = sequence
        if happened_at < at - FORGOTTEN:
            continue
        if asset_id is not None and verb in TELLING:
            changed[asset_id] = None
        if verb in COLLECTIONS:
            collections.add(UUID(collection))
        if len(changed) == MOST_ASSETS:
            break
    alerts.notice_collections(collections, brand_id=state.brand_id)  # for the next pass
    return list(changed), len(rows) == MOST_EVENTS


def _out_of_embargo(state: AlertPass, at: datetime) -> list[UUID]:
    """Released assets that all may see since the last pass: nobody did anything just then.

    Those whose embargoes end at one moment, a campaign's say, are taken together, also beyond MOST_ASSETS.
    """
    since = max(state.embargo_until, at - FORGOTTEN)
    ended = RightsRecord.objects.filter(
        embargo_until__gt=since, embargo_until__lte=at, version__released_of__brand_id=state.brand_id
    ).order_by("embargo_until")
    moments = ended.values_list("embargo_until", flat=True)
    state.embargo_until = next(iter(moments[MOST_ASSETS - 1 : MOST_ASSETS]), None) or at
    taken = ended.filter(embargo_until__lte=state.embargo_until)
    return list(taken.values_list("version__asset_id", flat=True))


def _end(state: AlertPass, at: datetime) -> bool:
    state.asset_ids = []
    state.not_before = at + max(LEAST_REST, timedelta(seconds=RESTS * state.seconds))
    state.save(update_fields=["asset_ids", "not_before"])
    return False


def _look(chunk: Sequence[Alert], state: AlertPass, ask: Ask | None, memo: dict[_Same, _Found]) -> bool:
    """Have these alerts look at the assets and keep what is new to them; False to try again later."""
    owners, unread = _owners(chunk), _unread(chunk)
    hits: dict[Alert, tuple[UUID, ...]] = {}
    for alert in chunk:
        owner = owners.get(alert.user_id)
        if owner is None or not _sees(owner, alert.search) or unread.get(alert.pk, 0) >= alerts.MOST_UNREAD:
            continue
        # The same search of many people is asked once for each role, unless it asks for what each sees ...
        personal = saved_searches.is_personal(alert.search, by=owner)
        key = (alert.search.digest, owner.role, owner.user.pk if personal else None)
        if key not in memo:
            memo[key] = _ask(alert.search, owner, state.asset_ids, ask)
        if memo[key].busy and state.tries < MOST_TRIES:
            del memo[key]
            return False
        if memo[key].asset_ids:
            # ... and what it found is checked with the rights of each.
            may_see = visibility.visible_assets(owner).filter(pk__in=memo[key].asset_ids)
            hits[alert] = tuple(may_see.values_list("pk", flat=True))
    _keep(hits, owners, unread)
    return True


def _ask(search: SavedSearch, owner: Member, among: Collection[UUID], ask: Ask | None) -> _Found:
    """Which of the assets the search finds for its owner, as sure as a page would say so."""
    if not saved_searches.is_usable(search, brand=owner.brand):
        return _Found(())
    wanted = saved_searches.question(search)
    try:
        with transaction.atomic():
            found = searching.find(
                owner,
                words=wanted.words,
                filters=wanted.filters,
                like=wanted.likeness,
                limit=len(among),
                within=among,
                ask=ask,
            )
    except likeness.NotThere:  # what it compares with is not for this person to see
        return _Found(())
    except DatabaseError:
        log.warning("The alert on search %s failed; the others go on.", search.pk, exc_info=True)
        return _Found(())
    sure = tuple(hit.asset.pk for hit in found.hits if hit.strength is not Strength.WEAK)
    return _Found(sure, busy=found.seeing is Seeing.BUSY)


def _keep(
    hits: Mapping[Alert, Sequence[UUID]], owners: Mapping[int, Member], unread: Mapping[int, int]
) -> None:
    found = {key for many in hits.values() for key in many}
    if not found:
        return
    told = set(AlertMatch.objects.filter(alert__in=hits, asset__in=found).values_list("alert_id", "asset_id"))
    known = dict(Alert.objects.filter(pk__in=[alert.pk for alert in hits]).values_list("pk", "known"))
    created = dict(Asset.objects.filter(pk__in=found).values_list("pk", "created_at"))
    news: list[Finds] = []
    for alert, asset_ids in hits.items():
        owner = owners[alert.user_id]
        old = {*known[alert.pk], *_long_there(alert, owner, asset_ids, created)}
        new = [key for key in asset_ids if key not in old and (alert.pk, key) not in told]
        new = new[: alerts.MOST_UNREAD - unread.get(alert.pk, 0)]
        if new:
            news.append(Finds(alert.pk, owner, new))
    if news:
        alerts.tell(next(iter(hits)).brand, news, at=timezone.now())


def _long_there(
    alert: Alert, owner: Member, asset_ids: Sequence[UUID], created: Mapping[UUID, datetime]
) -> set[UUID]:
    """Of what an alert with cut-off knowledge found, what counts as known: it is older than that.

    For those who see released work alone a clip comes into being with its release, and in a collection that
    is asked for when it is put in.
    """
    if alert.known_since is None:
        return set()
    older = {key for key in asset_ids if created[key] < alert.known_since}
    if older and not owner.can(Capability.VIEW_UNRELEASED):
        signed = Event.objects.filter(asset_id__in=older, verb=Verb.RELEASE_SIGNED, at__gte=alert.known_since)
        older -= set(signed.values_list("asset_id", flat=True))
    if older and (named := saved_searches.collections(alert.search, by=owner)):
        put_in = CollectionItem.objects.filter(collection__in=named, asset__in=older, removed_at=None)
        older -= set(put_in.filter(added_at__gte=alert.known_since).values_list("asset_id", flat=True))
    return older


def _owners(chunk: Sequence[Alert]) -> dict[int, Member]:
    """Who they are now, in one query: without those who have left."""
    found = principals.members_of(chunk[0].brand, among={alert.user_id for alert in chunk})
    return {each.user.pk: each for each in found}


def _sees(owner: Member, search: SavedSearch) -> bool:
    """As saved_searches.visible says it of many."""
    theirs = search.shared or search.owner_id == owner.user.pk
    return search.deleted_at is None and theirs and owner.can(Capability.VIEW)


def _unread(chunk: Sequence[Alert]) -> dict[int, int]:
    unread = AlertMatch.objects.filter(alert__in=chunk, read_at=None)
    return dict(unread.values_list("alert_id").annotate(Count("pk")))
