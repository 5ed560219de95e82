"""Recording what leaves the house, by what is served: a range that begins late is a download too."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from dam.accounts.principals import Guest, Principal
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.delivery import streaming

# The parts in which a player or a download manager fetches a file are one download.
ONE_DOWNLOAD = timedelta(hours=1)


def record(
    request: HttpRequest,
    response: HttpResponseBase,
    *,
    verb: Verb,
    version: Version,
    sha256: str,
    by: Principal,
    use: str = "",
    territory: str = "",
) -> None:
    """Leave an event when this answer holds bytes of the file, once for each principal and download.

    `use` and `territory` are what whoever fetched it said that it is for, if they did.
    """
    if not streaming.sends(request, response):
        return
    at = timezone.now()
    # Two people may have one name, and so may two guests.
    data = {"sha256": sha256} | ({"link": by.link_id} if isinstance(by, Guest) else {})
    data |= {name: said for name, said in (("use", use), ("territory", territory)) if said}
    known = Event.objects.filter(
        asset_id=version.asset_id,
        verb=verb,
        actor=by.user,
        actor_ref=trail.reference_of(by),
        data__contains=data,
        at__gt=at - ONE_DOWNLOAD,
    )
    if known.exists():
        return
    trail.record(
        verb,
        brand=version.brand,
        target=version.asset.title,
        actor=by,
        asset_id=version.asset_id,
        data=data | {"version": version.number},
        at=at,
    )
