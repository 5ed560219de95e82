"""Administration → Brand: its logo, on light pages and on dark ones."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dam.access import brand_logos
from dam.accounts.capabilities import Capability
from dam.accounts.models import Theme
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.MANAGE_BRAND)
def change(request: BrandRequest, theme: str) -> HttpResponse:
    file = request.FILES.get("logo")
    try:
        if file is None:
            raise brand_logos.LogoRefused(_("Choose a picture first."))
        data = file.read(brand_logos.MOST_BYTES + 1)
        brand_logos.change(request.brand, data, theme=_theme(theme), by=request.principal)
    except brand_logos.LogoRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Logo saved."))
    return redirect("brand", request.brand.slug)


@require_POST
@requires(Capability.MANAGE_BRAND)
def remove(request: BrandRequest, theme: str) -> HttpResponse:
    if brand_logos.remove(request.brand, theme=_theme(theme), by=request.principal):
        messages.success(request, _("Logo removed."))
    return redirect("brand", request.brand.slug)


def _theme(word: str) -> Theme:
    if word not in Theme.values:
        raise Http404(_("Logo not found."))
    return Theme(word)
