"""The stream of change hints that open pages listen to."""

from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from copy import copy
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member, Principal
from dam.core import events
from dam.core.presence import Seat
from dam.rights import visibility
from dam.web import second_factor
from dam.web.decorators import BrandRequest

ROOMS = 8  # that one browser shows side by side


@require_safe
async def stream(request: BrandRequest) -> StreamingHttpResponse:
    """Of the brand; whoever reads it is seen to have the rooms of `?room=<version>&room=…` open meanwhile.

    A browser has one stream for all its pages, so one that they may not enter is left out and no error.
    """
    works_here = request.principal.can(Capability.VIEW_UNRELEASED)
    rooms: set[UUID] = set()
    seats: list[Seat] = []
    # A program sits nowhere, and who sees released work alone has no room to go to.
    if works_here and isinstance(request.principal, Member) and (wanted := _wanted(request)):
        rooms = await sync_to_async(_seen)(request.principal, wanted)
        person = f"member-{request.principal.user.pk}"
        seats = [Seat(brand_id=request.brand.pk, room=str(each), person=person) for each in rooms]

    async def may_listen() -> bool:
        return await sync_to_async(_may_listen)(request, works_here=works_here, rooms=rooms)

    return streamed(
        events.stream(brand_id=request.brand.pk, works_here=works_here, may_listen=may_listen, seats=seats)
    )


def streamed(messages: AsyncIterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(messages, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _wanted(request: BrandRequest) -> set[UUID]:
    wanted = set()
    for each in request.GET.getlist("room")[:ROOMS]:
        with suppress(ValueError):
            wanted.add(UUID(each))
    return wanted


def _seen(principal: Principal, rooms: set[UUID]) -> set[UUID]:
    """Those of the versions that they see."""
    return set(visibility.visible_versions(principal).filter(pk__in=rooms).values_list("pk", flat=True))


def _may_listen(request: BrandRequest, *, works_here: bool, rooms: Collection[UUID] = ()) -> bool:
    """Whether whoever opened the stream would get the same one now."""
    try:
        now = _asking_now(request)
        if now is None or now.can(Capability.VIEW_UNRELEASED) != works_here:
            return False
        return not rooms or _seen(now, set(rooms)) == set(rooms)
    except DatabaseError:
        return True  # for now: it is asked again
    finally:
        if not connection.in_atomic_block:
            connection.close()


def still_sees(request: BrandRequest, version: UUID) -> bool:
    """Whether whoever asked for something of a version still works in the brand and sees it."""
    return _may_listen(request, works_here=True, rooms={version})


def _asking_now(request: BrandRequest) -> Principal | None:
    """The principal of the request as the database has it now, not as it was when the request came."""
    slug, at = request.brand.slug, timezone.now()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return principals.of_token(secret.strip(), at=at)
    again: HttpRequest = copy(request)
    again.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(request.session.session_key)
    member = principals.signed_in(get_user(again), slug=slug)
    if member is not None and second_factor.missing(again, member.user, member.brand):
        return None
    return member or principals.guest(again, slug=slug, at=at)
