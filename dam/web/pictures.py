"""Searching by a picture: it is sent here, and its results are a page of the library."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dam.accounts.capabilities import Capability
from dam.search import likes, pictures
from dam.search.likes import Like
from dam.web import listing, saved_address
from dam.web.decorators import BrandRequest, requires
from dam.web.listing import ListingQuery


@require_POST
@requires(Capability.VIEW)
def add(request: BrandRequest) -> HttpResponse:
    """Keep the picture for a worker, and go to what resembles it; with the words and filters of the page."""
    sent = listing.read(request.POST, brand=request.brand)
    asked = ListingQuery(words=sent.words, filters=sent.filters)
    file = request.FILES.get("picture")
    try:
        if file is None:
            raise pictures.PictureRefused(_("Choose a picture first."))
        key = pictures.keep(file.read(pictures.MOST_BYTES + 1), principal=request.principal)
        asked = replace(asked, like=Like(picture=key))
    except pictures.PictureRefused as refused:
        messages.error(request, refused.message)
    return redirect(saved_address.library(request.brand.slug, asked))


@require_GET
@requires(Capability.VIEW)
def thumbnail(request: BrandRequest, key: str) -> HttpResponse:
    """A small copy of a picture, for whoever searches by it alone."""
    small = pictures.thumbnail(key, principal=request.principal) if likes.read(f"picture:{key}") else None
    if small is None:
        raise Http404(_("Picture not found."))
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(small, content_type="image/webp", headers=headers)
