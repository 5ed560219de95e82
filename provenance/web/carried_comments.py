"""Comments of earlier versions beside a newer one, ticked there as done or not done."""

import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.catalog.models import Version
from dam.core import numbers
from dam.web import htmx
from dam.web.decorators import BrandRequest, requires
from provenance.review import assigning, carrying, comments, linking
from provenance.review.carrying import Mark, Place
from provenance.review.linking import Part
from provenance.review.models import Comment, NotDone
from provenance.web import comment_filter, drawn, review_comments, room_compare, sent_files

STEP = 50  # comments that are shown at first, and more with each press
NAMES = ("earlier", "earlier_shown")


@dataclass(frozen=True)
class Wanted:
    """What of them is shown: those with a mark, or all; and how many at most."""

    mark: Mark | None = None
    most: int = STEP
    beside: int | None = None  # the number of the version that they are of, where one is compared with

    def query(self) -> str:
        """As an address says it, beginning with "?"."""
        parts = {"earlier": self.mark or "all", "earlier_shown": self.most}
        return "?" + urlencode(parts | ({"compare": self.beside} if self.beside else {}))

    def rows(self, version: Version, *, to: Principal) -> QuerySet[Any]:
        """Whatever their mark."""
        if self.beside is None:
            return carrying.carried(version, to=to)
        return carrying.of_version(self.beside, beside=version, to=to)


@dataclass(frozen=True)
class Carried:
    """One of them, as templates/review/_carried_comment.html shows it."""

    comment: Comment
    mark: Mark
    place: Place
    found: NotDone | None
    carried_as: int | None  # the comment of this version that says it again
    drawing: str
    words: str  # in a line: clips that it points at by their titles
    parts: list[Part]  # where it points at some


@dataclass(frozen=True)
class Choice:
    label: str
    count: int
    query: str
    chosen: bool


