"""What every page for guests stands behind, and its cookies.

Three cookies, none of them a session of Django's: `guest_door` says that this browser had the link's secret,
`guest` holds a session of one link, `guest_list` says whose address was confirmed. The first two go to the
addresses of their link alone.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from dam.web import devices
from provenance.guests import door, gate, rules
from provenance.guests.gate import Visitor
from provenance.guests.models import GuestLink

DOOR, SESSION, LIST = "guest_door", "guest", "guest_list"
SALT_DOOR, SALT_LIST = "guest-door", "guest-list"


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


def let_in(request: HttpRequest, link: GuestLink, *, at: datetime) -> HttpResponse:
    """To the room, with a session. Raises GuestRefused."""
    device = devices.of(request.headers.get("User-Agent", ""))
    words = ", ".join(filter(None, (device.browser, device.system)))
    session, secret = door.admit(link, device=words, at=at)
    response = redirect("guest-room", link.key)
    _set(response, SESSION, secret, path=_path(link), until=session.ends_at)
    return response


def let_out(response: HttpResponse, link: GuestLink) -> HttpResponse:
    response.delete_cookie(SESSION, path=_path(link), samesite="Lax")
    return response


def confirm_address(response: HttpResponse, email: str, *, at: datetime) -> HttpResponse:
    value = signing.dumps(email, salt=SALT_LIST)
    _set(response, LIST, value, path=reverse("guest-list"), until=at + rules.SESSION)
    return response


def forget_address(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(LIST, path=reverse("guest-list"), samesite="Lax")
    return response


def confirmed_address(request: HttpRequest) -> str:
    """Whose links may be listed in this browser; empty where nobody's."""
    try:
        email = signing.loads(
            request.COOKIES.get(LIST, ""), salt=SALT_LIST, max_age=int(rules.SESSION.total_seconds())
        )
    except signing.BadSignature:
        return ""
    return email if isinstance(email, str) else ""


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
