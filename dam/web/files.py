"""The bytes of a version: poster, sprite, proxy, master, released file."""

from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.audit import trail
from dam.catalog.models import Rendition, RenditionKind, Version
from dam.delivery import access, streaming
from dam.ingest import filenames
from dam.rights.visibility import visible_versions
from dam.web.decorators import BrandRequest, for_guests, requires

LEAVES = {access.MASTER: "master.downloaded", RenditionKind.RELEASE.value: "release.downloaded"}


@for_guests
@require_safe
@requires(Capability.VIEW)
def file(request: BrandRequest, version_id: UUID, kind: str) -> HttpResponseBase:
    """A file of the version, or the part of it that is asked for. Permission is asked each time."""
    seen = visible_versions(request.principal).select_related("asset", "rights")
    version = get_object_or_404(seen, pk=version_id)
    if kind not in access.KINDS:
        raise Http404("There is no such file.")
    verdict = access.may_fetch(request.principal, version, kind, at=timezone.now())
    if not verdict.allowed:
        raise PermissionDenied(" ".join(verdict.reasons))
    stored = version if kind == access.MASTER else get_object_or_404(Rendition, version=version, kind=kind)
    try:
        response = streaming.respond(
            request,
            key=stored.storage_key,
            sha256=stored.sha256,
            size=stored.size,
            content_type=stored.content_type,
            save_as=_save_as(version, stored.storage_key, kind) if kind in LEAVES else "",
        )
    except FileNotFoundError:
        raise Http404("The file is missing from storage. Tell your administrator.") from None
    if kind in LEAVES and streaming.is_download(request, response):
        trail.record(
            LEAVES[kind],
            brand=request.brand,
            target=version.asset.title,
            actor=request.principal,
            asset_id=version.asset_id,
            data={"sha256": stored.sha256, "version": version.number},
        )
    return response


def _save_as(version: Version, key: str, kind: str) -> str:
    """A name to save it under: the title, with which version it is when that is not plain."""
    number = f" v{version.number}" if version.number > 1 else ""
    master = " (master)" if kind == access.MASTER else ""
    return filenames.clean(version.asset.title.replace("/", "-") + number + master + Path(key).suffix)
