"""The lists of reviews, and where a reviewer begins."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.accounts.times import here
from dam.catalog.models import RenditionKind
from dam.core import language
from dam.core.lazily import lazy
from dam.web import row_pages, times
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By
from provenance.review import absences as standing_in
from provenance.review import asking, assigning, decided, queue, sets
from provenance.review.asking import Asked
from provenance.review.decided import Place
from provenance.review.models import Absence, Review
from provenance.review.states import ReviewState
from provenance.web import absences, assigned_comments, review_summary

LISTS = {
    "waiting": lazy("Waiting for you"),
    "returned": lazy("Returned to you"),
    "assigned": lazy("Assigned to you"),
    "standing": lazy("Standing in"),
    "sent": lazy("Sent by you"),
    "overdue": lazy("Overdue"),
    "open": lazy("In review"),
    "closed": lazy("Decided"),
}
# A set of clips is one entry there.
BY_SET = ("waiting", "returned", "standing", "sent", "overdue", "open", "closed")
RECENT = 50
MOST_COUNTED = 1_000
# As queue.SOONEST_FIRST and queue.closed_reviews have them.
SOONEST_FIRST = (
    By(queue.NEEDED_AT, datetime, empty="last"),
    By("submitted_at", datetime),
    By("set_place", int, empty="last"),
    By("pk", UUID),
)
LAST_BACK_FIRST = (By("closed_at", datetime, descending=True), By("pk", UUID))
OF_ROWS = ("version__renditions", "decisions__decided_by", "decisions__for_person")


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def reviews_page(request: BrandRequest) -> HttpResponse:
    """The lists of reviews: what waits for this person, came back to them, was sent by them, is late, is
    open, is over; and comments that are assigned to them."""
    at = here(request.brand)
    standing = standing_in.now_for(request.principal)
    lists: dict[str, QuerySet[Any]] = {
        "waiting": queue.waiting_for(request.principal),
        "returned": queue.returned_to(request.principal),
        "assigned": assigning.assigned_to(request.principal),
        "standing": standing_in.reviews_for(request.principal, standing),
        "sent": queue.sent_by(request.principal),
        "overdue": queue.overdue(request.principal, at=at),
        "open": queue.open_reviews(request.principal),
        "closed": queue.closed_reviews(request.principal),
    }
    counts = {name: _counted(lists[name]) for name in lists if name != "closed"}
    counts["standing"] += _counted(standing_in.comments_for(request.principal, standing)) if standing else 0
    late = lists["assigned"].filter(due_at__lt=at)
    counts["overdue"] += _counted(late)
    chosen = request.GET.get("show", "")
    if chosen not in lists:
        chosen = next((name for name, count in counts.items() if count), "waiting")
    shown = {
        "area": "review",
        "tabs": [
            (name, title, _figure(counts.get(name)))
            for name, title in LISTS.items()
            if name != "standing" or standing or chosen == name
        ],
        **absences.banner(request, standing),
        "chosen": chosen,
        "next_up": _first(lists["waiting"]),
    }
    if chosen == "assigned":
        mine = assigned_comments.context(request, lists["assigned"])
        return render(request, "review/queue.html", {**shown, **mine})
    if chosen == "closed":
        after = _place(request.GET.get("after", ""))
        keys, following = decided.page(request.principal, after=after, size=RECENT)
        shown |= {"goes_on": _named(following) if following else "", "begins_later": after is not None}
    else:
        rows = sets.one_of_each(lists[chosen]) if chosen in BY_SET else lists[chosen]
        # By their keys alone: whole rows, with all that goes along with them, would be sorted.
        order = LAST_BACK_FIRST if chosen == "returned" else SOONEST_FIRST
        rows = rows.select_related(None).only("pk")
        shown["page"] = row_pages.read(rows, order, request=request, size=RECENT, name="behind")
        keys = [each.pk for each in shown["page"].rows]
    found = lists[chosen].order_by().prefetch_related(*OF_ROWS).in_bulk(keys)
    reviews = [found[key] for key in keys if key in found]  # one may have gone this moment
    rows_shown = listed(reviews, at=at, standing=standing, by=request.principal)
    if chosen in BY_SET:
        together = {review.review_set_id for review in reviews if review.review_set_id}
        progress = sets.progress(
            together, request.principal, standing, late_at=at if chosen == "overdue" else None
        )
        for row in rows_shown:
            row["progress"] = progress.get(row["review"].review_set_id)
    if chosen == "standing":
        theirs = standing_in.comments_for(request.principal, standing).select_related("assigned_to")
        shown |= assigned_comments.context(request, theirs)
    elif chosen == "overdue":
        shown |= assigned_comments.context(request, late)
    return render(request, "review/queue.html", {**shown, "rows": rows_shown})


def _first(rows: QuerySet[Any]) -> Review | None:
    """The first in their order, found by its key: whole rows would be sorted for it."""
    key = rows.select_related(None).values_list("pk", flat=True).first()
    return rows.order_by().filter(pk=key).first() if key else None


def _figure(count: int | None) -> int | str | None:
    """What a tab, or the rail, says of so many."""
    return count if count is None or count <= MOST_COUNTED else f"{language.number(MOST_COUNTED)}+"


def _counted(rows: QuerySet[Any]) -> int:
    """How many, up to one more than a tab says: of thousands each would have to be looked at for it."""
    return rows.order_by()[: MOST_COUNTED + 1].count()


def _named(place: Place) -> str:
    at, key = place
    return f"{at.isoformat()}~{key}"


def _place(text: str) -> Place | None:
    """As `_named` says it; None for anything else: addresses are cut and edited."""
    moment, _tilde, key = text.partition("~")
    at = times.read(moment)
    try:
        return (at, UUID(key)) if at is not None else None
    except ValueError:
        return None


@require_safe
@requires(Capability.VIEW)
def start(request: BrandRequest) -> HttpResponse:
    """Where a reviewer begins: at the queue when something waits, else in the library."""
    waiting = queue.waiting_for(request.principal).exists()
    return redirect("reviews" if waiting else "library", request.brand.slug)


@require_safe
@requires(Capability.VIEW)
def count(request: BrandRequest) -> HttpResponse:
    """The figure beside "Review" in the rail: what waits for this person, as a reviewer or as a maker."""
    waiting = _counted(queue.waiting_for(request.principal))
    returned = _counted(queue.returned_to(request.principal))
    decide = ngettext("%(count)s to decide", "%(count)s to decide", waiting) % {"count": _figure(waiting)}
    change = ngettext("%(count)s to change", "%(count)s to change", returned) % {"count": _figure(returned)}
    words = [decide] * bool(waiting) + [change] * bool(returned)
    context = {"total": _figure(waiting + returned), "words": ", ".join(words)}
    return render(request, "review/count.html", context)


def listed(
    reviews: list[Review], *, at: datetime, standing: Sequence[Absence] = (), by: Principal | None = None
) -> list[dict[str, Any]]:
    """What templates/review/_row.html shows of each. Fetch OF_ROWS along with them.

    `standing`: whom `by`, who looks, stands in for.
    """
    asked = asking.of(reviews, at=at)
    rows = [_row(review, asked[review.pk], at=at) for review in reviews]
    for row in rows:
        row["stands_for"] = decides_for(asked[row["review"].pk], standing, by=by)
    return rows


def decides_for(asked: Asked, standing: Sequence[Absence], *, by: Principal | None) -> User | None:
    """Who is away and in whose place they decide it, where it is decided so."""
    away = asked.in_place_of(by.user.pk) if by is not None and by.user is not None else None
    return next((each.person for each in standing if each.person_id == away), None)


def _row(review: Review, asked: Asked, *, at: datetime) -> dict[str, Any]:
    open_now = review.state == ReviewState.OPEN
    return {
        "review": review,
        "version": review.version,
        "asset": review.version.asset,
        "stage_title": review.waits_for.name,
        "has_poster": RenditionKind.POSTER in review.version.rendition_by_kind,
        "overdue": open_now and review.due is not None and review.due < at,
        "approvals": review_summary.approvals(review, asked) if open_now else "",
        "who": review_summary.who_is_asked(review, asked),
        "sentence": "" if open_now else review_summary.sentence(review, at=at),
        "comments": [decision for decision in review.decisions.all() if decision.comment],
    }
