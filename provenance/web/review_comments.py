"""Comments on a version, in the review room and on the asset page."""

import json
from collections import defaultdict
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts import groups as groups_of
from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.models import Membership
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import numbers, sorting
from dam.rights import visibility
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.review import assigning, comments, corrections, filtering, linking, passages, reactions
from provenance.review.filtering import Filter, Thread
from provenance.review.linking import Clips
from provenance.review.models import Comment, Reaction
from provenance.review.reactions import Shown
from provenance.web import comment_filter, drawn, linked_clips, marker_files, sent_files
from provenance.web.review_forms import CommentForm

NO_FILTER = Filter()
MOST_OFFERED = 8
MOST_GROUPS = 4
LONGEST_BEGUN = 60


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """The comments of a version: a piece of its pages, or a page of its own."""
    wanted = comment_filter.asked(request)
    shown = context(version_of(request, version_id), by=request.principal, wanted=wanted)
    if htmx.is_htmx(request):
        piece = render(request, "review/comments.html", shown)
        return comment_filter.tell(request, piece, wanted) if comment_filter.SENT in request.GET else piece
    return render(request, "review/part.html", {**shown, "part": "review/comments.html"})


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def add(request: BrandRequest, version_id: UUID) -> HttpResponse:
    version = version_of(request, version_id)
    form, answers = CommentForm(request.POST), _answered(request, version)
    if form.is_valid():
        frame, end_frame = form.place() if answers is None else (None, None)
        body = linked_clips.at_home(request, form.cleaned_data["body"])
        said = {"body": body, "drawing": form.cleaned_data["drawing"]}
        said |= {"frame": frame, "end_frame": end_frame}
        try:
            said["attached"] = sent_files.sent(request, form, version, by=sender(request))
            added = comments.add(version, by=request.principal, answers=answers, **said)
        except (AttachmentRefused, comments.CommentRefused) as refused:
            form.add_error("body", str(refused))
        else:
            keep = answers is not None
            return answer_with(request, version, keep_typed=keep, answered=answers, added=added)
    if answers is not None:
        return section(request, version, answered=answers, answer_form=form, keep_typed=True, status=422)
    return section(request, version, form=form, status=422)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def resolve(request: BrandRequest, comment_id: int) -> HttpResponse:
    """Mark a comment as dealt with. Somebody having been faster is no error: it is resolved."""
    comment = find(request, comment_id)
    with suppress(comments.AlreadyResolved):
        comments.resolve(comment, by=request.principal)
    return answer_with(request, comment.version, keep_typed=True)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def reopen(request: BrandRequest, comment_id: int) -> HttpResponse:
    """Take back that a comment was dealt with. Somebody having been faster is no error: it is open."""
    comment = find(request, comment_id)
    with suppress(comments.NotResolved):
        comments.reopen(comment, by=request.principal)
    return answer_with(request, comment.version, keep_typed=True)


def find(request: BrandRequest, comment_id: int) -> Comment:
    """A comment on what this person is shown."""
    seen = visibility.visible_versions(request.principal)
    rows = Comment.objects.select_related("version__asset", "version__brand").filter(version__in=seen)
    return get_object_or_404(rows, pk=comment_id)


def context(
    version: Version,
    form: CommentForm | None = None,
    *,
    by: Principal,
    wanted: Filter = NO_FILTER,
    added: Comment | None = None,
) -> dict[str, Any]:
    """What templates/review/comments.html needs, for this person. `added` is shown whatever is `wanted`."""
    at = timezone.now()
    rows = list(
        corrections.listed(version, to=by, at=at)
        .select_related("author", "resolved_by", "assigned_to", "parent", "imported__source")
        .prefetch_related(sent_files.WITH_FILES)
        .order_by("created_at", "pk")
    )
    mine = [row for row in rows if by.user is not None and row.author_id == by.user.pk]
    bounds = corrections.bounds(version) if mine and by.can(Capability.COMMENT) else None
    free = [row for row in mine if bounds is not None and not corrections.refusal(row, bounds)]
    answers: dict[int, list[Comment]] = defaultdict(list)
    for comment in rows:
        if comment.parent_id is not None:
            answers[comment.parent_id].append(comment)
    clips = linking.clips((row.body for row in rows), to=by)
    under_way = passages.of(version) if rows else []
    threads = [
        Thread(row, answers[row.pk], filtering.stage_at(row.created_at, under_way))
        for row in rows
        if row.parent_id is None
    ]
    gone = {thread.first.pk for thread in threads if not thread.people}
    if added is not None and not all(wanted.fits(each) for each in threads if each.holds(added)):
        wanted = NO_FILTER
    first = [thread.first for thread in threads if wanted.fits(thread)]
    seen = {comment.pk for comment in first}
    assigned = {row.assigned_to_id for row in rows if row.assigned_to_id is not None}
    return {
        "version": version,
        "now": at,
        "out_of_sight": assigning.out_of_sight(assigned, brand=version.brand),
        "answers": dict(answers),
        "signs": _signs(version, by=by) if rows else {},
        "no_signs": reactions.none(),
        "drawings": {
            row.pk: drawn.picture(row.drawing, version)
            for row in rows
            if row.drawing is not None and row.deleted_at is None
        },
        "linking": linked_clips.parts(rows, clips),
        "changeable": {row.pk for row in free if row.deleted_at is None},
        "undoable": {row.pk for row in free if corrections.is_undoable(row, at=at)},
        "gone": gone,  # deleted, and shown to their author alone, who can bring them back
        "open_count": sum(comment.resolved_at is None and comment.pk not in gone for comment in first),
        "open_comments": [comment for comment in first if comment.resolved_at is None],
        "resolved_comments": [comment for comment in first if comment.resolved_at is not None],
        "markers": json.dumps([_marker(row, clips) for row in rows if row.pk in seen and _has_marker(row)]),
        **comment_filter.choices([each for each in threads if each.people], wanted, by=by),
        "has_frames": bool(version.rate_numerator and version.frame_count),
        "sound_rates": marker_files.SOUND_RATES,
        "comment_form": form or CommentForm(),
        **sent_files.limits(),
        "keep_typed": True,
    }


