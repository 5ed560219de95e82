"""A file that the library has already becomes the next version of another clip, and no byte is sent."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.assets import LONGEST_TITLE
from dam.catalog.models import Asset, Version
from dam.core.errors import Refused
from dam.ingest import next_versions, registration
from dam.rights.visibility import shown, visible_assets, visible_versions
from dam.search import query, search, titles
from dam.web import selection
from dam.web.decorators import BrandRequest, requires

MOST_CLIPS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.UPLOAD)
def repeat(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """Asks for the clip; with `asset` the version's file becomes that one's next version."""
    request.principal.require(Capability.EDIT)
    seen = visible_versions(request.principal).select_related("asset__latest", "brand")
    version: Version = get_object_or_404(seen, pk=version_id)
    if request.method != "POST":
        return _ask(request, version)
    chosen = selection.key(request.POST.get("asset", ""))
    if chosen is None:
        return _ask(request, version, problem=_("Choose a clip."))
    try:
        asset = next_versions.target(chosen, principal=request.principal, kind=version.kind)
        added = registration.repeat(version, asset=asset, user=principals.person(request.principal))
    except Refused as refused:
        return _ask(request, version, problem=refused.message)
    messages.success(request, _("Added as version %(number)s.") % {"number": added.number})
    return redirect("asset", request.brand.slug, added.asset_id)


def _ask(request: BrandRequest, version: Version, *, problem: str = "") -> HttpResponse:
    words = query.tidy(request.GET.get("q", ""))[:LONGEST_TITLE]
    found = _clips(request, version, words)
    # Who sees released work alone isn't told that there is a newer version.
    newer = version.asset.latest_id != version.pk and shown(request.principal) == "latest"
    own = version.asset if newer else None
    context = {
        "area": "library",
        "version": version,
        "own": None if words else own,
        "words": words,
        "clips": found[:MOST_CLIPS],
        "most": MOST_CLIPS if len(found) > MOST_CLIPS else None,
        "problem": problem,
    }
    return render(request, "assets/repeat.html", context, status=422 if problem else 200)


def _clips(request: BrandRequest, version: Version, words: str) -> list[Asset]:
    """The newest clips of its kind with all of these words in their title: one more than are shown."""
    clips = search.with_parts(visible_assets(request.principal), request.principal)
    clips = clips.filter(latest__kind=version.kind).exclude(pk=version.asset_id)
    return list(titles.with_words(clips, words)[: MOST_CLIPS + 1])
