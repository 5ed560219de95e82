"""Rights that end: a list of what ends next, a month of it, and the list as CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from dam.accounts import times
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import export as sheets
from dam.catalog.models import Asset
from dam.collections import audience, nesting
from dam.collections.models import CollectionItem
from dam.core import language, months
from dam.core.lazily import lazy
from dam.rights import ending, making, policy, renewals, terms, territories
from dam.rights.ending import Place, Span, Wanted, Window
from dam.rights.models import RenewalRequest, RightsEnd
from dam.rights.policy import Use
from dam.web import asset_version, streamed, usage_status
from dam.web.decorators import BrandRequest, requires

COLUMNS = ("id", "title", "version", "ends_at", "through_a_source", "uses", "territories")
FILTERS = ("use", "territory", "collection")


class FilterForm(forms.Form):
    """Which of the clips; an address holds it."""

    use = forms.ChoiceField(
        label=lazy("Cleared for"),
        required=False,
        choices=(("", lazy("Any use")), *((use.value, usage_status.USES[use]) for use in Use)),
    )
    territory = forms.CharField(label=lazy("Cleared in"), required=False)
    collection = forms.CharField(label=lazy("Collection"), required=False)

    def __init__(self, data: QueryDict, *, principal: Principal) -> None:
        super().__init__(data, auto_id="ends_%s")
        self.principal = principal
        for field in self.fields.values():
            field.unmarked = True  # type: ignore[attr-defined]  # a filter leaves open what it likes

    def clean_territory(self) -> str:
        typed = str(self.cleaned_data["territory"])
        try:
            return territories.code_of(typed) if typed else ""
        except territories.UnknownTerritory as unknown:
            raise forms.ValidationError(unknown.message) from unknown

    def clean_collection(self) -> list[UUID] | None:
        """It and all that lies in it, of those that they see; by its name or its id."""
        typed = str(self.cleaned_data["collection"])
        if not typed:
            return None
        named = Q(name__iexact=typed)
        if (key := nesting.key_of(typed)) is not None:
            named |= Q(pk=key)
        found = list(audience.visible(self.principal).filter(named).values_list("pk", flat=True))
        if not found:
            raise forms.ValidationError(_("There's no collection of that name here."))
        return nesting.keys_within(found)

    def wanted(self) -> Wanted:
        """Of a form that is valid."""
        read = self.cleaned_data
        assets = None
        if read["collection"] is not None:
            items = CollectionItem.objects.filter(collection__in=read["collection"], removed_at=None)
            assets = Asset.objects.filter(pk__in=items.values("asset_id"))
        return Wanted(use=read["use"] or None, territory=read["territory"] or None, assets=assets)


@dataclass(frozen=True)
class Line:
    """An end, with what the clip is cleared for until then. `inherited`: it comes from a source."""

    end: RightsEnd
    clearance: str
    address: str
    inherited: bool
    renewal: RenewalRequest | None


@require_safe
@requires(Capability.VIEW)
def listing(request: BrandRequest) -> HttpResponse:
    """`?within=` a window, or `?day=`; `?after=` goes on, `?use=`, `territory` and `collection` narrow."""
    at, form = times.here(request.brand), _form(request)
    window, day = _window(request), months.read_day(request.GET.get("day", ""))
    lines: list[Line] = []
    after = ending.read_place(request.GET.get("after", ""))
    following: Place | None = None
    if form.is_valid():
        rows = ending.seen(request.principal, form.wanted())
        found, following = ending.page(rows, _span(window, day, at), after=after)
        lines = _lines(request, found, at)
    shown = {"day": day.isoformat()} if day else {"within": window.value}
    context = {
        "area": "rights",
        "form": form,
        "lines": lines,
        "day": day,
        "window": window,
        "tabs": [(each.value, title) for each, title in ending.TITLES.items()],
        "begun": after is not None,
        "narrowed": urlencode(_given(request)),
        "shown": shown,
        "here": urlencode({**shown, **_given(request)}),
        "following": urlencode({**shown, **_given(request), "after": str(following)}) if following else "",
    }
    return render(request, "rights/ends.html", context, status=200 if form.is_valid() else 422)


@require_safe
@requires(Capability.VIEW)
def month(request: BrandRequest) -> HttpResponse:
    """`?month=2026-12`, else this one, in weeks; narrowed as the list is."""
    at, form = times.here(request.brand), _form(request)
    problem, first = "", at.date().replace(day=1)
    if "month" in request.GET:
        try:
            first = months.read(request.GET["month"])
        except months.NoSuchMonth as refused:
            problem = refused.message
    days: Sequence[ending.Day] = ()
    if form.is_valid() and not problem:
        days = ending.month(ending.seen(request.principal, form.wanted()), first, at=at)
    context = {
        "area": "rights",
        "form": form,
        "problem": problem,
        "weeks": months.weeks([_day(request, each) for each in days]),
        "nothing": not any(each.count for each in days),
        "week_days": months.week_days(),
        "today": at.date(),
        "title": language.month(first),
        "before": months.before(first),
        "behind": months.behind(first),
        "narrowed": urlencode(_given(request)),
        "shown": {"month": f"{first:%Y-%m}"},
    }
    return render(request, "rights/month.html", context, status=422 if problem or form.errors else 200)


@require_safe
@requires(Capability.VIEW)
def export(request: BrandRequest) -> HttpResponseBase:
    """What the list shows, whole, as a file that is made while it is sent."""
    at, form = times.here(request.brand), _form(request)
    if not form.is_valid():
        return listing(request)
    rows = ending.seen(request.principal, form.wanted())
    span = _span(_window(request), months.read_day(request.GET.get("day", "")), at)
    told = making.knows_hidden(request.principal)
    pieces = _table(ending.every(rows, span), at=at, told=told)
    response = StreamingHttpResponse(streamed.sent(pieces), content_type="text/csv; charset=utf-8")
    name = f"rights-that-end-{request.brand.slug}-{at:%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _form(request: BrandRequest) -> FilterForm:
    return FilterForm(request.GET, principal=request.principal)


def _given(request: BrandRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in FILTERS if request.GET.get(name)}


def _window(request: BrandRequest) -> Window:
    asked = request.GET.get("within", "")
    return Window(asked) if asked in set(Window) else Window.MONTH


def _span(window: Window, day: date | None, at: datetime) -> Span:
    return ending.of_day(day, at=at) if day else ending.of_window(window, at=at)


def _lines(request: BrandRequest, found: Sequence[RightsEnd], at: datetime) -> list[Line]:
    told = making.knows_hidden(request.principal)
    asked = renewals.of([end.version_id for end in found])
    return [
        Line(
            end=end,
            clearance=_clearance(end),
            address=asset_version.address(end.version, tab="rights"),
            renewal=asked.get(end.version_id),
            inherited=told and _is_inherited(end),
        )
        for end in found
    ]


def _clearance(end: RightsEnd) -> str:
    left = policy.left(terms.of(end.version))
    parts = (
        usage_status.name_uses(left.uses),
        usage_status.name_places(territories.folded(left.territories)),
    )
    return ", ".join(part for part in parts if part)


def _is_inherited(end: RightsEnd) -> bool:
    return policy.own_end(terms.own(end.version)) != end.ends_at


def _table(chunks: Iterator[list[RightsEnd]], *, at: datetime, told: bool) -> Iterator[str]:
    """Who may not know of sources is told of none."""
    yield sheets.MARK + sheets.written([COLUMNS])
    for chunk in chunks:
        yield sheets.written(_row(end, at=at, told=told) for end in chunk)


def _row(end: RightsEnd, *, at: datetime, told: bool) -> tuple[object, ...]:
    left = policy.left(terms.of(end.version))
    return (
        end.version.asset_id,
        end.version.asset.title,
        end.version.number,
        end.ends_at.astimezone(at.tzinfo).isoformat(),
        ("yes" if _is_inherited(end) else "no") if told else "",
        ", ".join(left.uses),
        ", ".join(territories.folded(left.territories)),
    )


def _day(request: BrandRequest, day: ending.Day) -> months.Day:
    """Its clips by name, and a link to the list of them."""
    if not day.count:
        return months.Day(day.day)
    if day.more:
        words = _("More than %(most)s clips") % {"most": ending.MOST_OF_DAY}
    else:
        words = ngettext("%(count)s clip", "%(count)s clips", day.count) % {"count": day.count}
    query = urlencode({"day": day.day.isoformat(), **_given(request)})
    return months.Day(
        day.day,
        entries=tuple(months.Entry(str(end.version.asset.title)) for end in day.first),
        words=words,
        address=f"{reverse('rights-ends', args=[request.brand.slug])}?{query}",
    )
