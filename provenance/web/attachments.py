"""Files at comments: received while somebody writes, removed again, saved and shown.

The file as it was sent is only ever given to be saved, whatever it is. What a page shows was made of it by a
worker.
"""

from http import HTTPStatus
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.rights import visibility
from dam.web.decorators import BrandRequest, requires
from provenance.attachments import files
from provenance.attachments.models import Attachment
from provenance.web import review_comments, sent_files


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def add(request: BrandRequest, version_id: UUID) -> HttpResponse:
    version = review_comments.version_of(request, version_id)
    remove_at = reverse("attachment-remove", args=[request.brand.slug, sent_files.ANY])
    return sent_files.received(request, version, by=review_comments.sender(request), remove=remove_at)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def remove(request: BrandRequest, attachment_id: UUID) -> HttpResponse:
    """Remove a file of one's own that wasn't sent with a comment yet."""
    if not files.discard_draft(attachment_id, by=review_comments.sender(request)):
        raise Http404(_("This file isn't there anymore."))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def file(request: BrandRequest, attachment_id: UUID) -> HttpResponseBase:
    """The file as it was sent, to be saved."""
    response = sent_files.download(request, _find(request, attachment_id))
    if response is None:
        raise Http404(_("This file isn't there anymore."))
    return response


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def preview(request: BrandRequest, attachment_id: UUID) -> HttpResponseBase:
    """What a page shows of it, where a worker could make something."""
    response = sent_files.shown(request, _find(request, attachment_id))
    if response is None:
        raise Http404(_("There's no preview of this file."))
    return response


def _find(request: BrandRequest, attachment_id: UUID) -> Attachment | None:
    """One that this person sees: at a comment that stands, or at what a guest said."""
    seen = visibility.visible_versions(request.principal)
    sent_along = Q(comment__isnull=False, comment__deleted_at=None) | Q(
        remark__isnull=False, remark__deleted_at=None
    )
    rows = Attachment.objects.select_related("preview").filter(sent_along, version__in=seen)
    return rows.filter(pk=attachment_id).first()
