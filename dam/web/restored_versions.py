"""An older version of a clip becomes its newest again: as a new version with the same file."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog import versions
from dam.catalog.models import Approval, Version
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.ingest import next_versions, registration
from dam.rights.visibility import visible_versions
from dam.web import asset_version
from dam.web.decorators import BrandRequest, requires
from dam.web.templatetags.ui_tags import UNDO_VERSION
from dam.web.whole_text import WholeTextForm


class RestoreForm(WholeTextForm):
    note = forms.CharField(
        label=lazy("What changed?"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_note(self) -> str:
        try:
            return versions.clean_note(self.cleaned_data["note"])
        except versions.NoteRefused as refused:
            raise forms.ValidationError(refused.message) from refused


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.UPLOAD)
def restore(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """Says what happens, then does it. With `undo` the version was the newest before another was restored."""
    request.principal.require(Capability.EDIT)
    request.principal.require(Capability.VIEW_UNRELEASED)
    seen = visible_versions(request.principal).select_related("asset__latest", "asset__released", "brand")
    version: Version = get_object_or_404(seen, pk=version_id)
    form = RestoreForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        before = version.asset.latest_id
        undo = "undo" in request.POST
        note = form.cleaned_data["note"]
        try:
            asset = next_versions.target(version.asset_id, principal=request.principal, kind=version.kind)
            person = principals.person(request.principal)
            added = registration.repeat(version, asset=asset, user=person, note=note, undoes=undo)
        except registration.Overtaken as refused:
            messages.error(request, refused.message)
            page = reverse("asset", args=[request.brand.slug, version.asset_id])
            return redirect(f"{page}?tab=versions")
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(
                request,
                _("Version %(old)s restored as version %(new)s.")
                % {"old": version.number, "new": added.number},
                extra_tags="" if undo else f"{UNDO_VERSION}{before}",
            )
            return redirect(asset_version.address(added, tab="versions"))
    latest = version.asset.latest
    context = {
        "area": "library",
        "asset": version.asset,
        "version": version,
        "next_number": latest.number + 1 if latest else 2,
        "in_review": latest is not None and latest.approval == Approval.IN_REVIEW,
        "form": form,
    }
    return render(request, "assets/restore_version.html", context, status=422 if form.errors else 200)
