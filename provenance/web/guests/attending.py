"""The stream by which the brand sees that a guest has their room open. Guests are told of nobody by it."""

from datetime import datetime

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from dam.core import events
from dam.web.events import streamed
from provenance.guests import gate, present
from provenance.web.guests import frame
from provenance.web.guests.frame import GuestRequest, guest_view


@require_safe
@guest_view
def stream(request: GuestRequest) -> StreamingHttpResponse | HttpResponse:
    if not frame.may_try(request, "guest_here", key=str(request.visitor.link.pk)):
        return HttpResponse(status=429)

    async def may_stay() -> bool:
        return await sync_to_async(_may_stay)(request, at=timezone.now())

    return streamed(events.attend(present.seat(request.visitor.link), may_stay=may_stay))


def _may_stay(request: GuestRequest, *, at: datetime) -> bool:
    """Whether they would still be let in; that they are here isn't written down by it."""
    try:
        secret = request.COOKIES.get(frame.SESSION, "")
        return gate.holder(request.visitor.link.key, secret=secret, at=at) is not None
    except DatabaseError:
        return True  # for now: it is asked again
    finally:
        if not connection.in_atomic_block:
            connection.close()
