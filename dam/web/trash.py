"""What was put into the trash, and the way back."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.rights.visibility import trashed_assets
from dam.search import search
from dam.web import cards
from dam.web.decorators import BrandRequest, requires

PAGE = 48


@require_safe
@requires(Capability.TRASH)
def trash(request: BrandRequest) -> HttpResponse:
    trashed = search.with_parts(trashed_assets(request.principal), request.principal)
    page = Paginator(trashed.order_by("-trashed_at", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {"area": "trash", "page": page, "cards": cards.all_of(page, at=timezone.now())}
    return render(request, "assets/trash.html", context)
