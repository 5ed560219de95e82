"""The evidence pack of a release: asking for it, how it stands, and its bytes."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.core import failures
from dam.delivery import downloads, streaming
from dam.ingest import filenames
from dam.rights.visibility import visible_versions
from dam.web import asset_version, htmx
from dam.web.audit_titles import TITLES
from dam.web.decorators import BrandRequest, requires
from provenance.evidence_packs import packs, words
from provenance.evidence_packs.assembly import PackRefused
from provenance.evidence_packs.models import UNDER_WAY, EvidencePack, PackState
from provenance.releases import known
from provenance.releases.known import Standing
from provenance.releases.models import Release

SHOWN = 10
TARGET = "evidence-pack"
MOST_CHANGES = 3  # that are named


@require_safe
@requires(*packs.NEEDED)
def page(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """What a pack holds, and the packs of this version's releases; as a fragment the newest alone."""
    version = asset_version.find(request, asset_id)
    if htmx.is_fragment(request, target=TARGET):
        return render(request, "evidence/_section.html", context(version, by=request.principal))
    listed = list(packs.of(version.pk)[: SHOWN + 1])
    given = {
        **context(version, by=request.principal),
        "area": "library",
        "back": asset_version.address(version, tab="credentials"),
        "earlier": [each for each in listed[1:SHOWN] if each.state == PackState.READY],
    }
    return render(request, "evidence/page.html", given)


@require_POST
@requires(*packs.NEEDED)
def make(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """Have one made of the version's newest release."""
    rows = visible_versions(request.principal).select_related("asset", "brand")
    version = get_object_or_404(rows, pk=version_id)
    release = packs.released(version.pk)
    problem = _("Only what was released has an evidence pack.") if release is None else ""
    if release is not None:
        try:
            packs.request(
                release,
                with_file=request.POST.get("file") == "1",
                language=translation.get_language() or "en",
                by=request.principal,
            )
        except PackRefused as refused:
            problem = refused.message
    if htmx.is_fragment(request, target=TARGET):
        given = context(version, by=request.principal) | {"problem": problem}
        return render(request, "evidence/_section.html", given)
    if problem:
        messages.error(request, problem)
    address = reverse("asset-evidence", args=[version.brand.slug, version.asset_id])
    return redirect(f"{address}?version={version.number}")


@require_safe
@requires(*packs.NEEDED)
def file(request: BrandRequest, pack_id: UUID) -> HttpResponseBase:
    """The ZIP, for whoever may have it now; each download is recorded."""
    rows = EvidencePack.objects.select_related("release__version__asset", "release__version__brand")
    seen = rows.filter(brand=request.brand, release__version__in=visible_versions(request.principal))
    pack = get_object_or_404(seen, pk=pack_id)
    version = pack.release.version
    if pack.with_file and not packs.may_have_file(request.principal):
        raise PermissionDenied(request.principal.refusal(Capability.DOWNLOAD_RELEASE))
    if pack.size is None or not packs.may_be_had(pack):
        raise Http404(_("This evidence pack isn't there. Make it again."))
    name = f"{version.asset.title} v{version.number} evidence {pack.created_at:%Y-%m-%d}.zip"
    try:
        response = streaming.respond(
            request,
            key=pack.storage_key,
            sha256=pack.sha256,
            size=pack.size,
            content_type="application/zip",
            save_as=filenames.for_disk(name),
        )
    except FileNotFoundError:
        raise Http404(_("The file is missing from storage. Make the evidence pack again.")) from None
    left = {Verb.EVIDENCE_DOWNLOADED: pack.sha256}
    if pack.with_file:  # the release went out with it, so a recall asks for it
        left[Verb.RELEASE_DOWNLOADED] = pack.release.sha256
    for verb, sha256 in left.items():
        downloads.record(request, response, verb=verb, version=version, sha256=sha256, by=request.principal)
    return response


def context(version: Version, *, by: Principal) -> dict[str, Any]:
    """Of the section on a clip's page: the newest pack of the version, and what a new one would be of."""
    if not all(by.can(each) for each in packs.NEEDED):
        return {}
    release, pack = packs.released(version.pk), packs.of(version.pk).first()
    changed = packs.changed(pack) if pack is not None else []
    titles = (str(_(TITLES[Verb(each)])) for each in changed if each in set(Verb))
    return {
        "asset": version.asset,
        "version": version,
        "evidence": release is not None or pack is not None,
        "evidence_release": release,
        "evidence_warning": _warning(release),
        "may_have_file": packs.may_have_file(by),
        "evidence_download": pack is not None and (packs.may_have_file(by) or not pack.with_file),
        "pack": pack,
        "under_way": pack is not None and pack.state in UNDER_WAY,
        "reason": failures.shown(pack.reason) if pack is not None and pack.reason else "",
        # Made of an earlier signing of the version, or of the clip as it was then.
        "stale": bool(changed) or bool(pack and release and pack.release_id != release.pk),
        "changes": list(dict.fromkeys(titles))[:MOST_CHANGES],
        "kept_until": pack.created_at + packs.KEPT if pack is not None else None,
        "kept_days": packs.KEPT.days,
    }


def _warning(release: Release | None) -> str:
    """Why the released file may not be used now; empty where it may."""
    if release is None:
        return ""
    standing = known.of(release, at=timezone.now()).standing
    return "" if standing == Standing.CLEARED else words.standing(standing)[1]
