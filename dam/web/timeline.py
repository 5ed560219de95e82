"""A list as a timeline: its clips under the months in which they came, and a way to any month."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from dam.core import language
from dam.search.orders import Order, Place
from dam.web.cards import AssetCard
from dam.web.times import within

ORDERS = (Order.NEWEST, Order.OLDEST)  # in others months would come again and again
_BEFORE_ALL = UUID(int=0)


def months(cards: Sequence[AssetCard], *, after: Place | None) -> dict[UUID, str]:
    """The name of the month by the clip that it begins with, where the reader is.

    `after` is the last clip of the page before: its month has its name already.
    """
    begun: dict[UUID, str] = {}
    last = _month(after.value) if after and isinstance(after.value, datetime) and after.key.int else None
    for card in cards:
        month = _month(card.asset.created_at)
        if month != last:
            begun[card.asset.pk] = language.month(month)
        last = month
    return begun


def start_of(text: str, order: Order) -> Place | None:
    """Where the list stands at the beginning of a month such as "2026-03"; None for anything else."""
    try:
        first = datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return None
    if order not in ORDERS or not within(first):
        return None
    if order is Order.NEWEST:  # it goes back in time, from the end of the month
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    at = datetime(first.year, first.month, 1, tzinfo=timezone.get_current_timezone())
    return Place(0, at, _BEFORE_ALL)


def _month(at: datetime) -> date:
    return timezone.localtime(at).date().replace(day=1)
