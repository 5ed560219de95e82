"""Credentials on the asset page: what the master's and the released file's manifests say."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.audit.models import Event
from dam.catalog.models import Approval, RenditionKind, Version
from dam.core.tasks import enqueue
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from provenance.manifests.models import ManifestRecord
from provenance.web import credentials_summary


@require_safe
@never_cache
@requires(Capability.VIEW)
def panel(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment: the released file's credentials first, then the master's."""
    version = asset_version.find(request, asset_id)
    records = ManifestRecord.objects.filter(version=version).select_related("rendition")
    told = [_told(record) for record in records]
    released = version.renditions.filter(kind=RenditionKind.RELEASE).exists()
    unsigned = version.approval == Approval.APPROVED and not released
    context = {
        "asset": version.asset,
        "version": version,
        "told": sorted(told, key=lambda one: one["title"] != "Released file"),
        "unsigned": unsigned,
        "failure": _failure(version) if unsigned else "",
    }
    return render(request, "credentials/panel.html", context)


@require_POST
@requires(Capability.RETRY)
def sign_again(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Ask once more for the release of an approved version, after signing it has failed."""
    version = asset_version.find(request, asset_id)
    if version.approval == Approval.APPROVED:
        enqueue("sign.release", version_id=str(version.pk))
        messages.success(request, "The release is being signed again.")
    else:
        messages.error(request, "Only what is approved can be released.")
    return redirect("asset", request.brand.slug, asset_id)


def _told(record: ManifestRecord) -> dict[str, object]:
    raw = record.report.get("raw")
    return {
        "title": "Released file" if record.rendition else "Master",
        "record": record,
        "report": record.report,
        "verdict": credentials_summary.verdict(record.report),
        "chain": credentials_summary.chain(record.report),
        "raw": json.dumps(raw, indent=2, ensure_ascii=False) if raw else "",
    }


def _failure(version: Version) -> str:
    """Why the last attempt to sign the release failed, unless a newer approval came after it."""
    verbs = ["release.failed", "review.approved"]
    last = (
        Event.objects.filter(brand=version.brand, asset_id=version.asset_id, verb__in=verbs)
        .order_by("-sequence")
        .first()
    )
    return str(last.data.get("reason", "")) if last is not None and last.verb == "release.failed" else ""
