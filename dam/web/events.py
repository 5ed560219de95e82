"""The stream of change hints that open pages listen to."""

from copy import copy

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
from dam.accounts.principals import Principal
from dam.core import events
from dam.web import second_factor
from dam.web.decorators import BrandRequest


@require_safe
async def stream(request: BrandRequest) -> StreamingHttpResponse:
    works_here = request.principal.can(Capability.VIEW_UNRELEASED)

    async def may_listen() -> bool:
        return await sync_to_async(_may_listen)(request, works_here=works_here)

    response = StreamingHttpResponse(
        events.stream(brand_id=request.brand.pk, works_here=works_here, may_listen=may_listen),
        content_type="text/event-stream",
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _may_listen(request: BrandRequest, *, works_here: bool) -> bool:
    """Whether whoever opened the stream would get the same one now."""
    try:
        now = _asking_now(request)
    except DatabaseError:
        return True  # for now: it is asked again
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return now is not None and now.can(Capability.VIEW_UNRELEASED) == works_here


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
