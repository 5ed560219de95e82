"""Searching by a picture: it is sent here, and its results are a page of the library."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dam.accounts.capabilities import Capability
from dam.search import likes, pictures, query
from dam.search.likes import Like
from dam.web.decorators import BrandRequest, requires


@require_POST
@requires(Capability.VIEW)
def add(request: BrandRequest) -> HttpResponse:
    """Keep the picture for a worker, and go to what resembles it; with the words in the box, if any."""
    words = query.tidy(request.POST.get("q", ""))
    file = request.FILES.get("picture")
    asked = {"q": words} if words else {}
    try:
        if file is None:
            raise pictures.PictureRefused(_("Choose a picture first."))
        key = pictures.keep(file.read(pictures.MOST_BYTES + 1), principal=request.principal)
        asked["like"] = str(Like(picture=key))
    except pictures.PictureRefused as refused:
        messages.error(request, refused.message)
    return redirect(f"{reverse('library', args=[request.brand.slug])}?{urlencode(asked)}")


@require_GET
@requires(Capability.VIEW)
def thumbnail(request: BrandRequest, key: str) -> HttpResponse:
    """A small copy of a picture, for whoever searches by it alone."""
    small = pictures.thumbnail(key, principal=request.principal) if likes.read(f"picture:{key}") else None
    if small is None:
        raise Http404(_("Picture not found."))
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(small, content_type="image/webp", headers=headers)
