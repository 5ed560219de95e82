"""Administration → API: the tokens of the brand's programs, and ending them."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.access import tokens
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.web import row_pages, token_rows
from dam.web.decorators import BrandRequest, requires
from dam.web.row_pages import By

SECTION = "administration-api"
PAGE = 50
# Those that work come first.
ORDER = (By("revoked_at", datetime, descending=True, empty="first"), By("pk", int, descending=True))


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    found = ApiToken.objects.filter(brand=request.brand).select_related("owner", "brand")
    page = row_pages.read(found, ORDER, request=request, size=PAGE)
    context = {
        "area": "administration",
        "section": SECTION,
        "page": page,
        "rows": [token_rows.of(token, at=timezone.now()) for token in page.rows],
        "is_member": request.principal.kind == "member",
    }
    return render(request, "administration/api.html", context)


@require_POST
@requires(Capability.MANAGE_BRAND)
def revoke(request: BrandRequest, token_id: int) -> HttpResponse:
    found = ApiToken.objects.select_related("brand", "owner")
    token = get_object_or_404(found, pk=token_id, brand=request.brand)
    tokens.revoke(token, by=request.principal)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect(SECTION, request.brand.slug)
