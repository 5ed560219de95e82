"""Back to the page that a form was sent from."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from dam.web.decorators import BrandRequest


def address(request: BrandRequest) -> str:
    """What the form says in `back`, if that is an address of ours; else nothing."""
    back = request.POST.get("back", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if ours else ""


def go(request: BrandRequest) -> HttpResponse:
    """There, or to the library."""
    back = address(request)
    return redirect(back) if back else redirect("library", request.brand.slug)
