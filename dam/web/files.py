"""The bytes of a version: poster, sprite, proxy, master. Its release is served by provenance."""

from fractions import Fraction
from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.audit.verbs import Verb
from dam.catalog.models import Rendition, RenditionKind, RenditionPart, Version
from dam.delivery import access, downloads, streaming
from dam.ingest import filenames
from dam.media import webvtt
from dam.rights.visibility import trashed_versions, visible_versions
from dam.web.decorators import BrandRequest, for_guests, requires

ON_CARDS = (RenditionKind.POSTER, RenditionKind.SPRITE)


@for_guests
@require_safe
@requires(Capability.VIEW)
def file(request: BrandRequest, version_id: UUID, kind: str, part: str = "") -> HttpResponseBase:
    """A file of the version, or the range of it that is asked for. Permission is asked each time.

    `part` names a further file of a rendition that has several: what goes for the one goes for the other.
    """
    if not access.knows(kind):
        raise Http404(_("File not found."))
    version = _version(request, version_id, kind)
    verdict = access.may_fetch(request.principal, kind)
    if not verdict.allowed:
        raise PermissionDenied(" ".join(verdict.reasons))
    leaves = kind == access.MASTER
    stored = _stored(version, kind, part)
    try:
        response = streaming.respond(
            request,
            key=stored.storage_key,
            sha256=stored.sha256,
            size=stored.size,
            content_type=stored.content_type,
            save_as=save_as(version, stored.storage_key, note=" (master)") if leaves else "",
        )
    except FileNotFoundError:
        raise Http404(_("The file is missing from storage. Contact your administrator.")) from None
    if leaves:
        downloads.record(
            request,
            response,
            verb=Verb.MASTER_DOWNLOADED,
            version=version,
            sha256=stored.sha256,
            by=request.principal,
        )
    return response


@for_guests
@require_safe
@requires(Capability.VIEW)
def thumbnails(request: BrandRequest, version_id: UUID) -> HttpResponseBase:
    """The sprite's tiles over time, for players that read WebVTT: for whoever may see the sprite."""
    version = _version(request, version_id, RenditionKind.SPRITE)
    sprite = get_object_or_404(Rendition, version=version, kind=RenditionKind.SPRITE)
    if not (sprite.details.get("frames") and version.frame_count and version.rate_numerator):
        raise Http404(_("File not found."))
    text = webvtt.thumbnails(
        sprite.details,
        frame_count=version.frame_count,
        rate=Fraction(version.rate_numerator, version.rate_denominator or 1),
        picture=f"{RenditionKind.SPRITE.value}?of={sprite.sha256[:12]}",
    )
    return streaming.made(request, text.encode(), content_type=webvtt.CONTENT_TYPE)


def _version(request: BrandRequest, version_id: UUID, kind: str) -> Version:
    """The version, if its reader may see it. Of what lies in the trash there are the pictures of its card."""
    seen = visible_versions(request.principal)
    if kind in ON_CARDS and not seen.filter(pk=version_id).exists():
        seen = trashed_versions(request.principal)
    return get_object_or_404(seen.select_related("asset", "brand"), pk=version_id)


def _stored(version: Version, kind: str, part: str) -> Version | Rendition | RenditionPart:
    if part:
        return get_object_or_404(RenditionPart, rendition__version=version, rendition__kind=kind, name=part)
    return version if kind == access.MASTER else get_object_or_404(Rendition, version=version, kind=kind)


def save_as(version: Version, key: str, *, note: str = "") -> str:
    """A name to save it under: the title, with which version it is when that is not plain."""
    number = f" v{version.number}" if version.number > 1 else ""
    return filenames.clean(version.asset.title.replace("/", "-") + number + note + Path(key).suffix)
