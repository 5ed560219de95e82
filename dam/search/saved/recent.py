"""What a person searched for lately in a brand: the searches that led somewhere. Nobody else sees them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from dam.accounts.principals import Principal, person
from dam.search import fields
from dam.search.saved import asked
from dam.search.saved.asked import Asked
from dam.search.saved.models import RecentSearch
from dam.search.search_field import SearchField

MOST = 20


def keep(wanted: Asked, *, by: Principal, at: datetime | None = None) -> None:
    """Put it first among the person's recent searches; of the others MOST stay, without any like it."""
    if not (wanted.words or wanted.filters):
        return
    mine = of(by)
    with transaction.atomic():
        RecentSearch.objects.update_or_create(
            user=person(by),
            brand=by.brand,
            digest=wanted.digest,
            defaults={
                "words": wanted.words,
                "filters": asked.stored(wanted.filters),
                "at": at or timezone.now(),
            },
        )
        mine.filter(pk__in=mine.values("pk")[MOST:]).delete()


def of(principal: Principal) -> QuerySet[RecentSearch]:
    """The principal's own, newest first; a guest has none."""
    if principal.user is None:
        return RecentSearch.objects.none()
    return RecentSearch.objects.filter(user=principal.user, brand=principal.brand).order_by("-at", "-pk")


def asked_by(each: RecentSearch, *, known: Mapping[str, SearchField] = fields.FIELDS) -> Asked:
    """Its filters are told by the words of the fields that are `known`."""
    return asked.read(each.words, each.filters, {}, known=known)


def forget(principal: Principal, *, one: int | None = None) -> None:
    """Forget one, or all."""
    mine = of(principal)
    (mine if one is None else mine.filter(pk=one)).delete()
