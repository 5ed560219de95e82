"""Credentials on the asset page: what the master's and the released file's manifests say."""

import json
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.times import here
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from provenance.downloads import known_files
from provenance.manifests.models import ManifestRecord
from provenance.releases import known, releases
from provenance.releases.states import ReleaseStatus
from provenance.web import credentials_summary, evidence_packs, release_status, release_summary


@require_safe
@never_cache
@requires(Capability.VIEW)
def panel(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """The fragment: the released file's credentials first, then the master's."""
    version = asset_version.find(request, asset_id)
    # Of the releases the one that may leave; the others' files are out of reach.
    shown = Q(release=None) | Q(release__state=ReleaseStatus.READY)
    at = here(request.brand)
    records = ManifestRecord.objects.filter(shown, version=version).select_related(
        "release__brand",
        "release__asset",
        "release__version__rights",
        "release__version__inherited",
    )
    summaries = [_summary(record, at=at) for record in records]
    status = release_summary.status(version, at=at)
    context = {
        "asset": version.asset,
        "version": version,
        "summaries": sorted(summaries, key=lambda one: not one["of_release"]),
        "status": status if request.principal.can(Capability.VIEW_UNRELEASED) else None,
        "public_link": release_status.link(version),
        **evidence_packs.context(version, by=request.principal),
    }
    return render(request, "credentials/panel.html", context)


@require_POST
@requires(Capability.RETRY)
def sign_again(request: BrandRequest, asset_id: UUID) -> HttpResponse:
    """Ask once more for the release of an approved version, after signing it has failed."""
    version = asset_version.find(request, asset_id)
    try:
        releases.sign_again(version, by=request.principal)
    except releases.ReleaseRefused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Signing the release again."))
    return redirect("asset", request.brand.slug, asset_id)


def _summary(record: ManifestRecord, *, at: datetime) -> dict[str, object]:
    raw, report = record.report.get("raw"), credentials_summary.said(record.report)
    # The master may be a copy of an earlier release: then, too, what became of that comes first.
    release = (
        known.with_timestamp(known.of(record.release, at=at), record.release)
        if record.release
        else known_files.by_bytes(record.sha256, at=at)
    )
    return {
        "of_release": record.release is not None,
        "title": _("Release") if record.release else _("Master"),
        "record": record,
        "report": report,
        "verdict": credentials_summary.verdict(report, release=release, at=at),
        "chain": credentials_summary.chain(report),
        "timestamp": release_summary.timestamp(record.release, report, at=at) if record.release else "",
        "raw": json.dumps(raw, indent=2, ensure_ascii=False) if raw else "",
    }
