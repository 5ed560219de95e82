"""The public page of a release: how it stands today. No account; and the QR code that leads there."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.catalog.models import Version
from dam.core.errors import Refused
from dam.ingest import filenames
from dam.rights.visibility import visible_versions
from dam.web import clients
from dam.web.decorators import BrandRequest, requires
from provenance.manifests import public_checks
from provenance.releases import known, public_links
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus
from provenance.web import alike_release, credentials_summary


@never_cache
@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody with its link may know of a release; no clip, and no name of a person."""
    try:
        public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)
    except Refused as refused:
        status = 429 if refused.code == public_checks.TooManyChecks.code else 503
        refusal = {"area": "verify", "refused": refused.message}
        return render(request, "verify/status.html", refusal, status=status)
    now = timezone.localtime()
    row = public_links.by_code(code)
    if row is None:
        raise Http404(_("This release doesn't exist."))
    release = known.of(row, at=now)
    context = {
        "area": "verify",
        "release": release,
        "standing": credentials_summary.standing(release, at=now),
        "today": alike_release.today(release, at=now),
        "at": now,
    }
    response = render(request, "verify/status.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
@requires(Capability.VIEW)
def qr_code(request: BrandRequest, version_id: UUID, kind: str) -> HttpResponse:
    """The code that leads to that page, for whoever sees the release: `kind` is svg or png."""
    version = get_object_or_404(visible_versions(request.principal).select_related("asset"), pk=version_id)
    sha256 = sha256_of(version)
    if not sha256:
        raise Http404(_("This version has no release."))
    address = public_links.address_of(sha256)
    if kind == "png":
        response = HttpResponse(public_links.png(address), content_type="image/png")
    else:
        title = _("QR code: how this release stands today")
        response = HttpResponse(public_links.svg(address, title=title), content_type="image/svg+xml")
    if "download" in request.GET:
        name = filenames.for_disk(f"{version.asset.title} QR.{kind}")
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def sha256_of(version: Version) -> str:
    """Of the version's ready release; empty where it has none."""
    ready = Release.objects.filter(version=version, state=ReleaseStatus.READY)
    return ready.values_list("sha256", flat=True).first() or ""


def link(version: Version) -> str:
    """Its public address; empty where it has none."""
    sha256 = sha256_of(version)
    return public_links.address_of(sha256) if sha256 else ""
