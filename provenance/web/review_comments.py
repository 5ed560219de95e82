"""Comments on a version, in the review room and on the asset page."""

import json
from collections import defaultdict
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership
from dam.catalog.models import Version
from dam.core import sorting
from dam.rights import visibility
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from provenance.review import comments
from provenance.review.models import Comment
from provenance.web.review_forms import CommentForm

MOST_OFFERED = 8
LONGEST_BEGUN = 60


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest, version_id: UUID) -> HttpResponse:
    return render(request, "review/comments.html", context(_version(request, version_id)))


@require_POST
@requires(Capability.COMMENT)
def add(request: BrandRequest, version_id: UUID) -> HttpResponse:
    version = _version(request, version_id)
    form, answers = CommentForm(request.POST), _answered(request, version)
    if form.is_valid():
        frame = form.cleaned_data["frame"] if form.cleaned_data["at_frame"] and answers is None else None
        body = form.cleaned_data["body"]
        try:
            comments.add(version, by=request.principal, body=body, frame=frame, answers=answers)
        except comments.CommentRefused as refused:
            form.add_error("body", str(refused))
        else:
            return _answer(request, version, keep_typed=answers is not None, answered=answers)
    if answers is not None:
        return _section(request, version, answered=answers, answer_form=form, keep_typed=True, status=422)
    return _section(request, version, form=form, status=422)


@require_POST
@requires(Capability.COMMENT)
def resolve(request: BrandRequest, comment_id: int) -> HttpResponse:
    """Mark a comment as dealt with. Somebody having been faster is no error: it is resolved."""
    seen = visibility.visible_versions(request.principal)
    comment = get_object_or_404(
        Comment.objects.select_related("version__asset", "version__brand").filter(version__in=seen),
        pk=comment_id,
    )
    with suppress(comments.AlreadyResolved):
        comments.resolve(comment, by=request.principal)
    return _answer(request, comment.version, keep_typed=True)


def context(version: Version, form: CommentForm | None = None) -> dict[str, Any]:
    """What templates/review/comments.html needs."""
    rows = list(
        Comment.objects.filter(version=version)
        .select_related("author", "resolved_by")
        .order_by("created_at", "pk")
    )
    answers: dict[int, list[Comment]] = defaultdict(list)
    for comment in rows:
        if comment.parent_id is not None:
            answers[comment.parent_id].append(comment)
    first = [comment for comment in rows if comment.parent_id is None]
    return {
        "version": version,
        "answers": dict(answers),
        "open_comments": [comment for comment in first if comment.resolved_at is None],
        "resolved_comments": [comment for comment in first if comment.resolved_at is not None],
        "markers": json.dumps([_marker(comment) for comment in rows if _has_marker(comment)]),
        "comment_form": form or CommentForm(),
        "keep_typed": True,
    }


def _has_marker(comment: Comment) -> bool:
    return comment.frame is not None and comment.resolved_at is None


def _marker(comment: Comment) -> dict[str, Any]:
    text = f"{comment.author}: {comment.body[:120]}"
    return {"id": comment.pk, "frame": comment.frame, "text": text}


def _answered(request: BrandRequest, version: Version) -> Comment | None:
    """The comment of this version that is answered; None for a remark of its own."""
    text = request.POST.get("answers", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    found = Comment.objects.filter(pk=number, version=version).first()
    if found is None:
        raise Http404(_("This comment doesn't exist anymore."))
    return found


@require_safe
@requires(Capability.COMMENT)
def people(request: BrandRequest) -> JsonResponse:
    """Whom a comment can name, by the beginning of any of their names."""
    begun = request.GET.get("q", "").strip()[:LONGEST_BEGUN]
    rows = Membership.objects.filter(brand=request.brand, user__is_active=True)
    if begun:
        begins = Q(user__name__istartswith=begun) | Q(user__name__icontains=f" {begun}")
        rows = rows.filter(begins)
    rows = rows.order_by(sorting.alphabetical("user__name"), "user_id")
    return JsonResponse({"names": list(rows.values_list("user__name", flat=True)[:MOST_OFFERED])})


def _version(request: BrandRequest, version_id: UUID) -> Version:
    rows = visibility.visible_versions(request.principal).select_related("asset", "brand")
    return get_object_or_404(rows, pk=version_id)


def _answer(
    request: BrandRequest, version: Version, *, keep_typed: bool, answered: Comment | None = None
) -> HttpResponse:
    if htmx.is_htmx(request):
        return _section(request, version, keep_typed=keep_typed, answered=answered)
    return redirect("asset", request.brand.slug, version.asset_id)


def _section(
    request: BrandRequest,
    version: Version,
    *,
    form: CommentForm | None = None,
    answered: Comment | None = None,
    answer_form: CommentForm | None = None,
    keep_typed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The comments as they are now. What was sent has been taken or comes back with its errors; what
    somebody types meanwhile is kept: a comment (`keep_typed`), and answers to others than `answered`."""
    shown = {
        **context(version, form),
        "keep_typed": keep_typed,
        "answered": (answered.parent_id or answered.pk) if answered else None,
        "answer_form": answer_form,
    }
    return answer(request, "review/comments.html", shown, status=status)


def answer(request: BrandRequest, template: str, shown: dict[str, Any], *, status: int) -> HttpResponse:
    """The fragment; where a form with errors was sent without htmx, on a page of its own."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and not htmx.is_htmx(request):
        shown, template = {**shown, "part": template}, "review/part.html"
    return render(request, template, shown, status=status)
