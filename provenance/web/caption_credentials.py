"""The Content Credentials of captions, as a file that is kept beside theirs."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.captions import tracks
from dam.delivery import streaming
from dam.media.caption_files import Format
from dam.rights.visibility import visible_versions
from dam.web import captions as pages
from dam.web.decorators import BrandRequest, requires
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus
from provenance.sidecars import captions
from provenance.web.downloads import SIDECAR_TYPE


@require_safe
@requires(Capability.VIEW)
def file(request: BrandRequest, version_id: UUID, language: str, form: str) -> HttpResponseBase:
    """For whoever may see the version, while it is released and these are the words that were signed."""
    seen = visible_versions(request.principal).select_related("asset", "brand")
    version = get_object_or_404(seen, pk=version_id)
    track = tracks.in_language(version, language)
    release = Release.objects.filter(version=version, state=ReleaseStatus.READY).first()
    found = None
    if track is not None and release is not None and form in list(Format):
        found = captions.content(release, track, Format(form))
    if found is None:
        raise Http404(_("File not found."))
    name = pages.saved_as(version, language, form)
    return streaming.made(request, found, content_type=SIDECAR_TYPE, save_as=f"{name}.c2pa")
