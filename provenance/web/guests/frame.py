"""What every page for guests stands behind, and its cookies.

Four cookies, none of them a session of Django's: `guest_door` says that this browser had the link's secret,
`guest` holds a session of one link; these two go to the addresses of their link alone. `guest_asks` is the
browser that asked for a list's code, `guest_list` the secret of a pass for the list.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dam.web import devices, htmx
from provenance.guests import door, gate, lists, rules
from provenance.guests.gate import Visitor
from provenance.guests.models import GuestAddress, GuestLink

DOOR, SESSION, ASKS, LIST = "guest_door", "guest", "guest_asks", "guest_list"
SALT_DOOR, SALT_ASKS = "guest-door", "guest-asks"


class GuestRequest(HttpRequest):
    """A request that has passed the gate."""

    visitor: Visitor


View = Callable[..., HttpResponseBase]


def guest_view(view: View) -> View:
    """A view of one link, for whoever has a session of it. Others are led to its door, or find nothing."""

    @wraps(view)
    def checked(request: GuestRequest, key: UUID, *args: Any, **kwargs: Any) -> HttpResponseBase:
        at = timezone.now()
        visitor = gate.enter(key, secret=request.COOKIES.get(SESSION, ""), at=at)
        if visitor is not None:
            request.visitor = visitor
            response = view(request, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "private, no-store")  # a file says it itself
            return response
        if at_door(request, key, at=at) is None:
            return gone(request)
        if htmx.is_htmx(request):
            # Refused, so that the page keeps what they typed; the browser goes to the door with its page.
            answer = htmx.go_to(reverse("guest-door", args=[key]))
            answer.status_code = HTTPStatus.UNAUTHORIZED
            return answer
        return redirect("guest-door", key)

    checked.of_guests = True  # type: ignore[attr-defined]
    return checked


def at_door(request: HttpRequest, key: UUID, *, at: datetime) -> GuestLink | None:
    """The link that this browser had the secret of, if it opens anything."""
    try:
        digest = signing.loads(request.COOKIES.get(DOOR, ""), salt=SALT_DOOR)
    except signing.BadSignature:
        return None
    link = gate.find(key, at=at)
    return link if link is not None and link.digest and link.digest == digest else None


def gone(request: HttpRequest) -> HttpResponse:
    """One page for every link that is wrong, old or ended: it says nothing of which."""
    return render(request, "guests/gone.html", status=404)


def lead_to_door(link: GuestLink) -> HttpResponse:
    """The door remembers for the life of the link that its secret was here."""
    response = redirect("guest-door", link.key)
    _set(response, DOOR, signing.dumps(link.digest, salt=SALT_DOOR), path=_path(link), until=link.expires_at)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def let_in(
    request: HttpRequest, link: GuestLink, *, at: datetime, listing: GuestAddress | None = None
) -> HttpResponse:
    """To the room, with a session. Raises GuestRefused."""
    device = devices.of(request.headers.get("User-Agent", ""))
    words = ", ".join(filter(None, (device.browser, device.system)))
    session, secret = door.admit(link, device=words, at=at, listing=listing)
    response = redirect("guest-room", link.key)
    _set(response, SESSION, secret, path=_path(link), until=session.ends_at)
    return response


def let_out(response: HttpResponse, link: GuestLink) -> HttpResponse:
    response.delete_cookie(SESSION, path=_path(link), samesite="Lax")
    return response


def browser(request: HttpRequest) -> str:
    """The secret by which this browser asked for a list's code; empty where it hasn't. Made by us alone."""
    try:
        secret = signing.loads(request.COOKIES.get(ASKS, ""), salt=SALT_ASKS)
    except signing.BadSignature:
        return ""
    return secret if isinstance(secret, str) else ""


def remember_browser(response: HttpResponse, secret: str, *, at: datetime) -> HttpResponse:
    value = signing.dumps(secret, salt=SALT_ASKS)
    _set(response, ASKS, value, path=reverse("guest-list"), until=at + rules.SESSION)
    return response


def give_list(response: HttpResponse, secret: str, *, at: datetime) -> HttpResponse:
    _set(response, LIST, secret, path=reverse("guest-list"), until=at + rules.SESSION)
    return response


def listing(request: HttpRequest, *, at: datetime) -> GuestAddress | None:
    """The pass that this browser has for the list of an address."""
    return lists.of_secret(request.COOKIES.get(LIST, ""), at=at)


def end_list(request: HttpRequest, response: HttpResponse, *, at: datetime) -> HttpResponse:
    """End the pass of this browser, if it has one, here and for good."""
    row = listing(request, at=at)
    if row is not None:
        lists.end(GuestAddress.objects.filter(pk=row.pk), at=at)
    response.delete_cookie(LIST, path=reverse("guest-list"), samesite="Lax")
    return response


def may_try(request: HttpRequest, action: str, *, key: str) -> bool:
    """Whether it is not too often from here, and for this link or address."""
    return bool(ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True))


def _path(link: GuestLink) -> str:
    return reverse("guest-room", args=[link.key])


def _set(response: HttpResponse, name: str, value: str, *, path: str, until: datetime) -> None:
    response.set_cookie(
        name,
        value,
        path=path,
        expires=until,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
