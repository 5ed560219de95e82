"""Administration → API: the tokens of the brand's programs, and ending them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.access import tokens
from dam.accounts.capabilities import Capability
from dam.accounts.models import ApiToken
from dam.web import token_rows
from dam.web.decorators import BrandRequest, requires

SECTION = "administration-api"
PAGE = 50


@require_safe
@requires(Capability.MANAGE_BRAND)
def listing(request: BrandRequest) -> HttpResponse:
    found = ApiToken.objects.filter(brand=request.brand).select_related("owner", "brand")
    page = Paginator(found.order_by(F("revoked_at").desc(nulls_first=True), "-pk"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "area": "administration",
        "section": SECTION,
        "page": page,
        "rows": [token_rows.of(token, at=timezone.now()) for token in page],
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
