"""Looking around in the demo brand, on an installation that began without it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts import demo
from dam.accounts.models import Membership
from dam.web.decorators import BrandRequest, requires_installation_admin
from dam.web.htmx import is_fragment
from generation.demo_data import making


@requires_installation_admin
@require_http_methods(["GET", "HEAD", "POST"])
def demo_brand(request: BrandRequest) -> HttpResponse:
    """Says what it is and makes it; then how far it is, and the way there."""
    if request.method == "POST":
        try:
            made = making.make(by=request.principal)
        except making.DemoRefused:
            taken = _("There is a brand at the demo brand's address already, so none can be made.")
            messages.error(request, taken)
        else:
            messages.success(request, _("You are in the demo brand. Its clips arrive one by one."))
            return redirect("library", made.slug)
        return redirect("demo-brand", request.brand.slug)
    there = demo.brand()
    context = {
        "area": "administration",
        "section": "demo-brand",
        "demo": there,
        "progress": making.progress(there) if there else None,
        "is_member": there is not None
        and Membership.objects.filter(user=request.principal.user, brand=there).exists(),
    }
    part = is_fragment(request, target="demo-progress")
    return render(request, "generate/_demo_progress.html" if part else "generate/demo.html", context)
