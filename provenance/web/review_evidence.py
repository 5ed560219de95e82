"""The documents of an approval: kept as they come in with its form, and given back to be saved."""

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.delivery import streaming
from dam.rights import consent_documents
from dam.rights.consent_documents import Document, DocumentRefused
from dam.web.decorators import BrandRequest, requires
from provenance.review import evidence, questions, queue
from provenance.review.models import Review

SAVED_AS = "application/octet-stream"  # whatever it says it is: no browser shows it


def keep_sent(request: BrandRequest, review: Review) -> Mapping[str, str]:
    """Keep what the form of an approval sends, let go of what it leaves out: by field why one wasn't kept.

    The caller has asked whether they may decide.
    """
    problems, person = {}, principals.person(request.principal)
    for question in questions.of_review(review):
        field = f"question_{question.number}_document"
        file = request.FILES.get(field)
        if not question.evidence:
            continue
        if f"question_{question.number}_without" in request.POST:
            evidence.remove(review, question.number, by=person)
        if file is None:
            continue
        # No more of it is read than is needed to refuse it.
        sent = Document(file.name or "", file.read(consent_documents.MOST_BYTES + 1))
        try:
            evidence.receive(review, question.number, sent, by=person)
        except DocumentRefused as refused:
            problems[field] = refused.message
    return problems


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def document(request: BrandRequest, review_id: UUID, evidence_id: UUID) -> HttpResponseBase:
    """For whoever may read the review."""
    review = get_object_or_404(queue.visible_reviews(request.principal), pk=review_id)
    found = evidence.find(review, evidence_id, by=request.principal)
    if found is None:
        raise Http404(_("There's no document here."))
    try:
        return streaming.respond(
            request,
            key=found.storage_key,
            sha256=found.sha256,
            size=found.size,
            content_type=SAVED_AS,
            save_as=found.filename,
        )
    except FileNotFoundError as lost:
        raise Http404(_("There's no document here.")) from lost
