"""The fragment of the review room that says who else has it open."""

from uuid import UUID

import redis
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Member
from dam.catalog.models import AssetKind
from dam.web.decorators import BrandRequest, requires
from provenance.guests import present
from provenance.review import queue

SHOWN = 3  # pictures side by side; the list has everyone


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest, review_id: UUID) -> HttpResponse:
    if not isinstance(request.principal, Member):  # no program watches who works when
        raise PermissionDenied(_("Sign in to open this page."))
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    try:
        others = present.others(review.version, by=request.principal, at=timezone.now())
    except redis.RedisError:
        return render(request, "review/_present.html", {"unknown": True})
    context = {
        "others": others,
        "names": ", ".join(each.name for each in others),
        "shown": others[:SHOWN],
        "more": max(0, len(others) - SHOWN),
    }
    if review.version.kind == AssetKind.VIDEO and request.principal.can(Capability.COMMENT):
        context["review"] = review  # its playhead can be followed
    return render(request, "review/_present.html", context)
