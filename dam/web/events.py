"""The stream of change hints that open pages listen to."""

from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.core import events
from dam.web.decorators import BrandRequest


@require_safe
async def stream(request: BrandRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        events.stream(
            brand_id=request.brand.pk, works_here=request.principal.can(Capability.VIEW_UNRELEASED)
        ),
        content_type="text/event-stream",
    )
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
