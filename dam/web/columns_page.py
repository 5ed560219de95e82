"""Choosing the columns of the library's list, and their order."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts.capabilities import Capability
from dam.core import places
from dam.web import columns, listing
from dam.web.decorators import BrandRequest, requires

UP = "up"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.VIEW)
def choose(request: BrandRequest) -> HttpResponse:
    """The address says, as that of the library, to which list it goes back."""
    by = request.principal
    if not columns.may(by):
        raise PermissionDenied(_("This needs an account. Guests can't do it."))
    query = listing.read(request.GET, brand=request.brand).address()
    back = f"{reverse('library', args=[request.brand.slug])}{query}"
    if request.method == "POST":
        return _keep(request, query, back)
    known, mine = columns.offered(request.brand), columns.chosen(by)
    rest = [column for column in known.values() if column not in mine]
    context = {
        "area": "library",
        "mine": mine,
        "rest": rest,
        "query": query,
        "back": back,
        "moved": request.GET.get("moved", ""),
    }
    return render(request, "library/columns.html", context)


def _keep(request: BrandRequest, query: str, back: str) -> HttpResponse:
    move = request.POST.get("move", "")
    if "reset" in request.POST:
        columns.choose(None, by=request.principal)
    else:
        columns.choose(moved(request.POST.getlist("column"), move), by=request.principal)
    if move:
        _way, _colon, name = move.partition(":")
        here = reverse("library-columns", args=[request.brand.slug])
        return redirect(f"{here}{query}{'' if query == '?' else '&'}{urlencode({'moved': name})}")
    messages.success(request, _("Columns saved."))
    return redirect(back)


def moved(names: list[str], move: str) -> list[str]:
    """The names with one of them a place further up or down, as `up:tags` says.

    >>> moved(["status", "tags", "size"], "up:tags"), moved(["status", "tags"], "down:tags")
    (['tags', 'status', 'size'], ['status', 'tags'])
    """
    way, _colon, name = move.partition(":")
    return places.moved(names, name, up=way == UP)
