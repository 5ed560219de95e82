"""Recalls for those who can withdraw: the brand's, one with who has confirmed, as CSV, and reminding."""

from collections.abc import Collection, Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.audit import export as sheets
from dam.core import numbers
from dam.ingest import filenames
from dam.rights import visibility
from dam.web import streamed
from dam.web.decorators import BrandRequest, requires
from provenance.recalls import recalls
from provenance.recalls.models import NoticeState, Recall
from provenance.web import recall_summary

PAGE = 50
CHUNK = 500
COLUMNS = (
    "person",
    "state",
    "format",
    "use",
    "territory",
    "token",
    "downloads",
    "last_download",
    "confirmed_at",
    "note",
    "clip",
    "emailed_at",
)


@require_safe
@requires(Capability.WITHDRAW_RELEASE)
def listing(request: BrandRequest) -> HttpResponse:
    """The newest first: those that are open, or with `show=all` all; `before` continues after one."""
    show_all = request.GET.get("show") == "all"
    found = recalls.first_only(recalls.of_brand(request.principal)).order_by("-pk")
    if not show_all:
        found = recalls.open_only(found)
    before = _key(request, "before")
    page = list((found.filter(pk__lt=before) if before else found)[: PAGE + 1])
    context = {
        "area": "reviews",
        "rows": recall_summary.progress(page[:PAGE]),
        "show_all": show_all,
        "more": page[PAGE - 1].pk if len(page) > PAGE else 0,
    }
    return render(request, "recalls/index.html", context)


@require_safe
@requires(Capability.WITHDRAW_RELEASE)
def recall(request: BrandRequest, recall_id: int) -> HttpResponse:
    found = _find(request, recall_id)
    progress = recall_summary.progress([found])[0]
    shown = request.GET.get("show", "")
    rows = recalls.notices([found.pk]).order_by("pk")
    if shown in set(NoticeState):
        rows = rows.filter(state=shown)  # type: ignore[misc]
    else:
        shown = ""
    after = _key(request, "after")
    page = list((rows.filter(pk__gt=after) if after else rows)[: PAGE + 1])
    asked_at = found.reminded_at or found.at
    due = asked_at <= timezone.now() - recalls.REMIND_EVERY
    context = {
        "area": "reviews",
        "recall": found,
        "sees_clip": visibility.visible_versions(request.principal).filter(pk=found.version_id).exists(),
        "progress": progress,
        "lines": recall_summary.lines(page[:PAGE]),
        "shown": shown,
        "may_remind": progress.open and due,
        "again_at": None if due else asked_at + recalls.REMIND_EVERY,
        "tabs": (
            ("", _("All"), progress.asked + progress.away),
            ("waiting", _("Not confirmed"), progress.waiting),
            ("confirmed", _("Confirmed"), progress.confirmed),
            ("away", _("Can't be asked"), progress.away),
        ),
        "more": page[PAGE - 1].pk if len(page) > PAGE else 0,
        "own": recalls.mine(request.principal).filter(recall=found).exists(),
        "origin": found.origin,
        "reach": None if found.because_of else recalls.reach(found),
    }
    return render(request, "recalls/recall.html", context)


@require_safe
@requires(Capability.WITHDRAW_RELEASE)
def reached(request: BrandRequest, recall_id: int) -> HttpResponse:
    """What was made from the withdrawn version, in the order in which it was found: with copies, or all."""
    found = get_object_or_404(recalls.first_only(recalls.of_brand(request.principal)), pk=recall_id)
    show_all = request.GET.get("show") == "all"
    rows = recalls.reached(found, with_copies=not show_all).order_by("pk")
    after = _key(request, "after")
    page = list((rows.filter(pk__gt=after) if after else rows)[: PAGE + 1])
    context = {
        "area": "reviews",
        "recall": found,
        "reach": recalls.reach(found),
        "rows": recall_summary.progress(page[:PAGE]),
        "show_all": show_all,
        "more": page[PAGE - 1].pk if len(page) > PAGE else 0,
    }
    return render(request, "recalls/reached.html", context)


@require_POST
@requires(Capability.WITHDRAW_RELEASE)
def remind(request: BrandRequest, recall_id: int) -> HttpResponse:
    found = _find(request, recall_id)
    try:
        people = recalls.remind(found, by=request.principal)
    except recalls.RecallRefused as refused:
        messages.error(request, refused.message)
    else:
        said = ngettext("%(count)d person was reminded.", "%(count)d people were reminded.", people)
        messages.success(request, said % {"count": people})
    return redirect("recall", request.brand.slug, found.pk)


@require_safe
@requires(Capability.WITHDRAW_RELEASE)
def export(request: BrandRequest, recall_id: int) -> HttpResponseBase:
    """All of it as CSV, a line for each format, use and place of each person and clip; made while it is sent.

    With what was made from the withdrawn clip, after that.
    """
    found = _find(request, recall_id)
    response = StreamingHttpResponse(streamed.sent(_table(found)), content_type="text/csv; charset=utf-8")
    name = filenames.for_disk(f"{found.title} recall.csv")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


def _find(request: BrandRequest, recall_id: int) -> Recall:
    return get_object_or_404(recalls.of_brand(request.principal), pk=recall_id)


def _table(found: Recall) -> Iterator[str]:
    yield sheets.MARK + sheets.written([COLUMNS])
    yield from _rows([found.pk])
    reached, last = recalls.reached(found, with_copies=True).order_by("pk").values_list("pk", flat=True), 0
    while keys := list(reached.filter(pk__gt=last)[:CHUNK]):
        last = keys[-1]
        yield from _rows(keys)


def _rows(keys: Collection[int]) -> Iterator[str]:
    rows, last = recalls.notices(keys).order_by("pk"), 0
    while notices := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = notices[-1].pk
        yield sheets.written(
            (
                line.name,
                line.notice.state,  # type: ignore[attr-defined]
                copy.format,
                copy.use,
                copy.territory,
                copy.token,
                copy.times,
                copy.last.isoformat(),
                line.notice.confirmed_at and line.notice.confirmed_at.isoformat(),
                line.notice.note,
                line.notice.recall.title,
                line.notice.mailed_at and line.notice.mailed_at.isoformat(),
            )
            for line in recall_summary.lines(notices)
            for copy in line.copies
        )


def _key(request: BrandRequest, name: str) -> int:
    return numbers.read(request.GET.get(name, "")) or 0
