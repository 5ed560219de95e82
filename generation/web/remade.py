"""From a remark on a clip to a brief that does what it asks for."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dam.accounts.capabilities import Capability
from dam.catalog.models import AssetKind
from dam.core.language import number
from dam.rights.visibility import visible_versions
from dam.web.decorators import BrandRequest, requires
from generation import briefs, chosen, kit_words, remaking
from generation.generators.base import GeneratorError
from generation.web import forms
from provenance.review import comments, linking, mentions, places
from provenance.review.models import Comment


@requires(Capability.GENERATE)
@require_GET
def from_comment(request: BrandRequest, comment_id: int) -> HttpResponse:
    """The passage is what it's about, the drawing the region, its words the prompt."""
    seen = visible_versions(request.principal).filter(kind=AssetKind.VIDEO)
    rows = comments.shown().filter(version__in=seen, deleted_at=None).select_related("version__brand")
    comment = get_object_or_404(rows, pk=comment_id)
    version = comment.version
    rate = places.rate(version)
    try:
        can = chosen.of(request.brand).capabilities
    except GeneratorError as error:
        away = {"area": "generate", "reason": str(error)}
        return render(request, "generate/no_model.html", away, status=503)
    found = remaking.remade(
        drawing=comment.drawing,
        frame=comment.frame,
        end_frame=comment.end_frame,
        rate=rate or can.frame_rate,
        seconds=(version.duration_ms or 0) / 1000,
        can=can,
        lengths=[frames for frames, _label in forms.length_choices(can)],
    )
    words = _words(comment)
    if len(words) > briefs.LONGEST_PROMPT:
        cut = _("The comment is longer than a prompt can be: only its first %(most)s characters are in it.")
        messages.warning(request, cut % {"most": number(briefs.LONGEST_PROMPT)})
    said = remaking.query(found, prompt=words)
    address = reverse("generate", args=[request.brand.slug])
    return redirect(f"{address}?{urlencode(said | {'source': str(version.pk)})}#brief")


def _words(comment: Comment) -> str:
    """What it asks for; whom of the brand, and links to its clips, are no part of a prompt that is signed."""
    body = mentions.without(comment.body, brand=comment.version.brand)
    return kit_words.one_line(linking.without(body))