@require_safe
@never_cache
@requires(Capability.VIEW_UNRELEASED)
def listing(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """A piece of the version's pages, or a page of its own."""
    version = review_comments.version_of(request, version_id)
    shown = {"version": version, **context(request, version, beside=room_compare.beside_of(request, version))}
    if not htmx.is_htmx(request):
        return render(request, "review/part.html", {**shown, "part": "review/_carried.html"})
    response = render(request, "review/_carried.html", shown)
    if "earlier" in request.GET:
        wanted: Wanted = shown["carried_wanted"]
        parts = {"earlier": wanted.mark.value} if wanted.mark else {}
        if wanted.most > STEP:
            parts["earlier_shown"] = str(wanted.most)
        return comment_filter.rewrite(request, response, names=NAMES, parameters=parts)
    return response


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def tick(request: BrandRequest, version_id: UUID, comment_id: int) -> HttpResponse:
    """Found done or not in this version, or taken back; what others found meanwhile is said.

    With `carry` it is found not done, and becomes a comment of this version, too.
    """
    version, comment = (
        review_comments.version_of(request, version_id),
        review_comments.find(request, comment_id),
    )
    try:
        wanted, seen = Mark(request.POST.get("mark", "")), Mark(request.POST.get("seen", ""))
    except ValueError:
        raise Http404(_("A comment can't be ticked like this.")) from None
    refusal = ""
    try:
        if "carry" in request.POST:
            carrying.carry_over(comment, of=version, seen=seen, by=request.principal)
        else:
            carrying.tick(comment, of=version, wanted=wanted, seen=seen, by=request.principal)
    except (carrying.TickRefused, comments.CommentRefused) as refused:
        refusal = str(refused)
    if htmx.is_htmx(request):
        beside = room_compare.beside_of(request, version)
        shown = {"version": version, **context(request, version, beside=beside)}
        response = render(request, "review/_carried.html", shown)
        return htmx.with_toast(response, refusal, tone="error") if refusal else response
    if refusal:
        messages.error(request, refusal)
    return redirect("asset", request.brand.slug, version.asset_id)


def asked(request: HttpRequest, *, beside: int | None) -> Wanted:
    """What the address asks for, or that of the page a piece is for; `beside` stands there."""
    sent = {name: request.GET.get(name, "") for name in NAMES}
    if htmx.is_htmx(request) and not set(NAMES) & set(request.GET):
        page = parse_qs(urlsplit(htmx.page(request)).query)
        sent = {name: page.get(name, [""])[-1] for name in NAMES}
    mark = Mark(sent["earlier"]) if sent["earlier"] in list(Mark) else None
    most = max(STEP, numbers.read(sent["earlier_shown"], digits=6) or STEP)
    return Wanted(mark, most, beside)


def context(request: BrandRequest, version: Version, *, beside: int | None = None) -> dict[str, Any]:
    """What templates/review/_carried.html needs, for this person; at most five queries.

    `beside` is the number of the version that is shown beside it: then its comments alone are listed.
    """
    by, wanted = request.principal, asked(request, beside=beside)
    counts = carrying.counts(wanted.rows(version, to=by)) if version.number > 1 else dict.fromkeys(Mark, 0)
    total = sum(counts.values())
    matching = counts[wanted.mark] if wanted.mark else total
    listed = _listed(version, wanted, by=by) if matching else []
    more = replace(wanted, most=wanted.most + STEP) if matching > len(listed) else None
    assigned = {each.comment.assigned_to_id for each in listed if each.comment.assigned_to_id is not None}
    return {
        "now": timezone.now(),
        "carried_out_of_sight": assigning.out_of_sight(assigned, brand=version.brand),
        "carried": listed,
        "carried_total": total,
        "carried_to_check": counts[Mark.OPEN],
        "carried_done": counts[Mark.DONE],
        "carried_elsewhere": _elsewhere(version, wanted, by=by),
        "carried_wanted": wanted,
        "carried_choices": _choices(counts, wanted),
        "carried_more": more,
        "carried_left": matching - len(listed),
        "carried_markers": json.dumps([_marker(each) for each in listed if _has_marker(each)]),
    }


def _elsewhere(version: Version, wanted: Wanted, *, by: Principal) -> int:
    """How many of other versions than the one that is compared with are to be checked."""
    if wanted.beside is None:
        return 0
    others = carrying.carried(version, to=by).exclude(version__number=wanted.beside)
    return carrying.marked(others, Mark.OPEN).count()


def _listed(version: Version, wanted: Wanted, *, by: Principal) -> list[Carried]:
    rows = wanted.rows(version, to=by)
    if wanted.mark:
        rows = carrying.marked(rows, wanted.mark)
    rows = rows.select_related("author", "resolved_by", "assigned_to", "version")
    page = list(rows.prefetch_related(sent_files.WITH_FILES)[: wanted.most])
    asked_of = [row.pk for row in page if carrying.mark_of(row) is Mark.NOT_DONE]
    found = NotDone.objects.filter(version=version, comment__in=asked_of).select_related(
        "found_by", "carried_as"
    )
    clips = linking.clips((row.body for row in page), to=by)
    by_comment = {each.comment_id: each for each in found} if asked_of else {}
    return [
        Carried(
            row,
            carrying.mark_of(row),
            carrying.place(row, on=version),
            by_comment.get(row.pk),
            _carried_as(by_comment.get(row.pk)),
            drawn.picture(row.drawing, row.version) if row.drawing is not None else "",
            comments.headline(row, clips),
            clips.parts(row.body),
        )
        for row in page
    ]


def _carried_as(found: NotDone | None) -> int | None:
    again = found.carried_as if found is not None else None
    return again.pk if again is not None and again.deleted_at is None else None


def _choices(counts: dict[Mark, int], wanted: Wanted) -> list[Choice]:
    labels = [
        (_("All"), None),
        (_("To check"), Mark.OPEN),
        (_("Not done"), Mark.NOT_DONE),
        (pgettext("a comment", "Done"), Mark.DONE),
    ]
    return [
        Choice(
            label,
            counts[mark] if mark else sum(counts.values()),
            replace(wanted, mark=mark, most=STEP).query(),
            mark is wanted.mark,
        )
        for label, mark in labels
    ]


def _has_marker(each: Carried) -> bool:
    return each.place.frame is not None and each.mark is not Mark.DONE


def _marker(each: Carried) -> dict[str, Any]:
    comment = each.comment
    words = each.words[:120]
    text = _("Version %(number)s, %(person)s: %(words)s") % {
        "number": comment.version.number,
        "person": comment.author,
        "words": words,
    }
    frame, end = each.place.frame, each.place.end_frame
    return {"id": comment.pk, "frame": frame, "end": end, "text": text, "earlier": True}