def _signs(version: Version, *, by: Principal) -> dict[int, list[Shown]]:
    """By the keys of the comments that have some; one query."""
    found = Reaction.objects.filter(comment__version=version).select_related("user", "link")
    return reactions.of(found, user=by.user.pk if by.user is not None else None)


def _has_marker(comment: Comment) -> bool:
    return comment.frame is not None and comment.resolved_at is None and comment.deleted_at is None


def _marker(comment: Comment, clips: Clips) -> dict[str, Any]:
    text = f"{comment.author}: {comments.headline(comment, clips)[:120]}"
    return {"id": comment.pk, "frame": comment.frame, "end": comment.end_frame, "text": text}


def _answered(request: BrandRequest, version: Version) -> Comment | None:
    """The comment of this version that is answered; None for a remark of its own."""
    text = request.POST.get("answers", "")
    if not text:
        return None
    found = Comment.objects.filter(pk=numbers.read(text) or 0, version=version).first()
    if found is None:
        raise Http404(_("This comment doesn't exist anymore."))
    return found


@require_safe
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def people(request: BrandRequest) -> JsonResponse:
    """Whom a comment can name, by the beginning of any of their names: people, and groups that have some."""
    begun = request.GET.get("q", "").strip()[:LONGEST_BEGUN]
    here = Membership.objects.filter(brand=request.brand, user__is_active=True, deactivated_at=None)
    rows = here.filter(_begins("user__name", begun)).order_by(sorting.alphabetical("user__name"), "user_id")
    groups = groups_of.of_brand(request.brand).filter(
        _begins("name", begun),
        Exists(here.filter(user__people_groups=OuterRef("pk"))),
        ~Exists(here.filter(user__name__iexact=OuterRef("name"))),  # that name is the person's
    )
    return JsonResponse(
        {
            "names": list(rows.values_list("user__name", flat=True)[:MOST_OFFERED]),
            "groups": list(groups.values_list("name", flat=True)[:MOST_GROUPS]),
        }
    )


def _begins(field: str, begun: str) -> Q:
    if not begun:
        return Q()
    return Q(**{f"{field}__istartswith": begun}) | Q(**{f"{field}__icontains": f" {begun}"})


def sender(request: BrandRequest) -> Sender:
    """Whose files they are."""
    return Sender(user=principals.person(request.principal).pk)


def version_of(request: BrandRequest, version_id: UUID) -> Version:
    """What this person is shown of that id."""
    rows = visibility.visible_versions(request.principal).select_related("asset", "brand")
    return get_object_or_404(rows, pk=version_id)


def answer_with(
    request: BrandRequest,
    version: Version,
    *,
    keep_typed: bool,
    answered: Comment | None = None,
    edited: Comment | None = None,
    added: Comment | None = None,
    assigned: Comment | None = None,
) -> HttpResponse:
    """What was sent is taken: the comments as they are now, or back to the clip."""
    if htmx.is_htmx(request):
        return section(
            request,
            version,
            keep_typed=keep_typed,
            answered=answered,
            edited=edited,
            added=added,
            assigned=assigned,
        )
    return redirect("asset", request.brand.slug, version.asset_id)


def section(
    request: BrandRequest,
    version: Version,
    *,
    form: CommentForm | None = None,
    answered: Comment | None = None,
    answer_form: CommentForm | None = None,
    edited: Comment | None = None,
    edit_form: CommentForm | None = None,
    added: Comment | None = None,
    assigned: Comment | None = None,
    keep_typed: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The comments as they are now. What was sent has been taken or comes back with its errors; what
    somebody types meanwhile is kept: a comment (`keep_typed`), answers to others than `answered`, and other
    words for others than `edited`."""
    wanted = comment_filter.asked(request)
    shown = {
        **context(version, form, by=request.principal, wanted=wanted, added=added),
        "keep_typed": keep_typed,
        "answered": (answered.parent_id or answered.pk) if answered else None,
        "answer_form": answer_form,
        "edited": edited.pk if edited else None,
        "edit_form": edit_form,
        "assigned": assigned.pk if assigned else None,
    }
    response = answer(request, "review/comments.html", shown, status=status)
    now: Filter = shown["filter"]
    return response if now == wanted else comment_filter.tell(request, response, now)


def answer(request: BrandRequest, template: str, shown: dict[str, Any], *, status: int) -> HttpResponse:
    """The fragment; where a form with errors was sent without htmx, on a page of its own."""
    if status == HTTPStatus.UNPROCESSABLE_ENTITY and not htmx.is_htmx(request):
        shown, template = {**shown, "part": template}, "review/part.html"
    return render(request, template, shown, status=status)
