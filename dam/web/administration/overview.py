"""Where the administration begins."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.web.administration import sections
from dam.web.decorators import BrandRequest


@require_safe
def overview(request: BrandRequest) -> HttpResponse:
    shown = sections.shown_to(request.principal)
    if not shown:
        raise PermissionDenied(_("Only administrators can open this page."))
    return render(request, "administration/overview.html", {"area": "administration", "sections": shown})
