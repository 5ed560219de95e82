"""How much of a clip a reviewer's player has played: told by their browser, measured, said in words."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import numbers
from dam.web.decorators import BrandRequest, requires
from provenance.review import approving_together, queue, watching
from provenance.review.models import Review
from provenance.review.watching import Spans, Watched


@require_POST
@requires(Capability.VIEW_UNRELEASED)
def note(request: BrandRequest, review_id: UUID) -> HttpResponse:
    """What the player in the room has played so far (`played`), in the stage that its page showed."""
    if not approving_together.may(request.principal):
        raise PermissionDenied(_("Only reviewers can approve clips."))
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    stage = numbers.read(request.POST.get("stage", ""))
    spans = watching.spans(request.POST.get("played", ""))
    if stage is not None:
        approving_together.note_played(review, stage=stage, played=spans, by=request.principal)
    return HttpResponse(status=204)


def watched(review: Review, *, by: Principal, told: str = "") -> Watched | None:
    """By what their browser tells with the decision, and what was noted before."""
    before = approving_together.played([review], by=by).get(review.pk, ())
    return measured(review.version, watching.together(watching.spans(told), before))


def measured(version: Version, spans: Spans) -> Watched | None:
    return watching.measured(spans, length_ms=version.duration_ms, frame_ms=_frame_ms(version))


def _frame_ms(version: Version) -> float:
    if not version.rate_numerator or not version.rate_denominator:
        return 100.0  # of sound: what a player leaves at its ends
    return 1000 * version.rate_denominator / version.rate_numerator
