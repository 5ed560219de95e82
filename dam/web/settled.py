"""Searches that came to rest: somebody opened a result, or looked at the page for a while."""

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import person
from dam.core import numbers
from dam.search import search
from dam.search.results import Seeing
from dam.search.saved import fruitless, recent
from dam.web import going_back, htmx, row_pages, saved_address
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By

PAGE = 100
MOST_SEARCHED_FIRST = (
    By("count", int, descending=True),
    By("last_at", datetime, descending=True),
    By("pk", int),
)
ONCE_SECONDS = 24 * 3600  # the same words of one person count once in that time


@require_POST
@requires(Capability.VIEW)
def settled(request: BrandRequest) -> HttpResponse:
    """Keep the search among the person's recent ones; one that finds nothing is counted instead."""
    query = saved_address.sent(request.POST.get("query", ""), brand=request.brand)
    wanted = saved_address.asked(query)
    if query.like:
        return htmx.nothing()  # recent searches are offered in the box, which holds words
    if request.POST.get("none") != "1":
        recent.keep(wanted, by=request.principal)
    elif wanted.words and _finds_nothing(request, wanted.words):
        # Who it was stays in the cache alone, for a day, in a form that says neither who nor what.
        who = salted_hmac("fruitless", f"{person(request.principal).pk}:{wanted.digest}")
        key = f"fruitless:{request.brand.pk}:{who.hexdigest()}"
        if cache.add(key, 1, ONCE_SECONDS):
            fruitless.note(wanted.words, brand=request.brand)
    return htmx.nothing()


@require_POST
@requires(Capability.VIEW)
def forget(request: BrandRequest) -> HttpResponse:
    """Forget one of the person's recent searches, or all."""
    one = request.POST.get("one")
    if one is None:
        recent.forget(request.principal)
    elif (key := numbers.read(one)) is not None:
        recent.forget(request.principal, one=key)
    if htmx.is_htmx(request):
        return HttpResponse()
    return going_back.go(request)


@require_safe
@requires(Capability.MANAGE_BRAND)
def without_results(request: BrandRequest) -> HttpResponse:
    page = row_pages.read(fruitless.of(request.brand), MOST_SEARCHED_FIRST, request=request, size=PAGE)
    context = {
        "area": "administration",
        "section": "searches-without-results",
        "page": page,
        "days": fruitless.KEPT_FOR.days,
        "kept": settings.LOG_FRUITLESS_SEARCHES,
    }
    return render(request, "saved/without_results.html", context)


@require_POST
@requires(Capability.MANAGE_BRAND)
def forget_without_results(request: BrandRequest) -> HttpResponse:
    fruitless.forget(request.brand)
    messages.success(request, _("The list is empty now."))
    return redirect("searches-without-results", request.brand.slug)


def _finds_nothing(request: BrandRequest, words: str) -> bool:
    """A page says so, but anybody can send a form; and while visual search is busy nobody knows."""
    found = search.find(request.principal, words=words, limit=1)
    return found.good == 0 and found.seeing is not Seeing.BUSY
