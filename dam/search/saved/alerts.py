"""Telling a person what is new in their saved searches: a list in the product, and how much is unread.

What an alert shows is asked at the moment it is shown, so with a person's rights their news go, too. The bell
and mails hear of it in `tell` (dam.notifications.finds).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand
from dam.accounts.principals import Principal, person
from dam.audit.models import Event
from dam.collections import nesting
from dam.collections.models import CollectionItem
from dam.core import errors, events
from dam.core.tasks import enqueue
from dam.notifications import finds
from dam.notifications.finds import Finds
from dam.rights import visibility
from dam.search import likeness, similar_prompts
from dam.search import search as searching
from dam.search.fields import FIELDS
from dam.search.results import Seeing
from dam.search.saved import saved_searches
from dam.search.saved.models import Alert, AlertCandidate, AlertMatch, AlertPass, SavedSearch
from dam.search.search import Ask

MOST_OF_ONE = 100  # alerts of one person in a brand
MOST_KNOWN = 1000  # matches that are remembered as known when an alert begins
MOST_UNREAD = 200  # with so many unread an alert rests until they are read
COUNTED = 99  # beyond this the badge says "99+"
LISTED_FOR = timedelta(days=30)


class TooManyAlerts(errors.Refused):
    """A person has so many alerts already."""

    code = "too_many_alerts"


def turn_on(
    search: SavedSearch, *, by: Principal, ask: Ask | None = None, at: datetime | None = None
) -> Alert:
    """Tell this person of what matches from now on. Raises TooManyAlerts, PermissionDenied."""
    user, at = person(by), at or timezone.now()
    by.require(Capability.VIEW, brand=search.brand)
    alert = Alert.objects.filter(search=search, user=user).first()
    if alert is not None:
        return alert
    if Alert.objects.filter(brand=search.brand, user=user).count() >= MOST_OF_ONE:
        raise TooManyAlerts(
            _("You have %(most_of_one)s alerts, which is the most. Turn one off first.")
            % {"most_of_one": MOST_OF_ONE}
        )
    _follow(search.brand)  # before looking: what comes meanwhile is looked at again
    known, since = _known(search, by=by, ask=ask, at=at)
    alert, _created = Alert.objects.get_or_create(
        search=search,
        user=user,
        defaults={"brand": search.brand, "known": known, "known_since": since, "created_at": at},
    )
    return alert


def turn_off(search: SavedSearch, *, by: Principal) -> None:
    """Tell no more, and forget what was told."""
    Alert.objects.filter(search=search, user=person(by)).delete()


def theirs(principal: Principal) -> QuerySet[Alert]:
    """The alerts of this person whose search they still see."""
    user = principal.user
    return Alert.objects.filter(user=user, search__in=saved_searches.visible(principal))


def notice(asset_ids: Collection[UUID], *, brand_id: int) -> None:
    """These changed in a way that the audit trail doesn't tell: their index. Costs one question where the
    brand has no alerts. Of one that changes often the alerts look at the last state."""
    if not asset_ids or not Alert.objects.filter(brand_id=brand_id).exists():
        return
    rows = [AlertCandidate(brand_id=brand_id, asset_id=key) for key in sorted(asset_ids)]
    AlertCandidate.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)
    enqueue("default.match_alerts", brand_id=brand_id)


def notice_collected(asset_ids: Collection[UUID], *, brand_id: int) -> None:
    """These were put into a collection, or taken out of one. Only who asks for collections may have news."""
    if asset_ids and _name_collections(brand_id):
        notice(asset_ids, brand_id=brand_id)


def notice_collections(collections: Collection[UUID], *, brand_id: int) -> None:
    """These were renamed, moved, shared or restored: all that lies in them is found in another way."""
    if not collections or not _name_collections(brand_id):
        return
    items = CollectionItem.objects.filter(
        collection__in=nesting.keys_within(collections), removed_at=None
    ).order_by("asset_id")
    notice(list(dict.fromkeys(items.values_list("asset_id", flat=True))), brand_id=brand_id)


def tell(brand: Brand, found: Sequence[Finds], *, at: datetime) -> None:
    """Keep what is new to these alerts' owners, and tell them as they have chosen. In a transaction, of which
    there is one at a time for a brand."""
    owners = {each.reader.user.pk: each.reader for each in found}
    chosen = finds.wanted(brand, owners.values())
    AlertMatch.objects.bulk_create(
        [
            AlertMatch(
                alert_id=each.alert,
                asset_id=key,
                found_at=at,
                # Who wants no news in the page isn't counted up to: it is listed, and that is all.
                read_at=None if chosen[each.reader.user.pk].page else at,
            )
            for each in found
            for key in each.assets
        ],
        ignore_conflicts=True,
    )
    finds.tell(brand, found, chosen, at=at)
    for person_id, owner in owners.items():
        # Drafts are not there for those who see released work alone, nor is a hint at them.
        works_here = owner.can(Capability.VIEW_UNRELEASED)
        events.publish(brand_id=brand.pk, name=f"alerts-{person_id}", to_all=not works_here)


def news(principal: Principal, *, at: datetime | None = None) -> QuerySet[AlertMatch]:
    """What this person was told and still may see: unread first, then the newest."""
    since = (at or timezone.now()) - LISTED_FOR
    recent = Q(read_at=None) | Q(found_at__gte=since)
    told = _shown(principal).filter(recent).annotate(is_read=Q(read_at__isnull=False))
    return told.select_related("alert__search").order_by("is_read", "-found_at", "-pk")


def unread(principal: Principal) -> int:
    """How many of them are unread; COUNTED + 1 where there are more than COUNTED."""
    return _shown(principal).filter(read_at=None)[: COUNTED + 1].count()


def unread_by_search(principal: Principal, search_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """The same for each of these searches, exactly: an alert has at most MOST_UNREAD."""
    counts = _shown(principal).filter(read_at=None, alert__search__in=search_ids)
    return dict(counts.order_by().values_list("alert__search").annotate(Count("pk")))


def read(principal: Principal, *, matches: Iterable[int] | None = None, at: datetime | None = None) -> int:
    """Mark as read: these, or all that this person was told. Their notifications follow."""
    at = at or timezone.now()
    told = AlertMatch.objects.filter(
        alert__user=person(principal), alert__brand=principal.brand, read_at=None
    )
    if matches is not None:
        told = told.filter(pk__in=list(matches))
    with transaction.atomic():
        alerts = set(told.values_list("alert_id", flat=True))
        notifications = finds.unread_of(alerts)
        count = told.update(read_at=at)
        left: dict[int, set[UUID]] = defaultdict(set)
        unread = AlertMatch.objects.filter(alert__in=alerts, read_at=None)
        for alert_id, asset_id in unread.values_list("alert_id", "asset_id"):
            left[alert_id].add(asset_id)
        finds.settle(notifications, left, at=at)
    return count


def _name_collections(brand_id: int) -> bool:
    """Whether any alert of the brand may ask for a collection: by a filter, or by words in which a field
    may be named."""
    fields = [field.name for field in FIELDS.values() if field.in_collections]
    names = [*fields, *(f"-{name}" for name in fields)]
    asked = (
        Q(search__filters__has_any_keys=names)
        | Q(search__words__contains=":")
        | Q(search__words__contains="：")
    )
    return Alert.objects.filter(asked, brand_id=brand_id, search__deleted_at=None).exists()


def _shown(principal: Principal) -> QuerySet[AlertMatch]:
    return AlertMatch.objects.filter(
        alert__in=theirs(principal), asset__in=visibility.visible_assets(principal)
    )


def _follow(brand: Brand) -> None:
    """Have the brand's alerts begin here in its audit trail, unless they are on their way already."""
    newest = Event.objects.filter(brand=brand).order_by("-sequence").values_list("sequence", flat=True)
    AlertPass.objects.get_or_create(brand=brand, defaults={"sequence": newest.first() or 0})


def _known(
    search: SavedSearch, *, by: Principal, ask: Ask | None, at: datetime
) -> tuple[list[UUID], datetime | None]:
    """What matches now; and where that is only a part of it, the moment before which clips count as known."""
    wanted = saved_searches.question(search)
    parsed = searching.parse(wanted.words, by=by)
    if parsed.has_words or wanted.likeness:
        try:
            found = searching.find(
                by, words=wanted.words, filters=wanted.filters, like=wanted.likeness, limit=1, ask=ask
            )
        except likeness.NotThere:
            return [], at
        partly = found.more or found.seeing is Seeing.BUSY
        return list(found.asset_ids[:MOST_KNOWN]), at if partly else None
    if similar_prompts.read(parsed, wanted.filters).state is similar_prompts.State.BUSY:
        return [], at
    assets = searching.among(by, parsed=parsed, filters=wanted.filters)
    newest, _ = searching.newest(assets)
    rows = list(newest.values_list("pk", "created_at")[: MOST_KNOWN + 1])
    known = [key for key, _ in rows[:MOST_KNOWN]]
    return known, rows[MOST_KNOWN - 1][1] if len(rows) > MOST_KNOWN else None
