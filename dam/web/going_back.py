"""Back to the page that a form was sent from."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from dam.web.decorators import BrandRequest


def address(request: BrandRequest) -> str:
    """What the form says in `back`, if that is an address of ours; else nothing.

    A form that doesn't know the query of its page says the path alone; the browser tells the rest.
    """
    back = request.POST.get("back", "")
    if not (back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)):
        return ""
    left = urlsplit(request.headers.get("Referer", ""))
    here = (left.netloc, left.path) == (request.get_host(), back)
    return f"{back}?{left.query}" if here and left.query else back


def go(request: BrandRequest) -> HttpResponse:
    """There, or to the library."""
    back = address(request)
    return redirect(back) if back else redirect("library", request.brand.slug)
