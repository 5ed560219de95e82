"""What is a person's own: their favourites, and forgetting which clips they opened lately."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.accounts.capabilities import Capability
from dam.accounts.principals import person
from dam.collections import favourites, recent_clips
from dam.rights.visibility import visible_assets
from dam.web import going_back, htmx
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.VIEW)
def favourite(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """`on` is 1 or 0: a second press of the same button changes nothing. With `card` it is a card's star."""
    asset = get_object_or_404(visible_assets(request.principal), pk=asset_id)
    on = request.POST.get("on") == "1"
    try:
        (favourites.star if on else favourites.unstar)(asset.pk, by=request.principal)
    except favourites.TooManyFavourites as refused:
        if htmx.is_htmx(request):
            return htmx.with_toast(HttpResponse(status=409), refused.message, tone="error")
        messages.error(request, refused.message)
        return going_back.go(request)
    if htmx.is_htmx(request):
        context = {"brand": request.brand, "asset": asset, "starred": on}
        if "card" in request.POST:
            return render(request, "components/card_star.html", context, using="jinja")
        return render(request, "collections/_star.html", context)
    said = _("“%(title)s” is one of your favourites.") if on else _("“%(title)s” is no longer a favourite.")
    messages.success(request, said % {"title": asset.title})
    return going_back.go(request)


@require_POST
@requires(Capability.VIEW)
def forget_recent(request: BrandRequest) -> HttpResponse:
    recent_clips.forget(person(request.principal), request.brand)
    messages.success(request, _("The list of clips you opened is cleared."))
    return redirect("collections", request.brand.slug)
