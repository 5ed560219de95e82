"""Saved searches: their page, their stable addresses, and what can be done to them."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.search import fields
from dam.search.saved import alerts, previews, recent, saved_searches
from dam.search.saved.asked import Asked
from dam.search.saved.models import SavedSearch
from dam.web import going_back, name_pages, saved_address
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By

PAGE = 24
UNDO = "undo-search="  # in the extra tags of a message: the search whose deletion its Undo takes back


@dataclass(frozen=True)
class Row:
    """A saved search on the page; `unread` of its alert, `tells` whether there is one."""

    search: SavedSearch
    title: str  # what it asks
    may_change: bool
    tells: bool
    unread: int


@require_safe
@requires(Capability.VIEW)
def saved(request: BrandRequest) -> HttpResponse:
    """Cards, whose pictures and counts come one by one as they are looked at (`cover`)."""
    page = name_pages.read(
        saved_searches.listed(request.principal),
        first=(By("collection", bool, descending=True),),
        column="name",
        among=SavedSearch.objects.filter(brand=request.brand),
        request=request,
        size=PAGE,
    )
    shown = page.rows
    keys = [search.pk for search in shown]
    telling = set(
        alerts.theirs(request.principal).filter(search__in=keys).values_list("search_id", flat=True)
    )
    unread = alerts.unread_by_search(request.principal, keys)
    recents = list(recent.of(request.principal))
    known = fields.told([*shown, *recents], by=request.principal)
    rows = [
        Row(
            search=search,
            title=saved_searches.question(search, known=known).title,
            may_change=saved_searches.may_change(search, by=request.principal),
            tells=search.pk in telling,
            unread=unread.get(search.pk, 0),
        )
        for search in shown
    ]
    lately = [
        (
            each,
            recent.asked_by(each, known=known).label,
            saved_address.of_recent(each, request.brand.slug),
        )
        for each in recents
    ]
    context = {"area": "saved", "page": page, "rows": rows, "recent": lately}
    return render(request, "saved/saved.html", context)


@require_safe
@requires(Capability.VIEW)
def open_search(request: BrandRequest, search_id: UUID) -> HttpResponse:
    """The stable address: to the library, asking what the search asks now."""
    search = _seen(request, search_id)
    query = saved_address.query_of(saved_searches.question(search), search=search)
    return redirect(saved_address.library(request.brand.slug, query))


@require_safe
@requires(Capability.VIEW)
def cover(request: BrandRequest, search_id: UUID) -> HttpResponse:
    search = _seen(request, search_id)
    preview = previews.of(search, principal=request.principal)
    return render(request, "saved/_cover.html", {"search": search, "preview": preview})


@require_POST
@requires(Capability.VIEW)
def save(request: BrandRequest) -> HttpResponse:
    """One that is saved already is opened, and the alert that was wished for is turned on there."""
    try:
        search = saved_searches.save(
            _wanted(request),
            name=request.POST.get("name", ""),
            by=request.principal,
            shared=request.POST.get("shared") == "on",
        )
    except saved_searches.AlreadySaved as already:
        search = already.search
        messages.info(request, already.message)
    except saved_searches.SearchRefused as refused:
        messages.error(request, refused.message)
        return going_back.go(request)
    else:
        messages.success(request, (_("“%(search)s” saved.") % {"search": search.name}))
    if request.POST.get("alert") == "on":
        try:
            alerts.turn_on(search, by=request.principal)
        except alerts.TooManyAlerts as refused:
            messages.warning(request, _("Alert not turned on. %(reason)s") % {"reason": refused.message})
    return redirect("saved-search", request.brand.slug, search.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW)
def edit(request: BrandRequest, search_id: UUID) -> HttpResponse:
    search = _seen(request, search_id)
    name, shared, collection = search.name, search.shared, search.collection
    problem = ""
    if request.method == "POST":
        name = _typed(request, search)
        shared = _ticked(request, "shared", now=search.shared)
        collection = _ticked(request, "collection", now=search.collection)
        try:
            saved_searches.edit(search, by=request.principal, name=name, shared=shared, collection=collection)
        except saved_searches.SearchRefused as refused:
            problem = refused.message
        else:
            messages.success(request, _("Saved."))
            return redirect("saved-searches", request.brand.slug)
    saved_searches.require_change(search, by=request.principal)
    context = {
        "area": "saved",
        "search": search,
        "name": name,
        "shared": shared,
        "collection": collection,
        "by_picture": bool(saved_searches.question(search).picture),
        "problem": problem,
    }
    return render(request, "saved/edit.html", context, status=422 if problem else 200)


@require_POST
@requires(Capability.VIEW)
def update(request: BrandRequest, search_id: UUID) -> HttpResponse:
    """Have it ask what the page asks that this is sent from."""
    search = _seen(request, search_id)
    try:
        saved_searches.ask_instead(search, _wanted(request), by=request.principal)
    except (saved_searches.AlreadySaved, saved_searches.SearchRefused) as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, (_("“%(search)s” updated to this search.") % {"search": search.name}))
    return redirect("saved-search", request.brand.slug, search.pk)


@require_POST
@requires(Capability.VIEW)
def delete(request: BrandRequest, search_id: UUID) -> HttpResponse:
    search = _seen(request, search_id)
    saved_searches.delete(search, by=request.principal)
    messages.success(
        request, (_("“%(search)s” deleted.") % {"search": search.name}), extra_tags=f"{UNDO}{search.pk}"
    )
    return redirect("saved-searches", request.brand.slug)


@require_POST
@requires(Capability.VIEW)
def restore(request: BrandRequest, search_id: UUID) -> HttpResponse:
    try:
        search = saved_searches.restore(search_id, by=request.principal)
    except saved_searches.AlreadySaved as already:
        messages.info(request, already.message)
    else:
        if search is None:
            search = _seen(request, search_id)  # taken back already, or nothing that this person knows of
        messages.success(request, (_("“%(search)s” restored.") % {"search": search.name}))
    return redirect("saved-searches", request.brand.slug)


@require_POST
@requires(Capability.VIEW)
def alert(request: BrandRequest, search_id: UUID) -> HttpResponse:
    """Tell this person what is new in it, or no more."""
    search = _seen(request, search_id)
    if request.POST.get("on") != "1":
        alerts.turn_off(search, by=request.principal)
        messages.info(request, _("Alert off for “%(search)s”.") % {"search": search.name})
        return going_back.go(request)
    try:
        alerts.turn_on(search, by=request.principal)
    except alerts.TooManyAlerts as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            (_("Alert on: new clips in “%(search)s” will be listed for you.") % {"search": search.name}),
        )
    return going_back.go(request)


def _seen(request: BrandRequest, search_id: UUID) -> SavedSearch:
    return get_object_or_404(saved_searches.visible(request.principal), pk=search_id)


def _typed(request: BrandRequest, search: SavedSearch) -> str:
    """The name, or where the form left it alone the one it has now: another tab may have renamed it."""
    name = request.POST.get("name", "")
    return search.name if name == request.POST.get("given_name") else name


def _ticked(request: BrandRequest, box: str, *, now: bool) -> bool:
    """The box as it was changed; where it was left alone, or isn't on this person's form, what is so now."""
    given, ticked = request.POST.get(f"given_{box}"), request.POST.get(box) == "on"
    return now if given is None or ticked == (given == "on") else ticked


def _wanted(request: BrandRequest) -> Asked:
    """What the page asks that the form stands on."""
    return saved_address.asked(saved_address.sent(request.POST.get("query", ""), brand=request.brand))
