"""What people do with comments of their own: edit, delete, undo."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from provenance.attachments.files import AttachmentRefused
from provenance.review import corrections
from provenance.review.comments import CommentRefused
from provenance.review.corrections import CommentKept
from provenance.review.models import Comment
from provenance.web import linked_clips, review_comments, sent_files
from provenance.web.review_forms import CommentForm


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def edit(request: BrandRequest, comment_id: int) -> HttpResponse:
    """Put other words in the place of one's own; refused ones come back with what was typed."""
    comment, form = review_comments.find(request, comment_id), CommentForm(request.POST)
    if form.is_valid():
        try:
            corrections.edit(
                comment,
                by=request.principal,
                body=linked_clips.at_home(request, form.cleaned_data["body"]),
                attached=sent_files.sent(request, form, comment.version, by=review_comments.sender(request)),
                detached=sent_files.ticked(request.POST.getlist("detach")),
            )
        except (AttachmentRefused, CommentRefused, CommentKept) as refused:
            form.add_error("body", str(refused))
        else:
            return review_comments.answer_with(request, comment.version, keep_typed=True, edited=comment)
    return review_comments.section(
        request, comment.version, edited=comment, edit_form=form, keep_typed=True, status=422
    )


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def delete(request: BrandRequest, comment_id: int) -> HttpResponse:
    return _changed(request, comment_id, lambda comment: corrections.delete(comment, by=request.principal))


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def restore(request: BrandRequest, comment_id: int) -> HttpResponse:
    return _changed(request, comment_id, lambda comment: corrections.restore(comment, by=request.principal))


def _changed(request: BrandRequest, comment_id: int, change: Callable[[Comment], None]) -> HttpResponse:
    """The comments after the change; why it can't be is said beside them."""
    comment = review_comments.find(request, comment_id)
    try:
        change(comment)
    except CommentKept as refused:
        if not htmx.is_htmx(request):
            messages.error(request, str(refused))
        response = review_comments.answer_with(request, comment.version, keep_typed=True)
        return htmx.with_toast(response, str(refused), tone="error")
    return review_comments.answer_with(request, comment.version, keep_typed=True)
