"""When reviews and assigned comments are due: a month in weeks, and the list of one day."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.core import language, months
from dam.web import row_pages
from dam.web.decorators import BrandRequest, requires
from provenance.review import due
from provenance.review.due import Whose
from provenance.web import assigned_comments, review_lists

PAGE = 50
LONGEST = 60  # characters of a comment in a day of the month


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def page(request: BrandRequest) -> HttpResponse:
    """`?month=2026-12`, else this one; or the list of a `?day=2026-12-03`. `?whose=` mine, sent or all."""
    whose = _whose(request)
    day = months.read_day(request.GET.get("day", ""))
    tabs = [(each.value, title, each is whose) for each, title in due.TITLES.items()]
    context = {"area": "review", "tabs": tabs, "whose": whose.value, "for_you": whose is Whose.MINE}
    at = times.here(request.brand)
    if day is not None:
        return render(request, "review/due_day.html", {**context, **_of_day(request, whose, day, at)})
    return _month(request, whose, at, context)


def _month(request: BrandRequest, whose: Whose, at: datetime, context: dict[str, Any]) -> HttpResponse:
    problem, first = "", at.date().replace(day=1)
    if "month" in request.GET:
        try:
            first = months.read(request.GET["month"])
        except months.NoSuchMonth as refused:
            problem = refused.message
    found = [] if problem else due.month(request.principal, whose, first, at=at)
    shown = {each.day: _day(request, each, whose, at) for each in found}
    days = [] if problem else [shown.get(day, months.Day(day)) for day in months.days(first)]
    context |= {
        "problem": problem,
        "weeks": months.weeks(days),
        "week_days": months.week_days(),
        "nothing": not found,
        "today": at.date(),
        "title": language.month(first),
        "before": months.before(first),
        "behind": months.behind(first),
        "kept": "" if problem else f"month={first:%Y-%m}",
    }
    return render(request, "review/due.html", context, status=422 if problem else 200)


def _whose(request: BrandRequest) -> Whose:
    """As the address says it; what waits for whoever looks where it says nothing that there is."""
    asked = request.GET.get("whose", "")
    return Whose(asked) if asked in set(Whose) else Whose.MINE


def _day(request: BrandRequest, day: due.Day, whose: Whose, at: datetime) -> months.Day:
    query = urlencode({"day": day.day.isoformat(), "whose": whose.value})
    return months.Day(
        day.day,
        entries=tuple(_entry(request, item, at) for item in day.first),
        words=ngettext("%(count)s due", "%(count)s due", day.count) % {"count": day.count},
        address=f"{reverse('reviews-calendar', args=[request.brand.slug])}?{query}",
    )


def _entry(request: BrandRequest, item: due.Item, at: datetime) -> months.Entry:
    """A review leads to its room; a comment to the list of its day, which shows it with its frame."""
    address = reverse("review", args=[request.brand.slug, item.review]) if item.review is not None else ""
    return months.Entry(Truncator(item.title).chars(LONGEST), address, late=item.at < at)


def _of_day(request: BrandRequest, whose: Whose, day: date, at: datetime) -> dict[str, Any]:
    """What is due then: a page of reviews, and the comments assigned to whoever looks."""
    principal = request.principal
    rows = due.reviews_of(due.reviews(principal, whose), day, at=at)
    listed = row_pages.read(
        rows.prefetch_related(*review_lists.OF_ROWS), review_lists.SOONEST_FIRST, request=request, size=PAGE
    )
    said = due.comments_of(due.comments(principal, whose), day, at=at)
    remarks = assigned_comments.listed(said[: PAGE + 1], to=request.principal, at=at)
    return {
        "day": day,
        "month": language.month(day),
        "back": urlencode({"month": f"{day:%Y-%m}", "whose": whose.value}),
        "kept": f"day={day.isoformat()}",
        "page": listed,
        "rows": review_lists.listed(listed.rows, at=at),
        "remarks": remarks[:PAGE],
        "more_remarks": len(remarks) > PAGE,
        "title": _("Due on %(day)s") % {"day": language.day(day)},
    }
