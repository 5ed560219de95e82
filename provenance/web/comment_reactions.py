"""Giving a sign to a comment, a reply or what a guest said, and taking it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from provenance.guests import reacting
from provenance.guests.models import GuestRemark
from provenance.review import reactions
from provenance.web import review_comments
from provenance.web.guests import sharing


def asked(request: HttpRequest) -> tuple[str, bool]:
    """Which sign, and whether it is given: the button that was pressed says it."""
    given = request.POST.get("on", "")
    return (given, True) if given else (request.POST.get("off", ""), False)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def react(request: BrandRequest, comment_id: int) -> HttpResponse:
    comment = review_comments.find(request, comment_id)
    kind, on = asked(request)
    try:
        reactions.give(comment, kind, on=on, by=request.principal)
    except reactions.ReactionRefused as refused:
        if not htmx.is_htmx(request):
            messages.error(request, refused.message)
            return redirect("asset", request.brand.slug, comment.version.asset_id)
        shown = review_comments.answer_with(request, comment.version, keep_typed=True)
        return htmx.with_toast(shown, refused.message, tone="bad")
    return review_comments.answer_with(request, comment.version, keep_typed=True)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def react_to_guest(request: BrandRequest, review_id: UUID, remark_id: int) -> HttpResponse:
    review = sharing.review_of(request, review_id)
    rows = GuestRemark.objects.select_related("review__brand", "review__version__asset")
    remark = get_object_or_404(rows, pk=remark_id, review=review, deleted_at=None)
    kind, on = asked(request)
    try:
        reacting.give_remark(remark, kind, on=on, by=request.principal)
    except reactions.ReactionRefused as refused:
        messages.error(request, refused.message)
        return redirect("review", request.brand.slug, review.pk)
    if htmx.is_htmx(request):
        return sharing.piece(request, review)
    return redirect("review", request.brand.slug, review.pk)
